// SPDX-License-Identifier: Apache-2.0
// All of a control plane of Kuma 2, looked through for what Kuma 3 has no more or reads otherwise;
// and what is to be written in its place.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/foresight.h"
#include "skyden/upgrade/finding.h"

namespace skyden::upgrade {

// What is done with one resource.
struct Change {
  enum class Kind { kWritten, kDeleted } kind = Kind::kWritten;
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
  std::string body;  // of what is written: as people would write it, JSON
};

struct Survey {
  std::vector<Finding> findings;  // by kind, then type and key; at most Bounds::findings
  uint64_t findings_left_out = 0;
  uint64_t blocking = 0;  // of all: what the upgrade cannot see to
  std::vector<Change> changes;
  std::string stopped;  // why not all was looked at; empty: it was
};

struct SurveyBounds {
  size_t findings = 10'000;
};

// All must outlive the call.
struct SurveyDeps {
  const model::TypeRegistry& registry;
  const resources::ResourceCodec& codec;  // Kuma 2's
  // The version of Kuma that a stored ZoneInsight tells of; "" when it tells none.
  std::function<std::string(const model::Resource& zone_insight)> version_of;
};

// The types that are looked at: of which it needs views.
std::vector<const model::TypeDescriptor*> SurveyedTypes(const model::TypeRegistry& registry);

// Pure, but for asking `is_late`.
Survey SurveyOf(const SurveyDeps& deps, const resources::Foresight::Views& views,
                const SurveyBounds& bounds, absl::FunctionRef<bool()> is_late);

// Makes of a foresight of no change one of what the survey would write, as it would be stored. What
// is written is not checked: whoever writes it does that. INVALID_ARGUMENT when it does not even
// decode.
absl::Status Foresee(const SurveyDeps& deps, const Survey& survey, absl::Time now,
                     resources::Foresight& foresight);

}  // namespace skyden::upgrade
