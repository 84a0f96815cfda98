// SPDX-License-Identifier: Apache-2.0
// Every write of resources takes the revision from the control plane's row first: that row is also
// what serialises the writers of one control plane on engines that have several.
#include <algorithm>

#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "store/errors.h"
#include "store/rows/quota_rows.h"
#include "store/rows/records.h"
#include "store/rows/tenant_rows.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {

// At most so many tombstones are collected by one transaction; the rest by those that follow.
constexpr uint64_t kCollectedAtOnce = 1024;

constexpr std::string_view kZoneType = "Zone";

}  // namespace

absl::Status TenantWrites::Bump() {
  wrote_ = true;
  if (revision_.has_value()) return absl::OkStatus();
  SKYDEN_RETURN_IF_ERROR(session_.Run(binding(), kBumpRevision, {}, [&](const Row& row) {
    revision_ = row.Unsigned(1);
    return absl::OkStatus();
  }));
  return revision_.has_value() ? absl::OkStatus() : ControlPlaneNotFound();
}

absl::StatusOr<std::optional<TenantWrites::Stored>> TenantWrites::FindStored(
    std::string_view type, const model::ResourceKey& key) {
  std::optional<Stored> stored;
  SKYDEN_RETURN_IF_ERROR(session_.Run(
      binding(), kFindVersion, {Param::Text(type), Param::Text(key.mesh), Param::Text(key.name)},
      [&](const Row& row) {
        stored = Stored{row.Unsigned(1), row.Int(2) != 0, row.Int(5)};
        return absl::OkStatus();
      }));
  return stored;
}

absl::Status TenantWrites::PutResource(model::Resource& resource,
                                       std::optional<uint64_t> expected_version) {
  const std::string& type = context_.registry.at(resource.type).name;
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Stored> stored, FindStored(type, resource.key));
  const bool is_live = stored.has_value() && !stored->deleted;
  const uint64_t version = is_live ? stored->version : 0;
  if (expected_version.has_value() && *expected_version != version) {
    if (*expected_version == 0) return ResourceExists(type, resource.key);
    return VersionMismatch(type, resource.key, version, *expected_version);
  }
  std::string sealed;
  const bool is_secret = context_.registry.at(resource.type).is_secret;
  if (is_secret) {
    SKYDEN_ASSIGN_OR_RETURN(sealed, SealedSpecOf(resource));
  }
  SKYDEN_RETURN_IF_ERROR(Bump());
  resource.revision = *revision_;
  resource.version = version + 1;
  resource.deleted = false;
  const std::string& spec = is_secret ? sealed : resource.spec;
  SKYDEN_RETURN_IF_ERROR(WriteResource(resource, spec, stored.has_value()));
  usage_.bytes +=
      static_cast<int64_t>(spec.size() + resource.status.size()) - (is_live ? stored->bytes : 0);
  if (!is_live) Count(type, resource.key.mesh, 1, stored.has_value() ? -1 : 0);
  types_.push_back(resource.type);
  return absl::OkStatus();
}

absl::StatusOr<std::string> TenantWrites::SealedSpecOf(const model::Resource& secret) const {
  auto sealed = context_.sealer.Seal(secret.spec, ContextOf(secret.type, secret.key));
  if (!sealed.ok()) return Internal(base::ToStd(sealed.status().message()));
  return sealed;
}

absl::StatusOr<uint64_t> TenantWrites::ResealSecrets() {
  uint64_t count = 0;
  for (const model::TypeDescriptor& type : context_.registry.all()) {
    if (!type.is_secret) continue;
    SKYDEN_ASSIGN_OR_RETURN(const auto secrets, ListResources(type.id, std::nullopt));
    for (const model::Resource& secret : secrets) {
      SKYDEN_ASSIGN_OR_RETURN(const std::string sealed, SealedSpecOf(secret));
      wrote_ = true;
      SKYDEN_ASSIGN_OR_RETURN(const auto stored, FindStored(type.name, secret.key));
      usage_.bytes += static_cast<int64_t>(sealed.size() + secret.status.size()) -
                      (stored.has_value() ? stored->bytes : 0);
      SKYDEN_RETURN_IF_ERROR(WriteResource(secret, sealed, true));
    }
    count += secrets.size();
  }
  return count;
}

absl::Status TenantWrites::WriteResource(const model::Resource& resource, std::string_view spec,
                                         bool row_exists) {
  const std::string labels = EncodeLabels(resource.labels);
  const Param type = Param::Text(NameOf(resource.type));
  const Param mesh = Param::Text(resource.key.mesh);
  const Param name = Param::Text(resource.key.name);
  const Param zone = Param::Text(resource.zone);
  const Param created = Param::Int(EncodeTime(resource.creation_time));
  const Param modified = Param::Int(EncodeTime(resource.modification_time));
  const Param revision = Param::Unsigned(resource.revision);
  bytes_ += spec.size() + labels.size() + resource.status.size();
  if (row_exists) {
    return Run(kUpdateResource, {type, mesh, name, zone, Param::Blob(labels), Param::Blob(spec),
                                 Param::Blob(resource.status), created, modified, revision,
                                 Param::Unsigned(resource.version)});
  }
  return Run(kInsertResource, {type, mesh, name, zone, Param::Blob(labels), Param::Blob(spec),
                               Param::Blob(resource.status), created, modified, revision});
}

