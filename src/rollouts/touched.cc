// SPDX-License-Identifier: Apache-2.0
#include "rollouts/touched.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "skyden/base/status.h"
#include "skyden/matching/proxy.h"
#include "skyden/resources/items_of_mesh.h"

namespace skyden::rollouts {

Touched::Touched(Model before, Model after)
    : before_(std::move(before)),
      after_(std::move(after)),
      difference_(std::make_unique<const matching::ModelDifference>(*before_, *after_)) {}

absl::StatusOr<Touched> Touched::Of(const DriverDeps& deps, const model::TenantScope& scope,
                                    const resources::Rollout& rollout) {
  const model::TypeDescriptor& mesh_type = *deps.registry.core().mesh;
  SKYDEN_ASSIGN_OR_RETURN(const matching::Item mesh,
                          deps.views.Find(scope, mesh_type.id, {"", rollout.mesh}));
  if (mesh == nullptr) return absl::NotFoundError("the rollout's mesh is gone");
  std::map<model::TypeId, std::shared_ptr<const resources::ResourceView>> stored;
  for (const model::TypeDescriptor* type : matching::MeshModel::Types(deps.registry)) {
    SKYDEN_ASSIGN_OR_RETURN(stored[type->id], deps.views.Get(scope, type->id));
  }
  const resources::LiveRollouts alone({rollout});
  const auto list = [&](const model::TypeDescriptor& type) {
    return resources::ItemsOfMesh(*stored.at(type.id), rollout.mesh);
  };
  const auto list_told = [&](const model::TypeDescriptor& type) {
    return resources::ItemsOfMesh(*alone.Told(stored.at(type.id), type.id, /*lane=*/1),
                                  rollout.mesh);
  };
  SKYDEN_ASSIGN_OR_RETURN(Model before,
                          matching::MeshModel::Build(deps.registry, mesh, list, nullptr));
  SKYDEN_ASSIGN_OR_RETURN(Model after,
                          matching::MeshModel::Build(deps.registry, mesh, list_told, before.get()));
  return Touched(std::move(before), std::move(after));
}

bool Touched::MayDiffer(const matching::Item& dataplane) const {
  if (difference_->older_may_differ()) return true;
  const auto proxy = matching::ReadProxy(dataplane);
  if (!proxy.ok()) return false;  // nor does matching say anything of it
  const auto& types = difference_->types();
  return std::any_of(types.begin(), types.end(), [&](const model::TypeDescriptor* type) {
    return difference_->MayDiffer(*type, *proxy);
  });
}

}  // namespace skyden::rollouts
