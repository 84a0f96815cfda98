// SPDX-License-Identifier: Apache-2.0
#include "resources/transfer/foreseen_tx.h"

#include <algorithm>

#include "skyden/base/status.h"

namespace skyden::resources {

const ForeseenTx::Change* ForeseenTx::Find(model::TypeId type,
                                           const model::ResourceKey& key) const {
  const auto found = changes_.find({type, key});
  return found == changes_.end() ? nullptr : &found->second;
}

absl::StatusOr<std::optional<model::Resource>> ForeseenTx::FindResource(
    model::TypeId type, const model::ResourceKey& key) {
  if (const Change* change = Find(type, key)) return change->after;
  return rows().FindResource(type, key);
}

absl::StatusOr<bool> ForeseenTx::HasResource(model::TypeId type, const model::ResourceKey& key) {
  if (const Change* change = Find(type, key)) return change->after.has_value();
  return rows().HasResource(type, key);
}

absl::StatusOr<std::optional<model::Revision>> ForeseenTx::FindRevision(
    model::TypeId type, const model::ResourceKey& key) {
  const Change* change = Find(type, key);
  if (change == nullptr) return rows().FindRevision(type, key);
  if (!change->after.has_value()) return std::optional<model::Revision>();
  return std::optional<model::Revision>(change->after->revision);
}

template <class Counts>
std::vector<model::Resource> ForeseenTx::WithForeseen(model::TypeId type,
                                                      std::vector<model::Resource> stored,
                                                      const Counts& counts) const {
  std::erase_if(
      stored, [&](const model::Resource& resource) { return Find(type, resource.key) != nullptr; });
  for (auto each = changes_.lower_bound({type, {}});
       each != changes_.end() && each->first.first == type; ++each) {
    const std::optional<model::Resource>& after = each->second.after;
    if (after.has_value() && counts(*after)) stored.push_back(*after);
  }
  std::sort(stored.begin(), stored.end(),
            [](const model::Resource& a, const model::Resource& b) { return a.key < b.key; });
  return stored;
}

absl::StatusOr<std::vector<model::Resource>> ForeseenTx::ListResources(
    model::TypeId type, const std::optional<std::string>& mesh) {
  SKYDEN_ASSIGN_OR_RETURN(auto stored, rows().ListResources(type, mesh));
  return WithForeseen(type, std::move(stored), [&](const model::Resource& resource) {
    return !mesh.has_value() || resource.key.mesh == *mesh;
  });
}

absl::StatusOr<std::vector<model::Resource>> ForeseenTx::ListResourcesOfZone(
    model::TypeId type, const model::ZoneName& zone) {
  SKYDEN_ASSIGN_OR_RETURN(auto stored, rows().ListResourcesOfZone(type, zone));
  return WithForeseen(type, std::move(stored),
                      [&](const model::Resource& resource) { return resource.zone == zone.str(); });
}

absl::StatusOr<uint64_t> ForeseenTx::CountResources(model::TypeId type,
                                                    const std::optional<std::string>& mesh) {
  SKYDEN_ASSIGN_OR_RETURN(uint64_t count, rows().CountResources(type, mesh));
  for (auto each = changes_.lower_bound({type, {}});
       each != changes_.end() && each->first.first == type; ++each) {
    if (mesh.has_value() && each->first.second.mesh != *mesh) continue;
    if (each->second.before.has_value()) --count;
    if (each->second.after.has_value()) ++count;
  }
  return count;
}

absl::Status ForeseenTx::PutResource(model::Resource& resource,
                                     std::optional<uint64_t> expected_version) {
  SKYDEN_ASSIGN_OR_RETURN(auto stored, FindResource(resource.type, resource.key));
  const uint64_t version = stored.has_value() ? stored->version : 0;
  if (expected_version.has_value() && *expected_version != version) {
    return *expected_version == 0 ? absl::AlreadyExistsError("it is there already")
                                  : absl::AbortedError("it is at another version");
  }
  resource.revision = revision_ + 1;
  resource.version = version + 1;
  const auto [place, is_first] = changes_.try_emplace({resource.type, resource.key});
  if (is_first) place->second.before = std::move(stored);
  place->second.after = resource;
  return absl::OkStatus();
}

void ForeseenTx::Remove(const model::Resource& resource) {
  const auto [place, is_first] = changes_.try_emplace({resource.type, resource.key});
  if (is_first) place->second.before = resource;
  place->second.after.reset();
}

absl::Status ForeseenTx::DeleteResource(model::TypeId type, const model::ResourceKey& key) {
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, FindResource(type, key));
  if (!stored.has_value()) return absl::NotFoundError("there is no such resource");
  Remove(*stored);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> ForeseenTx::DeleteResourcesOfMesh(const std::string& mesh,
                                                           const std::vector<model::TypeId>& keep) {
  uint64_t deleted = 0;
  for (const model::TypeDescriptor& type : registry_.all()) {
    const bool kept = std::find(keep.begin(), keep.end(), type.id) != keep.end();
    if (kept || type.scope != model::ResourceScope::kMesh) continue;
    SKYDEN_ASSIGN_OR_RETURN(const auto stored, ListResources(type.id, mesh));
    for (const model::Resource& resource : stored) Remove(resource);
    deleted += stored.size();
  }
  return deleted;
}

absl::StatusOr<uint64_t> ForeseenTx::DeleteResourcesOfZone(const model::ZoneName& zone) {
  uint64_t deleted = 0;
  for (const model::TypeDescriptor& type : registry_.all()) {
    SKYDEN_ASSIGN_OR_RETURN(const auto stored, ListResourcesOfZone(type.id, zone));
    for (const model::Resource& resource : stored) Remove(resource);
    deleted += stored.size();
  }
  return deleted;
}

}  // namespace skyden::resources
