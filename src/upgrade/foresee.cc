// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "skyden/base/status.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/upgrade/survey.h"
#include "upgrade/json.h"

namespace skyden::upgrade {
namespace {

using Item = resources::ResourceView::Item;

// What a document says beside the spec, where that is not a member of its own.
constexpr const char* kMeta[] = {"type", "mesh", "name", "labels"};

absl::StatusOr<model::Resource> ResourceOf(const SurveyDeps& deps, const Change& change,
                                           const Item& before, absl::Time now) {
  model::Resource resource;
  if (before != nullptr) resource = *before;
  resource.type = change.type->id;
  resource.key = change.key;
  resource.modification_time = now;
  if (before == nullptr) resource.creation_time = now;
  Json body = Json::parse(change.body, nullptr, /*allow_exceptions=*/false);
  resource.labels = PairsOf(body, "labels");
  if (!change.key.mesh.empty()) {
    resource.labels.insert_or_assign(std::string(model::kMeshLabel), change.key.mesh);
  }
  Json spec = Json::object();
  if (change.type->encoding == model::SpecEncoding::kJson) {
    if (Json* written = Find(body, "spec")) spec = std::move(*written);
  } else {
    for (const char* name : kMeta) body.erase(name);
    spec = std::move(body);
  }
  SKYDEN_ASSIGN_OR_RETURN(resource.spec, deps.codec.SpecFromJson(*change.type, spec.dump()));
  return resource;
}

}  // namespace

absl::Status Foresee(const SurveyDeps& deps, const Survey& survey, absl::Time now,
                     resources::Foresight& foresight) {
  const model::Revision revision = foresight.revision + 1;
  std::map<model::TypeId, std::map<model::ResourceKey, model::Resource>> written;
  for (const Change& change : survey.changes) {
    const auto view = foresight.before.find(change.type->id);
    if (view == foresight.before.end()) continue;
    resources::ForeseenChange& seen = foresight.changes.emplace_back();
    seen.type = change.type;
    seen.before = view->second->Find(change.key);
    model::Resource resource;
    if (change.kind == Change::Kind::kWritten) {
      SKYDEN_ASSIGN_OR_RETURN(resource, ResourceOf(deps, change, seen.before, now));
      seen.after = std::make_shared<const model::Resource>(resource);
    } else {
      resource.type = change.type->id;
      resource.key = change.key;
      resource.deleted = true;
    }
    resource.revision = revision;
    written[change.type->id].insert_or_assign(change.key, std::move(resource));
  }
  foresight.after = foresight.before;
  for (auto& [type, by_key] : written) {
    std::vector<model::Resource> changes;
    for (auto& [key, resource] : by_key) changes.push_back(std::move(resource));
    auto& view = foresight.after[type];
    view = resources::Advance(*view, std::move(changes), revision);
  }
  return absl::OkStatus();
}

}  // namespace skyden::upgrade
