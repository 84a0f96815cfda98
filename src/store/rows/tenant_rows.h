// SPDX-License-Identifier: Apache-2.0
// The rows of one control plane, in the transaction that is open on a session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "skyden/model/type_registry.h"
#include "skyden/store/audit.h"
#include "skyden/store/change.h"
#include "skyden/store/history.h"
#include "skyden/store/quotas.h"
#include "skyden/store/records.h"
#include "skyden/store/rollouts.h"
#include "skyden/store/sealer.h"
#include "skyden/store/write_plan.h"
#include "store/rows/audit_chain.h"
#include "store/rows/history_rows.h"
#include "store/rows/ledger.h"
#include "store/rows/tenant_ref.h"
#include "store/session.h"

namespace skyden::store::rows {

// What every transaction needs besides its session.
struct Context {
  const model::TypeRegistry& registry;
  const Sealer& sealer;
  size_t tombstones_per_type_max;
  Usage quota;  // of who has no other; 0: none
  HistoryLimits history = {};

  absl::Time Now() const { return history.clock == nullptr ? absl::Now() : history.clock->Now(); }
};

// The reads, shared by both kinds of transaction.
class TenantRows {
 public:
  TenantRows(Session& session, const Context& context, TenantRef tenant)
      : session_(session), context_(context), tenant_(std::move(tenant)) {}

  // NOT_FOUND when the scope's control plane is gone or is not its organization's.
  absl::Status CheckThere();

  absl::StatusOr<model::Revision> CurrentRevision();
  absl::StatusOr<ControlPlaneRecord> ControlPlane();
  absl::StatusOr<std::optional<model::Resource>> FindResource(model::TypeId type,
                                                              const model::ResourceKey& key);
  absl::StatusOr<bool> HasResource(model::TypeId type, const model::ResourceKey& key);
  absl::StatusOr<std::optional<model::Revision>> FindRevision(model::TypeId type,
                                                              const model::ResourceKey& key);
  absl::StatusOr<std::vector<model::Resource>> ListResources(
      model::TypeId type, const std::optional<std::string>& mesh);
  absl::StatusOr<std::vector<model::Resource>> ListResourcesOfZone(model::TypeId type,
                                                                   const model::ZoneName& zone);
  absl::StatusOr<std::vector<model::Resource>> ListChanges(model::TypeId type,
                                                           model::Revision since);
  absl::StatusOr<uint64_t> CountResources(model::TypeId type,
                                          const std::optional<std::string>& mesh);
  absl::StatusOr<std::vector<ResourceCount>> ListCounts();
  absl::StatusOr<std::vector<PendingKey>> ListPendingKeys();
  absl::StatusOr<AuditPage> ListAudit(const AuditQuery& query);
  absl::StatusOr<HistorySpan> FindHistorySpan();
  absl::StatusOr<std::optional<absl::Time>> FindOldestChange();
  absl::StatusOr<HistoryPage> ListHistory(const HistoryQuery& query);
  absl::StatusOr<std::optional<model::Resource>> FindResourceAt(model::TypeId type,
                                                                const model::ResourceKey& key,
                                                                model::Revision revision);
  absl::StatusOr<std::vector<model::Resource>> ListResourcesAt(
      model::TypeId type, const std::optional<std::string>& mesh, model::Revision revision);
  absl::StatusOr<std::vector<RolloutRecord>> ListRollouts();

