// SPDX-License-Identifier: Apache-2.0
// When the certificates end that sign a mesh's proxies.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"

namespace skyden::resources {

struct AuthorityEnd {
  std::string mesh;
  std::string backend;
  std::string type;  // "builtin", "provided"
  absl::Time ends_at;
};

// Of each backend of each mesh whose certificate is here: not of one that is promised and not made
// yet, which is not made for this, nor of one that zones read from a file. Ordered by mesh. Blocks
// on the disk at most.
absl::StatusOr<std::vector<AuthorityEnd>> AuthorityEnds(ResourceViews& views,
                                                        const model::TypeRegistry& registry,
                                                        const model::TenantScope& scope);

}  // namespace skyden::resources
