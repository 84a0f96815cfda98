// SPDX-License-Identifier: Apache-2.0
// Documents of a control plane of another version of Kuma, for who turns them before they are
// imported.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/kuma_version.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/foresight.h"

namespace skyden::resources {

struct ForeignDocument {
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
  std::string body;  // JSON object, as it came
  bool is_of_zone = false;
};

struct ForeignDocuments {
  std::vector<ForeignDocument> documents;  // in the order of the stream
  // What there would be if the documents were written by the rules of their version, whatever the
  // store would say of it: what is checked against it is checked when they are imported. Without
  // `changes`.
  Foresight foresight;
};

// `body`: as of an import. INVALID_ARGUMENT with a violation for each thing that is wrong by the
// rules of `version`, as of an import. Blocks on the disk.
absl::StatusOr<ForeignDocuments> ReadForeign(const ForesightDeps& deps,
                                             const model::TenantScope& scope,
                                             model::KumaVersion version, std::string body,
                                             const std::vector<const model::TypeDescriptor*>& types,
                                             absl::Time now);

}  // namespace skyden::resources