 protected:
  // What is known of a row without its content; of a tombstone too.
  struct Stored {
    uint64_t version = 0;
    bool deleted = false;
    int64_t bytes = 0;
    model::Revision revision = 0;
    bool of_zone = false;
    // What a change of it will have found; nullptr: not read.
    std::shared_ptr<const HistoryBefore> before = nullptr;
  };
  static bool IsLive(const std::optional<Stored>& stored) {
    return stored.has_value() && !stored->deleted;
  }
  // The row too, when there is one; with what a change of it will have found, if that is wanted.
  enum class Before { kNo, kWanted };
  absl::StatusOr<std::optional<model::Resource>> FindResource(model::TypeId type,
                                                              const model::ResourceKey& key,
                                                              std::optional<Stored>& row,
                                                              Before before = Before::kNo);
  absl::StatusOr<std::optional<Stored>> FindStored(model::TypeId type,
                                                   const model::ResourceKey& key);
  // As of a point of its history, which is one of `span`.
  absl::StatusOr<std::optional<model::Resource>> FindResourceAt(model::TypeId type,
                                                                const model::ResourceKey& key,
                                                                model::Revision revision,
                                                                const HistorySpan& span);
  absl::StatusOr<std::vector<model::Resource>> ListResourcesAt(
      model::TypeId type, const std::optional<std::string>& mesh, model::Revision revision,
      const HistorySpan& span);
  absl::StatusOr<HistoryPage> ListHistory(const HistoryQuery& query, const HistorySpan& span);

  Binding binding() const { return tenant_.binding(); }
  std::string_view NameOf(model::TypeId type) const { return context_.registry.at(type).name; }
  absl::Status Run(StatementId id, std::initializer_list<Param> params = {}) {
    return session_.Run(binding(), id, params);
  }
  std::string ContextOf(model::TypeId type, const model::ResourceKey& key) const;

  Session& session_;
  const Context& context_;
  const TenantRef tenant_;

 private:
  absl::StatusOr<std::vector<model::Resource>> Collect(model::TypeId type, StatementId id,
                                                       std::initializer_list<Param> params);
  absl::StatusOr<model::Resource> Decode(const Row& row, model::TypeId type) const;
  absl::Status OpenSecret(model::Resource& resource) const;
  // Columns from 1: mesh, name, then as HistoryBefore has them.
  absl::StatusOr<model::Resource> DecodeBefore(const Row& row, model::TypeId type) const;
};

enum class QuotaHolds { kYes, kNo };

// The writes. What they count is kept in the ledger; what they read of a row is not read again.
class TenantWrites : public TenantRows {
 public:
  TenantWrites(Session& session, const Context& context, TenantRef tenant, Ledger& ledger,
               const WritePlan& plan, const AuditActor& actor)
      : TenantRows(session, context, std::move(tenant)),
        ledger_(ledger),
        plan_(plan),
        actor_(actor.Tamed()) {}

  // Before anything else. NOT_FOUND as CheckThere.
  absl::Status Open();
  // That what was thought out for a control plane of the scope's version may be written.
  // FAILED_PRECONDITION when it is of another by now.
  absl::Status CheckVersion() const;

  absl::StatusOr<model::Revision> CurrentRevision() { return entry_->revision; }
  absl::StatusOr<std::optional<model::Resource>> FindResource(model::TypeId type,
                                                              const model::ResourceKey& key);
  absl::StatusOr<bool> HasResource(model::TypeId type, const model::ResourceKey& key);
  absl::StatusOr<std::optional<model::Revision>> FindRevision(model::TypeId type,
                                                              const model::ResourceKey& key);
  absl::StatusOr<ControlPlaneRecord> ControlPlane();
  absl::StatusOr<std::vector<model::Resource>> ListResources(
      model::TypeId type, const std::optional<std::string>& mesh);
  absl::StatusOr<std::vector<model::Resource>> ListResourcesOfZone(model::TypeId type,
                                                                   const model::ZoneName& zone);
  absl::StatusOr<std::vector<model::Resource>> ListChanges(model::TypeId type,
                                                           model::Revision since);
  absl::StatusOr<uint64_t> CountResources(model::TypeId type,
                                          const std::optional<std::string>& mesh);
  absl::StatusOr<std::vector<ResourceCount>> ListCounts();
  absl::StatusOr<std::vector<PendingKey>> ListPendingKeys();
  absl::StatusOr<AuditPage> ListAudit(const AuditQuery& query);
  absl::StatusOr<HistorySpan> FindHistorySpan();
  absl::StatusOr<std::optional<absl::Time>> FindOldestChange();
  absl::StatusOr<HistoryPage> ListHistory(const HistoryQuery& query);
  absl::StatusOr<std::optional<model::Resource>> FindResourceAt(model::TypeId type,
                                                                const model::ResourceKey& key,
                                                                model::Revision revision);
  absl::StatusOr<std::vector<model::Resource>> ListResourcesAt(
      model::TypeId type, const std::optional<std::string>& mesh, model::Revision revision);
  absl::StatusOr<uint64_t> PruneHistory(std::optional<absl::Time> older_than);
  absl::StatusOr<std::vector<RolloutRecord>> ListRollouts();
  absl::Status PutRollout(RolloutRecord& record, const std::vector<model::TypeId>& seen);
  absl::Status RemoveRollout(const std::string& id);
  absl::Status PutResource(model::Resource& resource, std::optional<uint64_t> expected_version);
  absl::Status DeleteResource(model::TypeId type, const model::ResourceKey& key);
  absl::StatusOr<uint64_t> DeleteResourcesOfMesh(const std::string& mesh,
                                                 const std::vector<model::TypeId>& keep);
  absl::StatusOr<uint64_t> DeleteResourcesOfZone(const model::ZoneName& zone);
  absl::Status AddPendingKey(const PendingKey& key);
  absl::Status RemovePendingKey(const PendingKey& key);
  absl::Status InsertAccount(const AccountRecord& account);
  absl::Status InsertToken(const TokenRecord& token);
  absl::StatusOr<uint64_t> DeleteZoneCredentials(const model::ZoneName& zone);
  absl::StatusOr<uint64_t> ResealSecrets();

