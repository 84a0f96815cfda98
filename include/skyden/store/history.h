// SPDX-License-Identifier: Apache-2.0
// What people wrote into a control plane, by revision. Kept are the changes of what is authored
// there (KeepsHistory), whoever made them: a resource of a type that a person may write, that came
// from no zone. Each is written in the transaction of the change itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/limits_past.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"

namespace skyden::store {

inline bool KeepsHistory(const model::TypeDescriptor& type) { return !type.ReadOnlyAtGlobal(); }

// How much is kept of each control plane.
struct HistoryLimits {
  // More is there only until the next changes took it away in small steps: what one transaction
  // added. 0: nothing is kept.
  uint64_t bytes_max = base::limits::kHistoryBytes;
  // Says when a change was made; nullptr: the system's. Outlives the store.
  const base::Clock* clock = nullptr;
};

// What can be asked for.
struct HistorySpan {
  model::Revision oldest = 0;  // the first revision that can be read
  model::Revision current = 0;
  uint64_t bytes = 0;      // of what is kept
  uint64_t bytes_max = 0;  // HistoryLimits
};

struct HistoryEntry {
  enum class Action : uint8_t { kCreate, kUpdate, kDelete };
  model::Revision revision = 0;
  model::TypeId type{};
  model::ResourceKey key;
  Action action = Action::kCreate;
  absl::Time at;
  model::Principal::Kind actor_kind = model::Principal::Kind::kSystem;
  std::string actor_id;
  std::string actor_name;
};
const char* NameOf(HistoryEntry::Action action);  // "create", "update", "delete"

// Where a page ends.
struct HistoryPlace {
  model::Revision revision = 0;
  std::string type;
  model::ResourceKey key;
};

// Newest first. Filters must all be met.
struct HistoryQuery {
  std::optional<HistoryPlace> beyond = {};  // only what comes after it; nullopt: from the newest
  size_t limit = 100;
  std::vector<model::TypeId> types = {};  // only of these
  std::optional<std::string> mesh = {};   // "": of no mesh
  std::string name = {};                  // empty: any
};

struct HistoryPage {
  std::vector<HistoryEntry> entries;
  // Where to go on; nullopt when there is nothing more. A page may be short, or empty, and still
  // not be the last: how far one call looks is bounded (limits::kHistoryScan).
  std::optional<HistoryPlace> next;
};

}  // namespace skyden::store
