// SPDX-License-Identifier: Apache-2.0
// A revision is one more than the control plane's state had when the transaction first looked at
// it: that row is also what serialises the writers of one control plane on engines that have
// several.
#include <algorithm>

#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "store/errors.h"
#include "store/rows/quota_rows.h"
#include "store/rows/records.h"
#include "store/rows/rollout_rows.h"
#include "store/rows/tenant_rows.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {

constexpr std::string_view kZoneType = "Zone";
// A large import reads more than is worth remembering.
constexpr size_t kRowsKnown = 4096;
constexpr size_t kBytesKnown = 8u << 20;

}  // namespace

absl::Status TenantWrites::Open() {
  SKYDEN_ASSIGN_OR_RETURN(entry_, ledger_.Open(session_, tenant_));
  return absl::OkStatus();
}

absl::Status TenantWrites::CheckVersion() const {
  return entry_->version == tenant_.version ? absl::OkStatus() : ControlPlaneOfAnotherVersion();
}

void TenantWrites::Bump() {
  wrote_ = true;
  if (!revision_.has_value()) revision_ = entry_->NextRevision();
}

absl::StatusOr<std::optional<model::Resource>> TenantWrites::FindResource(
    model::TypeId type, const model::ResourceKey& key) {
  CountRead(plan_.Covers(type, key));
  std::optional<Stored> stored;
  const Before before = KeepsHistory(context_.registry.at(type)) ? Before::kWanted : Before::kNo;
  SKYDEN_ASSIGN_OR_RETURN(auto found, TenantRows::FindResource(type, key, stored, before));
  Remember(type, key, stored);
  return found;
}

absl::StatusOr<bool> TenantWrites::HasResource(model::TypeId type, const model::ResourceKey& key) {
  if (entry_->there.contains({type, key})) return true;
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Stored> stored, Recall(type, key));
  if (!IsLive(stored)) return false;
  entry_->there.emplace(type, key);
  return true;
}

absl::StatusOr<std::optional<model::Revision>> TenantWrites::FindRevision(
    model::TypeId type, const model::ResourceKey& key) {
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Stored> stored, Recall(type, key));
  return IsLive(stored) ? std::optional(stored->revision) : std::nullopt;
}

absl::StatusOr<std::optional<TenantWrites::Stored>> TenantWrites::Recall(
    model::TypeId type, const model::ResourceKey& key) {
  if (const auto known = known_.find({type, key}); known != known_.end()) return known->second;
  CountRead(plan_.Covers(type, key));
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Stored> stored, FindStored(type, key));
  Remember(type, key, stored);
  return stored;
}

void TenantWrites::Remember(model::TypeId type, const model::ResourceKey& key,
                            const std::optional<Stored>& stored) {
  if (known_.size() >= kRowsKnown || known_bytes_ >= kBytesKnown) {
    known_.clear();
    known_bytes_ = 0;
  }
  if (stored.has_value() && stored->before != nullptr) known_bytes_ += stored->before->bytes();
  known_.insert_or_assign({type, key}, stored);
}

void TenantWrites::ForgetRows() {
  known_.clear();
  known_bytes_ = 0;
  entry_->there.clear();
}

absl::StatusOr<std::vector<model::Resource>> TenantWrites::ListResources(
    model::TypeId type, const std::optional<std::string>& mesh) {
  CountRead(plan_.CoversList(type, mesh));
  return TenantRows::ListResources(type, mesh);
}

absl::StatusOr<std::vector<model::Resource>> TenantWrites::ListResourcesOfZone(
    model::TypeId type, const model::ZoneName& zone) {
  CountRead(plan_.CoversZone(type, zone));
  return TenantRows::ListResourcesOfZone(type, zone);
}

absl::StatusOr<std::vector<PendingKey>> TenantWrites::ListPendingKeys() {
  CountRead(plan_.CoversPendingKeys());
  return TenantRows::ListPendingKeys();
}

// The rest cannot be planned.

absl::StatusOr<ControlPlaneRecord> TenantWrites::ControlPlane() {
  CountRead(plan_.reads_anything());
  return TenantRows::ControlPlane();
}

