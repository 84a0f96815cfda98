// SPDX-License-Identifier: Apache-2.0
#include "store/rows/tenant_rows.h"

#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "store/errors.h"
#include "store/rows/audit_rows.h"
#include "store/rows/records.h"
#include "store/rows/rollout_rows.h"

namespace skyden::store::rows {

using enum StatementId;

std::string TenantRows::ContextOf(model::TypeId type, const model::ResourceKey& key) const {
  return SealContext(tenant_.control_plane, NameOf(type), key);
}

absl::Status TenantRows::CheckThere() { return CurrentRevision().status(); }

absl::StatusOr<model::Revision> TenantRows::CurrentRevision() {
  std::optional<model::Revision> revision;
  SKYDEN_RETURN_IF_ERROR(session_.Run(binding(), kGetRevision, {}, [&](const Row& row) {
    revision = row.Unsigned(1);
    return absl::OkStatus();
  }));
  if (!revision.has_value()) return ControlPlaneNotFound();
  return *revision;
}

absl::StatusOr<ControlPlaneRecord> TenantRows::ControlPlane() {
  absl::StatusOr<ControlPlaneRecord> found = ControlPlaneNotFound();
  SKYDEN_RETURN_IF_ERROR(session_.Run(binding(), kGetOwnControlPlane, {}, [&](const Row& row) {
    found = ReadControlPlane(row);
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<model::Resource> TenantRows::Decode(const Row& row, model::TypeId type) const {
  SKYDEN_ASSIGN_OR_RETURN(model::Resource resource, ReadResource(row, type));
  SKYDEN_RETURN_IF_ERROR(OpenSecret(resource));
  return resource;
}

absl::Status TenantRows::OpenSecret(model::Resource& resource) const {
  if (!context_.registry.at(resource.type).is_secret || resource.deleted) return absl::OkStatus();
  auto opened = context_.sealer.Open(resource.spec, ContextOf(resource.type, resource.key));
  if (!opened.ok()) return Internal(base::ToStd(opened.status().message()));
  resource.spec = *std::move(opened);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<model::Resource>> TenantRows::Collect(
    model::TypeId type, StatementId id, std::initializer_list<Param> params) {
  std::vector<model::Resource> found;
  SKYDEN_RETURN_IF_ERROR(session_.Run(binding(), id, params, [&](const Row& row) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(model::Resource resource, Decode(row, type));
    found.push_back(std::move(resource));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::optional<model::Resource>> TenantRows::FindResource(
    model::TypeId type, const model::ResourceKey& key) {
  std::optional<Stored> row;
  return FindResource(type, key, row);
}

absl::StatusOr<std::optional<model::Resource>> TenantRows::FindResource(
    model::TypeId type, const model::ResourceKey& key, std::optional<Stored>& stored,
    Before before) {
  std::optional<model::Resource> found;
  SKYDEN_RETURN_IF_ERROR(session_.Run(
      binding(), kFindResource,
      {Param::Text(NameOf(type)), Param::Text(key.mesh), Param::Text(key.name)},
      [&](const Row& row) -> absl::Status {
        const size_t bytes = row.Bytes(5).size() + row.Bytes(6).size();
        stored = {row.Unsigned(10), row.Int(11) != 0, static_cast<int64_t>(bytes), row.Unsigned(9),
                  !row.Bytes(3).empty()};
        if (stored->deleted) return absl::OkStatus();
        if (before == Before::kWanted && !stored->of_zone) {
          stored->before = std::make_shared<const HistoryBefore>(HistoryBefore::Read(row, 4));
        }
        SKYDEN_ASSIGN_OR_RETURN(found, Decode(row, type));
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<std::optional<TenantRows::Stored>> TenantRows::FindStored(
    model::TypeId type, const model::ResourceKey& key) {
  std::optional<Stored> stored;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kFindVersion,
                   {Param::Text(NameOf(type)), Param::Text(key.mesh), Param::Text(key.name)},
                   [&](const Row& row) {
                     stored = {row.Unsigned(1), row.Int(2) != 0, row.Int(3), row.Unsigned(4),
                               !row.Bytes(5).empty()};
                     return absl::OkStatus();
                   }));
  return stored;
}

absl::StatusOr<bool> TenantRows::HasResource(model::TypeId type, const model::ResourceKey& key) {
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Stored> stored, FindStored(type, key));
  return IsLive(stored);
}

absl::StatusOr<std::optional<model::Revision>> TenantRows::FindRevision(
    model::TypeId type, const model::ResourceKey& key) {
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Stored> stored, FindStored(type, key));
  return IsLive(stored) ? std::optional(stored->revision) : std::nullopt;
}

absl::StatusOr<std::vector<model::Resource>> TenantRows::ListResources(
    model::TypeId type, const std::optional<std::string>& mesh) {
  if (!mesh.has_value()) return Collect(type, kListResources, {Param::Text(NameOf(type))});
  return Collect(type, kListResourcesOfMesh, {Param::Text(NameOf(type)), Param::Text(*mesh)});
}

absl::StatusOr<std::vector<model::Resource>> TenantRows::ListResourcesOfZone(
    model::TypeId type, const model::ZoneName& zone) {
  return Collect(type, kListResourcesOfZone, {Param::Text(NameOf(type)), Param::Text(zone.str())});
}

absl::StatusOr<std::vector<model::Resource>> TenantRows::ListChanges(model::TypeId type,
                                                                     model::Revision since) {
  model::Revision collected = 0;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kGetCollected, {Param::Text(NameOf(type))}, [&](const Row& row) {
        collected = row.Unsigned(1);
        return absl::OkStatus();
      }));
  if (since < collected) return ChangesCollected(since, collected);
  return Collect(type, kListChanges, {Param::Text(NameOf(type)), Param::Unsigned(since)});
}

absl::StatusOr<uint64_t> TenantRows::CountResources(model::TypeId type,
                                                    const std::optional<std::string>& mesh) {
  uint64_t count = 0;
  const auto take = [&](const Row& row) {
    count = row.Unsigned(1);
    return absl::OkStatus();
  };
  if (mesh.has_value()) {
    SKYDEN_RETURN_IF_ERROR(session_.Run(binding(), kCountResourcesOfMesh,
                                        {Param::Text(NameOf(type)), Param::Text(*mesh)}, take));
  } else {
    SKYDEN_RETURN_IF_ERROR(
        session_.Run(binding(), kCountResources, {Param::Text(NameOf(type))}, take));
  }
  return count;
}

absl::StatusOr<std::vector<ResourceCount>> TenantRows::ListCounts() {
  std::vector<ResourceCount> counts;
  SKYDEN_RETURN_IF_ERROR(session_.Run(binding(), kListCounts, {}, [&](const Row& row) {
    // Types that this version does not know are nothing that it can count.
    if (const auto* type = context_.registry.FindByName(row.Bytes(1)); type != nullptr) {
      counts.push_back({type->id, row.String(2), row.Unsigned(3)});
    }
    return absl::OkStatus();
  }));
  return counts;
}

absl::StatusOr<std::vector<PendingKey>> TenantRows::ListPendingKeys() {
  std::vector<PendingKey> keys;
  SKYDEN_RETURN_IF_ERROR(session_.Run(binding(), kListPendingKeys, {}, [&](const Row& row) {
    // A type this version does not know cannot be generated by it either.
    if (const auto* type = context_.registry.FindByName(row.Bytes(1)); type != nullptr) {
      keys.push_back({type->id, {row.String(2), row.String(3)}, DecodeTime(row.Int(4))});
    }
    return absl::OkStatus();
  }));
  return keys;
}

absl::StatusOr<AuditPage> TenantRows::ListAudit(const AuditQuery& query) {
  return ListAuditRows(session_, binding(), tenant_.control_plane, query);
}

absl::StatusOr<std::vector<RolloutRecord>> TenantRows::ListRollouts() {
  return ListRolloutRows(session_, binding());
}

}  // namespace skyden::store::rows
