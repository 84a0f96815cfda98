// SPDX-License-Identifier: Apache-2.0
#include "rest/mesh_models.h"

#include <algorithm>

#include "skyden/base/status.h"

namespace skyden::rest {

std::vector<matching::Item> ItemsOfMesh(const resources::ResourceView& view,
                                        const std::string& mesh_name) {
  std::vector<matching::Item> items;
  for (size_t i = view.LowerBound({mesh_name, {}}); i < view.size(); ++i) {
    const matching::Item& item = view.at(i);
    if (item->key.mesh != mesh_name) break;
    items.push_back(item);
  }
  return items;
}

std::vector<matching::Item> FormsOf(std::vector<matching::Item> items,
                                    const model::TypeDescriptor& type,
                                    resources::Generation generation) {
  std::vector<matching::Item> forms;
  forms.reserve(items.size());
  bool in_order = true;
  for (matching::Item& item : items) {
    auto others = resources::FormsFor(generation, type, *item);
    if (!others.has_value()) forms.push_back(std::move(item));
    if (!others.has_value()) continue;
    for (resources::Form& form : *others) {
      in_order = in_order && form.kind == resources::Form::Kind::kWhole;
      forms.push_back(std::make_shared<const model::Resource>(std::move(form.resource)));
    }
  }
  if (!in_order) {
    std::stable_sort(forms.begin(), forms.end(),
                     [](const auto& a, const auto& b) { return a->key < b->key; });
  }
  return forms;
}

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
  const Key key = {scope.control_plane(), mesh_name, generation};
  std::vector<model::Revision> known = revisions;
  const Model before = Find(key, known);
  if (before != nullptr && known == revisions) return before;

  const auto services = generation == resources::Generation::kThree
                            ? matching::MeshModel::Services::kResourcesOnly
                            : matching::MeshModel::Services::kAsTheMeshSays;
  const auto list = [&](const model::TypeDescriptor& type) {
    std::vector<matching::Item> items = ItemsOfMesh(*views[type.id], mesh_name);
    // What zones of 2.x are told apart says the same together, under the name that it is stored by.
    if (generation == resources::Generation::kTwo) return items;
    return FormsOf(std::move(items), type, generation);
  };
  SKYDEN_ASSIGN_OR_RETURN(
      Model model, matching::MeshModel::Build(registry_, mesh, list, before.get(), services));
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
