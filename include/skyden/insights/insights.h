// SPDX-License-Identifier: Apache-2.0
// What a Kuma global says about itself as a whole: mesh insights, the global insight, counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/insights/figures.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/store.h"

namespace skyden::insights {

// Keys that are promised count as if they were made; none is made to be counted.
// Thread-safe. Every call may read from the disk.
class Insights {
 public:
  struct Deps {
    const model::TypeRegistry& registry;
    const resources::ResourceCodec& codec;
    resources::ResourceViews& views;
    store::Store& store;
    Figures& figures;
    base::Clock& clock;
  };
  explicit Insights(Deps deps) : deps_(deps) {}

  // The body of `GET /global-insight`: one compact JSON object.
  absl::StatusOr<std::string> GlobalInsight(const model::TenantScope& scope) const;

  // The body of the legacy `GET /global-insights`: how many of each global type there are.
  absl::StatusOr<std::string> GlobalInsights(const model::TenantScope& scope) const;

  // MeshInsight of one mesh, as `GET /mesh-insights/{mesh}` prints it: one compact JSON object.
  // NOT_FOUND when there is no such mesh.
  absl::StatusOr<std::string> MeshInsight(const model::TenantScope& scope,
                                          const std::string& mesh_name) const;

  // Of the meshes whose names contain `name_contains`, ordered by name: how many, and the objects
  // of `size` of them from the `offset`th on.
  struct MeshPage {
    uint64_t total = 0;
    std::vector<std::string> items;
  };
  absl::StatusOr<MeshPage> MeshInsights(const model::TenantScope& scope,
                                        const std::string& name_contains, size_t offset,
                                        size_t size) const;

  // ServiceInsight of one mesh, or (empty) of each that has one, ordered by mesh: as zones receive
  // it once the ServiceInsightKeeper has written it, but as of now.
  absl::StatusOr<std::vector<model::Resource>> ServiceInsights(const model::TenantScope& scope,
                                                               const std::string& mesh_name) const;

  // What services there are, external ones too, by mesh and name.
  struct ServiceName {
    std::string mesh;
    std::string name;
  };
  absl::StatusOr<std::vector<ServiceName>> ServiceNames(const model::TenantScope& scope) const;

  // Who is connected, for those who show proxies.
  absl::StatusOr<std::shared_ptr<const ZonePresence>> Presence(
      const model::TenantScope& scope) const {
    return deps_.figures.Presence(scope);
  }

 private:
  Deps deps_;
};

}  // namespace skyden::insights