absl::Status TenantWrites::DeleteResource(model::TypeId type, const model::ResourceKey& key) {
  const std::string& name = context_.registry.at(type).name;
  // Looked up first: a deletion that finds nothing must not cost a revision.
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Stored> stored, FindStored(name, key));
  if (!stored.has_value() || stored->deleted) return ResourceNotFound(name, key);
  SKYDEN_RETURN_IF_ERROR(Bump());
  SKYDEN_RETURN_IF_ERROR(
      Run(kDeleteResource, {Param::Text(name), Param::Text(key.mesh), Param::Text(key.name),
                            Param::Unsigned(*revision_), Param::Blob({})}));
  usage_.bytes -= stored->bytes;
  Count(name, key.mesh, -1, 1);
  types_.push_back(type);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> TenantWrites::DeleteResourcesOfMesh(
    const std::string& mesh, const std::vector<model::TypeId>& keep) {
  // The stored counters name every type there is in the mesh, those this version does not know too.
  SKYDEN_RETURN_IF_ERROR(Flush());
  std::vector<std::string> types;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kListCountsOfMesh, {Param::Text(mesh)}, [&](const Row& row) {
        types.push_back(row.String(1));
        return absl::OkStatus();
      }));
  uint64_t total = 0;
  for (const std::string& type : types) {
    const model::TypeDescriptor* known = context_.registry.FindByName(type);
    if (known != nullptr && std::find(keep.begin(), keep.end(), known->id) != keep.end()) continue;
    SKYDEN_RETURN_IF_ERROR(Bump());
    SKYDEN_RETURN_IF_ERROR(session_.Run(
        binding(), kSumBytesOfMesh, {Param::Text(type), Param::Text(mesh)}, [&](const Row& row) {
          usage_.bytes -= row.Int(1);
          return absl::OkStatus();
        }));
    SKYDEN_RETURN_IF_ERROR(
        Run(kDeleteResourcesOfMesh,
            {Param::Text(type), Param::Text(mesh), Param::Unsigned(*revision_), Param::Blob({})}));
    const uint64_t deleted = session_.changed();
    total += deleted;
    Count(type, mesh, -static_cast<int64_t>(deleted), static_cast<int64_t>(deleted));
    if (known != nullptr) types_.push_back(known->id);
  }
  return total;
}

absl::StatusOr<uint64_t> TenantWrites::DeleteResourcesOfZone(const model::ZoneName& zone) {
  std::vector<std::pair<std::string, std::string>> groups;  // (type, mesh)
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kListCountsOfZone, {Param::Text(zone.str())}, [&](const Row& row) {
        groups.emplace_back(row.String(1), row.String(2));
        usage_.bytes -= row.Int(4);
        return absl::OkStatus();
      }));
  uint64_t total = 0;
  for (const auto& [type, mesh] : groups) {
    SKYDEN_RETURN_IF_ERROR(Bump());
    SKYDEN_RETURN_IF_ERROR(
        Run(kDeleteResourcesOfZone, {Param::Text(zone.str()), Param::Text(type), Param::Text(mesh),
                                     Param::Unsigned(*revision_), Param::Blob({})}));
    const uint64_t deleted = session_.changed();
    total += deleted;
    Count(type, mesh, -static_cast<int64_t>(deleted), static_cast<int64_t>(deleted));
    if (const auto* known = context_.registry.FindByName(type)) types_.push_back(known->id);
  }
  return total;
}

void TenantWrites::Count(const std::string& type, const std::string& mesh, int64_t live,
                         int64_t tombstones) {
  live_[{type, mesh}] += live;
  usage_.resources += live;
  if (type == kZoneType) usage_.zones += live;
  if (tombstones != 0) tombstones_[type] += tombstones;
}

absl::StatusOr<uint64_t> TenantWrites::CountResources(model::TypeId type,
                                                      const std::optional<std::string>& mesh) {
  SKYDEN_RETURN_IF_ERROR(Flush());
  return TenantRows::CountResources(type, mesh);
}

absl::StatusOr<std::vector<ResourceCount>> TenantWrites::ListCounts() {
  SKYDEN_RETURN_IF_ERROR(Flush());
  return TenantRows::ListCounts();
}

