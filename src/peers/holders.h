// SPDX-License-Identifier: Apache-2.0
// Which daemon a zone is connected to, by its insight: the order in which daemons committed that it
// came, as everybody is shown it.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"

namespace skyden::peers {

// The instance id of the daemon that holds the zone; empty when it is connected to none.
std::string HolderIn(const std::string& insight_spec);

// Thread-safe. Blocks on the disk at most.
class Holders {
 public:
  Holders(resources::ResourceViews& views, const model::TypeRegistry& registry)
      : views_(views), insight_(registry.core().zone_insight->id) {}

  absl::StatusOr<std::string> Of(const model::TenantScope& scope, const std::string& zone) const;
  // All zones that are connected to some daemon.
  absl::StatusOr<std::map<std::string, std::string>> All(const model::TenantScope& scope) const;

 private:
  resources::ResourceViews& views_;
  const model::TypeId insight_;
};

}  // namespace skyden::peers
