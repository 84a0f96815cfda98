// SPDX-License-Identifier: Apache-2.0
// What a Kuma global says about itself as a whole: mesh insights, the global insight, counts.
// Computed from the newest views when asked for; nothing is stored and nothing runs in between.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/store.h"

namespace skyden::insights {

// Thread-safe. Every call may read from the disk (a view's first use).
class Insights {
 public:
  struct Deps {
    const model::TypeRegistry& registry;
    const resources::ResourceCodec& codec;
    resources::ResourceManager& manager;  // promised keys count as if they were there
    resources::ResourceViews& views;
    store::Store& store;
    base::Clock& clock;
  };
  explicit Insights(Deps deps) : deps_(deps) {}

  // The body of `GET /global-insight` (rest.md 1.5): one compact JSON object.
  absl::StatusOr<std::string> GlobalInsight(const model::TenantScope& scope) const;

  // The body of the legacy `GET /global-insights`: how many of each global type there are.
  absl::StatusOr<std::string> GlobalInsights(const model::TenantScope& scope) const;

  // MeshInsight of one mesh, as `GET /mesh-insights/{mesh}` prints it: one compact JSON object.
  // NOT_FOUND when there is no such mesh.
  absl::StatusOr<std::string> MeshInsight(const model::TenantScope& scope,
                                          const std::string& mesh_name) const;
  // Of every mesh whose name contains `name_contains`, ordered by name: (mesh, object).
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> MeshInsights(
      const model::TenantScope& scope, const std::string& name_contains) const;

 private:
  Deps deps_;
};

}  // namespace skyden::insights