absl::Status TenantWrites::Flush() {
  for (const auto& [where, change] : std::exchange(live_, {})) {
    if (change == 0) continue;
    SKYDEN_RETURN_IF_ERROR(
        Run(kAddCount, {Param::Text(where.first), Param::Text(where.second), Param::Int(change)}));
  }
  for (const auto& [type, change] : std::exchange(tombstones_, {})) {
    if (change == 0) continue;
    uint64_t kept = 0;
    SKYDEN_RETURN_IF_ERROR(session_.Run(binding(), kAddTombstones,
                                        {Param::Text(type), Param::Int(change)},
                                        [&kept](const Row& row) {
                                          kept = row.Unsigned(1);
                                          return absl::OkStatus();
                                        }));
    const uint64_t max = context_.tombstones_per_type_max;
    if (kept > max) SKYDEN_RETURN_IF_ERROR(CollectTombstones(type, kept - max));
  }
  return absl::OkStatus();
}

absl::Status TenantWrites::Settle(QuotaHolds holds) {
  SKYDEN_RETURN_IF_ERROR(Flush());
  const UsageChange added = std::exchange(usage_, {});
  if (added == UsageChange()) return absl::OkStatus();
  Usage now;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kAddUsage,
                   {Param::Int(added.resources), Param::Int(added.bytes), Param::Int(added.zones)},
                   [&now](const Row& row) {
                     now = {row.Unsigned(1), row.Unsigned(2), row.Unsigned(3)};
                     return absl::OkStatus();
                   }));
  const bool more = added.resources > 0 || added.bytes > 0 || added.zones > 0;
  if (holds == QuotaHolds::kNo || !more) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(const Quota own, ReadQuota(session_, tenant_));
  SKYDEN_ASSIGN_OR_RETURN(const Quota organization, ReadQuota(session_, tenant_.organization));
  return CheckQuota(added, now, LimitOf(own, organization, context_.quota));
}

absl::Status TenantWrites::CollectTombstones(const std::string& type, uint64_t excess) {
  std::vector<model::ResourceKey> keys;
  model::Revision newest = 0;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kListOldTombstones,
                   {Param::Text(type), Param::Unsigned(std::min(excess, kCollectedAtOnce))},
                   [&](const Row& row) {
                     keys.push_back({row.String(1), row.String(2)});
                     newest = row.Unsigned(3);
                     return absl::OkStatus();
                   }));
  for (const model::ResourceKey& key : keys) {
    SKYDEN_RETURN_IF_ERROR(
        Run(kRemoveResource, {Param::Text(type), Param::Text(key.mesh), Param::Text(key.name)}));
  }
  return Run(kSetCollected,
             {Param::Text(type), Param::Unsigned(keys.size()), Param::Unsigned(newest)});
}

std::vector<model::TypeId> TenantWrites::TakeTypes() {
  std::sort(types_.begin(), types_.end());
  types_.erase(std::unique(types_.begin(), types_.end()), types_.end());
  return std::exchange(types_, {});
}

absl::Status TenantWrites::AddPendingKey(const PendingKey& key) {
  wrote_ = true;
  return Run(kAddPendingKey,
             {Param::Text(NameOf(key.type)), Param::Text(key.key.mesh), Param::Text(key.key.name),
              Param::Int(EncodeTime(key.creation_time))});
}

absl::Status TenantWrites::RemovePendingKey(const PendingKey& key) {
  wrote_ = true;
  SKYDEN_RETURN_IF_ERROR(
      Run(kRemovePendingKey,
          {Param::Text(NameOf(key.type)), Param::Text(key.key.mesh), Param::Text(key.key.name)}));
  return session_.changed() == 1 ? absl::OkStatus() : PendingKeyNotFound();
}

absl::Status TenantWrites::InsertAccount(const AccountRecord& account) {
  if (account.tenant != tenant_.tenant) return NotATenantsAccount();
  wrote_ = true;
  return Run(kInsertOwnAccount,
             {Param::Text(account.id.str()), Param::Text(EncodeKind(account.kind)),
              Param::Text(account.name), Param::Text(account.description),
              Param::Text(account.zone.str()), Param::Int(EncodeTime(account.created_at))});
}

absl::Status TenantWrites::InsertToken(const TokenRecord& token) {
  wrote_ = true;
  return InsertTokenRow(session_, binding(), token);
}

absl::StatusOr<std::vector<model::TokenId>> TenantWrites::DeleteZoneCredentials(
    const model::ZoneName& zone) {
  std::vector<std::string> accounts;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kListAccountsOfZone, {Param::Text(zone.str())}, [&](const Row& row) {
        accounts.push_back(row.String(1));
        return absl::OkStatus();
      }));
  std::vector<model::TokenId> gone;
  for (const std::string& account : accounts) {
    wrote_ = true;
    SKYDEN_RETURN_IF_ERROR(DeleteAccountRows(session_, binding(), account, gone));
  }
  return gone;
}

}  // namespace skyden::store::rows
