// SPDX-License-Identifier: Apache-2.0
#include "rest/mesh_models.h"

#include "skyden/base/status.h"
#include "skyden/resources/items_of_mesh.h"
#include "skyden/resources/zone_forms.h"

namespace skyden::rest {

MeshModels::MeshModels(const model::TypeRegistry& registry, resources::ResourceViews& views,
                       size_t bytes_max)
    : registry_(registry),
      views_(views),
      bytes_max_(bytes_max),
      types_(matching::MeshModel::Types(registry)) {}

absl::StatusOr<MeshModels::Model> MeshModels::Get(const model::TenantScope& scope,
                                                  const std::string& mesh_name,
                                                  resources::Generation generation) {
  SKYDEN_ASSIGN_OR_RETURN(const auto meshes, views_.Get(scope, registry_.core().mesh->id));
  const matching::Item mesh = meshes->Find({{}, mesh_name});
  if (mesh == nullptr) return Model();

  std::vector<model::Revision> revisions = {mesh->revision};
  std::map<model::TypeId, std::shared_ptr<const resources::ResourceView>> views;
  for (const model::TypeDescriptor* type : types_) {
    SKYDEN_ASSIGN_OR_RETURN(views[type->id], views_.Get(scope, type->id));
    revisions.push_back(views[type->id]->revision());
  }
  // Zones of any version do under a control plane of 3 what it says itself.
  const bool is_three = scope.version() == model::KumaVersion::kThree;
  const auto rules = is_three                                      ? matching::Rules::kThree
                     : generation == resources::Generation::kThree ? matching::Rules::kTwoForThree
                                                                   : matching::Rules::kTwo;
  const Key key = {scope.control_plane(), mesh_name, rules};
  std::vector<model::Revision> known = revisions;
  const Model before = Find(key, known);
  if (before != nullptr && known == revisions) return before;

  const auto list = [&](const model::TypeDescriptor& type) {
    std::vector<matching::Item> items = resources::ItemsOfMesh(*views[type.id], mesh_name);
    // What zones of 2.x are told apart says the same together, under the name that it is stored by.
    if (rules != matching::Rules::kTwoForThree) return items;
    return resources::FormsOf(std::move(items), type, resources::Generation::kThree);
  };
  SKYDEN_ASSIGN_OR_RETURN(Model model,
                          matching::MeshModel::Build(registry_, mesh, list, before.get(), rules));
  Keep({key, std::move(revisions), model});
  return model;
}

size_t MeshModels::bytes() const {
  absl::MutexLock lock(&mu_);
  return bytes_;
}

MeshModels::Model MeshModels::Find(const Key& key, std::vector<model::Revision>& revisions) {
  absl::MutexLock lock(&mu_);
  const auto found = index_.find(key);
  if (found == index_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second);
  revisions = found->second->revisions;
  return found->second->model;
}

void MeshModels::Keep(Entry entry) {
  absl::MutexLock lock(&mu_);
  if (const auto found = index_.find(entry.key); found != index_.end()) {
    bytes_ -= found->second->model->bytes();
    recent_.erase(found->second);
    index_.erase(found);
  }
  bytes_ += entry.model->bytes();
  const Key key = entry.key;
  recent_.push_front(std::move(entry));
  index_.emplace(key, recent_.begin());
  while (recent_.size() > 1 && bytes_ > bytes_max_) {
    bytes_ -= recent_.back().model->bytes();
    index_.erase(recent_.back().key);
    recent_.pop_back();
  }
}

}  // namespace skyden::rest
