// SPDX-License-Identifier: Apache-2.0
#include "preview/mesh_pair.h"

#include <vector>

#include "skyden/base/status.h"
#include "skyden/resources/items_of_mesh.h"

namespace skyden::preview {

using resources::Generation;

absl::StatusOr<MeshModelPtr> MeshPair::Build(const resources::Foresight::Views& views,
                                             Generation version, Generation generation,
                                             const matching::MeshModel* before) {
  const matching::Item mesh = views.at(deps_.registry.core().mesh->id)->Find({{}, mesh_name_});
  if (mesh == nullptr) return MeshModelPtr();
  const auto rules = version == Generation::kThree      ? matching::Rules::kThree
                     : generation == Generation::kThree ? matching::Rules::kTwoForThree
                                                        : matching::Rules::kTwo;
  const auto list = [&](const model::TypeDescriptor& type) {
    std::vector<matching::Item> items = resources::ItemsOfMesh(*views.at(type.id), mesh_name_);
    // As whoever inspects sees them: rest's MeshModels say why.
    if (rules != matching::Rules::kTwoForThree) return items;
    return resources::FormsOf(std::move(items), type, generation, &memos_[generation]);
  };
  return matching::MeshModel::Build(deps_.registry, mesh, list, before, rules);
}

absl::StatusOr<const MeshPair::Models*> MeshPair::Of(Generation generation) {
  if (const auto known = models_.find(generation); known != models_.end()) return &known->second;
  Models models;
  SKYDEN_ASSIGN_OR_RETURN(models.before,
                          Build(foresight_.before, deps_.before, generation, nullptr));
  SKYDEN_ASSIGN_OR_RETURN(models.after,
                          Build(foresight_.after, deps_.after, generation, models.before.get()));
  Models& kept = models_[generation];
  kept.before = std::move(models.before);
  kept.after = std::move(models.after);
  if (kept.before != nullptr && kept.after != nullptr) {
    kept.difference.emplace(*kept.before, *kept.after);
  }
  return &kept;
}

}  // namespace skyden::preview