  void Audit(AuditNote note) {
    notes_.push_back({tenant_.tenant, tenant_.control_plane, std::move(note)});
  }

  // Refuses what passes the quota. Once, after the last write.
  absl::Status Settle(QuotaHolds holds);

  const TenantRef& tenant() const { return tenant_; }
  bool wrote() const { return wrote_; }
  size_t bytes() const { return bytes_; }
  uint64_t unplanned_reads() const { return unplanned_reads_; }
  // Of the resources written; nullopt when none was.
  const std::optional<model::Revision>& revision() const { return revision_; }
  // Once, after the last write.
  Change TakeChange();
  std::vector<PendingNote> TakeNotes() { return std::exchange(notes_, {}); }

 private:
  // Before each statement that reads for the caller.
  void CountRead(bool planned) { unplanned_reads_ += planned ? 0 : 1; }
  void Bump();
  absl::StatusOr<std::optional<Stored>> Recall(model::TypeId type, const model::ResourceKey& key);
  void Remember(model::TypeId type, const model::ResourceKey& key,
                const std::optional<Stored>& stored);
  // Of rows that were changed together.
  void ForgetRows();
  absl::StatusOr<std::string> SealedSpecOf(const model::Resource& secret) const;
  absl::Status WriteResource(const model::Resource& resource, std::string_view spec,
                             bool row_exists);
  void Count(const std::string& type, const std::string& mesh, int64_t live, int64_t tombstones);
  // Before the row is changed, in the revision of this transaction.
  absl::Status KeepBefore(const model::TypeDescriptor& type, const model::ResourceKey& key,
                          const std::optional<Stored>& stored, HistoryEntry::Action action);
  absl::Status KeepBeforeOfMesh(const model::TypeDescriptor& type, const std::string& mesh);
  absl::StatusOr<uint64_t> ResealHistory(const model::TypeDescriptor& type);

  Ledger& ledger_;
  const WritePlan& plan_;
  const AuditActor actor_;
  Ledger::Entry* entry_ = nullptr;
  std::map<std::pair<model::TypeId, model::ResourceKey>, std::optional<Stored>> known_;
  size_t known_bytes_ = 0;
  std::optional<model::Revision> revision_;
  Change change_;  // but for whose it is, and its revision
  std::vector<PendingNote> notes_;
  bool wrote_ = false;
  size_t bytes_ = 0;
  uint64_t unplanned_reads_ = 0;
  UsageChange usage_;
};

// Rows of an organization that both kinds of transaction write.
absl::Status InsertTokenRow(Session& session, const Binding& binding, const TokenRecord& token);
// Adds what is gone to `change`.
absl::Status DeleteAccountRows(Session& session, const Binding& binding, std::string_view account,
                               Change& change);

}  // namespace skyden::store::rows