absl::StatusOr<std::vector<model::Resource>> TenantWrites::ListChanges(model::TypeId type,
                                                                       model::Revision since) {
  CountRead(plan_.reads_anything());
  return TenantRows::ListChanges(type, since);
}

absl::StatusOr<AuditPage> TenantWrites::ListAudit(const AuditQuery& query) {
  CountRead(plan_.reads_anything());
  return TenantRows::ListAudit(query);
}

absl::StatusOr<std::vector<RolloutRecord>> TenantWrites::ListRollouts() {
  CountRead(plan_.reads_anything());
  return TenantRows::ListRollouts();
}

absl::Status TenantWrites::PutRollout(RolloutRecord& record,
                                      const std::vector<model::TypeId>& seen) {
  wrote_ = true;
  if (!seen.empty()) {
    Bump();
    record.revision = *revision_;
  }
  change_.types.insert(change_.types.end(), seen.begin(), seen.end());
  change_.rollouts = true;
  bytes_ += record.plan.size() + record.content.size() + record.progress.size();
  return PutRolloutRow(session_, binding(), record);
}

absl::Status TenantWrites::RemoveRollout(const std::string& id) {
  wrote_ = true;
  return Run(kRemoveRollout, {Param::Text(id)});
}

absl::Status TenantWrites::PutResource(model::Resource& resource,
                                       std::optional<uint64_t> expected_version) {
  const std::string& type = context_.registry.at(resource.type).name;
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Stored> stored, Recall(resource.type, resource.key));
  const bool is_live = IsLive(stored);
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
  Bump();
  if (resource.zone.empty() || (is_live && !stored->of_zone)) {
    using Action = HistoryEntry::Action;
    const bool was_here = is_live && !stored->of_zone;
    SKYDEN_RETURN_IF_ERROR(KeepBefore(context_.registry.at(resource.type), resource.key, stored,
                                      !resource.zone.empty() ? Action::kDelete
                                      : was_here             ? Action::kUpdate
                                                             : Action::kCreate));
  }
  resource.revision = *revision_;
  resource.version = version + 1;
  resource.deleted = false;
  const std::string& spec = is_secret ? sealed : resource.spec;
  SKYDEN_RETURN_IF_ERROR(WriteResource(resource, spec, stored.has_value()));
  const auto bytes = static_cast<int64_t>(spec.size() + resource.status.size());
  usage_.bytes += bytes - (is_live ? stored->bytes : 0);
  if (!is_live) Count(type, resource.key.mesh, 1, stored.has_value() ? -1 : 0);
  Remember(resource.type, resource.key,
           Stored{resource.version, false, bytes, *revision_, !resource.zone.empty()});
  change_.types.push_back(resource.type);
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
      SKYDEN_ASSIGN_OR_RETURN(const auto stored, Recall(type.id, secret.key));
      const auto bytes = static_cast<int64_t>(sealed.size() + secret.status.size());
      usage_.bytes += bytes - (stored.has_value() ? stored->bytes : 0);
      SKYDEN_RETURN_IF_ERROR(WriteResource(secret, sealed, true));
      Remember(type.id, secret.key,
               Stored{secret.version, false, bytes, secret.revision, !secret.zone.empty()});
    }
    count += secrets.size();
    SKYDEN_RETURN_IF_ERROR(ResealHistory(type).status());
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
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<Stored> stored, Recall(type, key));
  if (!IsLive(stored)) return ResourceNotFound(name, key);
  Bump();
  if (!stored->of_zone) {
    SKYDEN_RETURN_IF_ERROR(
        KeepBefore(context_.registry.at(type), key, stored, HistoryEntry::Action::kDelete));
  }
  SKYDEN_RETURN_IF_ERROR(
      Run(kDeleteResource, {Param::Text(name), Param::Text(key.mesh), Param::Text(key.name),
                            Param::Unsigned(*revision_), Param::Blob({})}));
  usage_.bytes -= stored->bytes;
  Count(name, key.mesh, -1, 1);
  Remember(type, key, Stored{stored->version, true, 0, *revision_, stored->of_zone});
  entry_->there.erase({type, key});
  change_.types.push_back(type);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> TenantWrites::DeleteResourcesOfMesh(
    const std::string& mesh, const std::vector<model::TypeId>& keep) {
  CountRead(plan_.reads_anything());
  // The stored counters name every type there is in the mesh, those this version does not know too.
  SKYDEN_RETURN_IF_ERROR(ledger_.Write(session_));
  ForgetRows();
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
    Bump();
    if (known != nullptr) SKYDEN_RETURN_IF_ERROR(KeepBeforeOfMesh(*known, mesh));
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
    if (known != nullptr) change_.types.push_back(known->id);
  }
  return total;
}

absl::StatusOr<uint64_t> TenantWrites::DeleteResourcesOfZone(const model::ZoneName& zone) {
  CountRead(plan_.reads_anything());
  std::vector<std::pair<std::string, std::string>> groups;  // (type, mesh)
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kListCountsOfZone, {Param::Text(zone.str())}, [&](const Row& row) {
        groups.emplace_back(row.String(1), row.String(2));
        usage_.bytes -= row.Int(4);
        return absl::OkStatus();
      }));
  ForgetRows();
  uint64_t total = 0;
  for (const auto& [type, mesh] : groups) {
    Bump();
    SKYDEN_RETURN_IF_ERROR(
        Run(kDeleteResourcesOfZone, {Param::Text(zone.str()), Param::Text(type), Param::Text(mesh),
                                     Param::Unsigned(*revision_), Param::Blob({})}));
    const uint64_t deleted = session_.changed();
    total += deleted;
    Count(type, mesh, -static_cast<int64_t>(deleted), static_cast<int64_t>(deleted));
    if (const auto* known = context_.registry.FindByName(type)) change_.types.push_back(known->id);
  }
  return total;
}

void TenantWrites::Count(const std::string& type, const std::string& mesh, int64_t live,
                         int64_t tombstones) {
  entry_->live[{type, mesh}] += live;
  usage_.resources += live;
  if (type == kZoneType) usage_.zones += live;
  if (tombstones != 0) entry_->tombstones[type] += tombstones;
}

absl::StatusOr<uint64_t> TenantWrites::CountResources(model::TypeId type,
                                                      const std::optional<std::string>& mesh) {
  CountRead(plan_.reads_anything());
  SKYDEN_RETURN_IF_ERROR(ledger_.Write(session_));
  return TenantRows::CountResources(type, mesh);
}

absl::StatusOr<std::vector<ResourceCount>> TenantWrites::ListCounts() {
  CountRead(plan_.reads_anything());
  SKYDEN_RETURN_IF_ERROR(ledger_.Write(session_));
  return TenantRows::ListCounts();
}

absl::Status TenantWrites::Settle(QuotaHolds holds) {
  const UsageChange added = std::exchange(usage_, {});
  entry_->Add(added);
  const bool more = added.resources > 0 || added.bytes > 0 || added.zones > 0;
  if (holds == QuotaHolds::kNo || !more) return absl::OkStatus();
  return CheckQuota(added, entry_->used,
                    LimitOf(entry_->own, entry_->organization, context_.quota));
}

Change TenantWrites::TakeChange() {
  change_.organization = tenant_.organization;
  change_.tenant = tenant_.tenant;
  change_.revision = revision_.value_or(0);
  return std::exchange(change_, {});
}

absl::Status TenantWrites::AddPendingKey(const PendingKey& key) {
  wrote_ = true;
  change_.keys_promised = true;
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

absl::StatusOr<uint64_t> TenantWrites::DeleteZoneCredentials(const model::ZoneName& zone) {
  CountRead(plan_.reads_anything());
  std::vector<std::string> accounts;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kListAccountsOfZone, {Param::Text(zone.str())}, [&](const Row& row) {
        accounts.push_back(row.String(1));
        return absl::OkStatus();
      }));
  const size_t before = change_.tokens.size();
  for (const std::string& account : accounts) {
    wrote_ = true;
    SKYDEN_RETURN_IF_ERROR(DeleteAccountRows(session_, binding(), account, change_));
  }
  return change_.tokens.size() - before;
}

}  // namespace skyden::store::rows
