// SPDX-License-Identifier: Apache-2.0
// The public transaction interfaces, over the rows of a session.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "skyden/store/change.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/forward_reads.h"
#include "skyden/store/tenant_tx.h"
#include "store/rows/audit_rows.h"
#include "store/rows/directory_reads.h"
#include "store/rows/records.h"
#include "store/rows/sending_rows.h"
#include "store/rows/team_rows.h"
#include "store/rows/tenant_rows.h"

namespace skyden::store::rows {

class TenantReadTx final : public ForwardReads<ReadTx, TenantRows> {
 public:
  using ForwardReads::ForwardReads;
};

class TenantWriteTx final : public ForwardReads<WriteTx, TenantWrites> {
 public:
  using ForwardReads::ForwardReads;

  absl::Status PutResource(model::Resource& resource,
                           std::optional<uint64_t> expected_version) override {
    return rows_.PutResource(resource, expected_version);
  }
  absl::Status DeleteResource(model::TypeId type, const model::ResourceKey& key) override {
    return rows_.DeleteResource(type, key);
  }
  absl::StatusOr<uint64_t> DeleteResourcesOfMesh(const std::string& mesh,
                                                 const std::vector<model::TypeId>& keep) override {
    return rows_.DeleteResourcesOfMesh(mesh, keep);
  }
  absl::StatusOr<uint64_t> DeleteResourcesOfZone(const model::ZoneName& zone) override {
    return rows_.DeleteResourcesOfZone(zone);
  }
  absl::Status AddPendingKey(const PendingKey& key) override { return rows_.AddPendingKey(key); }
  absl::Status RemovePendingKey(const PendingKey& key) override {
    return rows_.RemovePendingKey(key);
  }
  absl::Status InsertAccount(const AccountRecord& account) override {
    return rows_.InsertAccount(account);
  }
  absl::Status InsertToken(const TokenRecord& token) override { return rows_.InsertToken(token); }
  absl::StatusOr<uint64_t> DeleteZoneCredentials(const model::ZoneName& zone) override {
    return rows_.DeleteZoneCredentials(zone);
  }
  absl::StatusOr<uint64_t> ResealSecrets() override { return rows_.ResealSecrets(); }
  absl::StatusOr<uint64_t> PruneHistory(std::optional<absl::Time> older_than) override {
    return rows_.PruneHistory(older_than);
  }
  absl::Status PutRollout(RolloutRecord& record, const std::vector<model::TypeId>& seen) override {
    return rows_.PutRollout(record, seen);
  }
  absl::Status RemoveRollout(const std::string& id) override { return rows_.RemoveRollout(id); }
  void Audit(AuditNote note) override { rows_.Audit(std::move(note)); }
};

// What one request of a batch did, known once it is run and true once the batch is committed.
struct Outcome {
  model::Revision revision = 0;
  bool wrote = false;
  size_t bytes = 0;
  bool metered = false;         // what was written counts as used: see store/metering.h
  std::vector<Change> changes;  // for a ChangeBatch: in no order, an owner may come again
  std::vector<TenantRef> gone;  // control planes whose rows are to be removed
};

// Hands the reads of DirectoryReadTx on to the rows of one organization.
template <class Interface>
class OrganizationReads : public Interface {
 public:
  OrganizationReads(Session& session, const Context& context, model::OrganizationKey organization)
      : session_(session), context_(context), organization_(organization) {}

  absl::StatusOr<std::optional<ControlPlaneRecord>> FindControlPlane(
      const model::ControlPlaneId& id) override {
    return FindControlPlaneRow(session_, binding(), id);
  }
  absl::StatusOr<std::vector<ControlPlaneRecord>> ListControlPlanes() override {
    return ListControlPlaneRows(session_, binding());
  }
  absl::StatusOr<std::vector<DeletedControlPlane>> ListDeletedControlPlanes() override {
    return ListDeletedControlPlaneRows(session_, binding());
  }
  absl::StatusOr<OrganizationRecord> Organization() override {
    return GetOrganizationRow(session_, binding());
  }
  absl::StatusOr<std::optional<AccountRecord>> FindAccount(const model::AccountId& id) override {
    return FindAccountRow(session_, binding(), id);
  }
  absl::StatusOr<std::optional<AccountRecord>> FindAccountBySubject(
      const std::string& subject) override {
    return FindAccountRowBySubject(session_, binding(), subject);
  }
  absl::StatusOr<std::vector<AccountRecord>> ListAccounts(AccountRecord::Kind kind) override {
    return ListAccountRows(session_, binding(), kind);
  }
  absl::StatusOr<uint64_t> CountAccounts(AccountRecord::Kind kind) override {
    return CountAccountRows(session_, binding(), kind);
  }
  absl::StatusOr<std::vector<RoleRecord>> ListRoles(const model::AccountId& account) override {
    return ListRoleRows(session_, binding(), account);
  }
  absl::StatusOr<std::vector<RoleRecord>> ListEffectiveRoles(
      const model::AccountId& account) override {
    return ListEffectiveRoleRows(session_, binding(), account);
  }
  absl::StatusOr<std::optional<AccountRecord>> FindTeamByName(const std::string& name) override {
    return FindTeamRowByName(session_, binding(), name);
  }
  absl::StatusOr<std::vector<AccountRecord>> ListMembers(const model::AccountId& team) override {
    return ListMemberRows(session_, binding(), team);
  }
  absl::StatusOr<std::vector<AccountRecord>> ListTeamsOf(const model::AccountId& account) override {
    return ListTeamRowsOf(session_, binding(), account);
  }
  absl::StatusOr<std::vector<TokenRecord>> ListTokens(const model::AccountId& account) override {
    return ListTokenRows(session_, binding(), account, TokenRecord::Kind::kToken);
  }
  absl::StatusOr<std::vector<TokenRecord>> ListSessions(
      const std::optional<model::AccountId>& account) override {
    return account ? ListTokenRows(session_, binding(), *account, TokenRecord::Kind::kSession)
                   : ListSessionRows(session_, binding());
  }
  absl::StatusOr<AuditPage> ListAudit(const AuditQuery& query) override {
    return ListAuditRows(session_, binding(), {}, query);
  }
  absl::StatusOr<uint64_t> FindAuditBeyond(uint64_t bytes) override {
    return rows::FindAuditBeyond(session_, binding(), bytes);
  }
  absl::StatusOr<std::vector<AuditChainRef>> ListAuditChains() override {
    return ListAuditChainRows(session_, binding());
  }
  absl::StatusOr<std::vector<AuditMark>> ListAuditMarks(model::TenantKey chain) override {
    return ListAuditMarkRows(session_, binding(), context_.sealer, chain);
  }
  absl::StatusOr<std::optional<AuditEntry>> FindAuditUpTo(model::TenantKey chain,
                                                          uint64_t place) override {
    return rows::FindAuditUpTo(session_, binding(), chain, place);
  }
  absl::StatusOr<std::vector<TokenOfAccount>> ListEndingTokens(absl::Time from, absl::Time to,
                                                               size_t limit) override {
    return ListEndingTokenRows(session_, binding(), from, to, limit);
  }
  absl::StatusOr<std::vector<AuditDestination>> ListAuditDestinations() override {
    return ListAuditDestinationRows(session_, binding());
  }
  absl::StatusOr<std::optional<AuditDestination>> FindAuditDestination(
      const std::string& id) override {
    return FindAuditDestinationRow(session_, binding(), context_.sealer, id);
  }
  absl::StatusOr<AuditWebhook> FindAuditWebhook() override {
    return FindAuditWebhookRow(session_, binding());
  }

 protected:
  Binding binding() const { return BindingOf(organization_); }

  Session& session_;
  const Context& context_;
  const model::OrganizationKey organization_;
};

class OrganizationReadTx final : public OrganizationReads<DirectoryReadTx> {
 public:
  using OrganizationReads::OrganizationReads;
};

class OrganizationWriteTx final : public OrganizationReads<DirectoryTx> {
 public:
  OrganizationWriteTx(Session& session, const Context& context, const AuditChain& chain,
                      Ledger& ledger, model::OrganizationKey organization, AuditActor actor)
      : OrganizationReads(session, context, organization),
        chain_(chain),
        ledger_(ledger),
        actor_(std::move(actor)) {}

  absl::Status InsertControlPlane(ControlPlaneRecord& record) override;
  absl::Status UpdateControlPlane(const ControlPlaneRecord& record) override;
  absl::Status SetSuspension(const model::ControlPlaneId& id,
                             const std::optional<Suspension>& suspension) override;
  absl::StatusOr<uint64_t> DeleteControlPlane(const model::ControlPlaneId& id) override;
  absl::StatusOr<uint64_t> ShelveControlPlane(const model::ControlPlaneId& id,
                                              absl::Time at) override;
  absl::StatusOr<ControlPlaneRecord> UndeleteControlPlane(const model::ControlPlaneId& id,
                                                          const std::string& name) override;
  absl::Status EndDeletedControlPlane(const model::ControlPlaneId& id) override;
  absl::StatusOr<uint64_t> ResealDeletedControlPlane(const model::ControlPlaneId& id) override;
  absl::StatusOr<WriteTx*> Enter(const model::TenantScope& scope) override;
  absl::Status InsertAccount(const AccountRecord& account) override;
  absl::Status UpdateAccount(const AccountRecord& account) override;
  absl::Status DeleteAccount(const model::AccountId& id) override;
  absl::Status AddMember(const model::AccountId& team, const model::AccountId& account,
                         absl::Time at) override;
  absl::Status RemoveMember(const model::AccountId& team, const model::AccountId& account) override;
  absl::Status InsertRole(const RoleRecord& role) override;
  absl::Status DeleteRole(const model::AccountId& account, const model::RoleId& id) override;
  absl::Status InsertToken(const TokenRecord& token) override;
  absl::Status RevokeToken(const model::TokenId& id, absl::Time at) override;
  absl::Status RenameToken(const model::TokenId& id, const std::string& name,
                           absl::Time at) override;
  absl::Status TouchToken(const model::TokenId& id, absl::Time at) override;
  absl::Status DeleteToken(const model::TokenId& id) override;
  absl::StatusOr<uint64_t> CountUsableOperators(absl::Time now) override {
    return CountUsableOperatorRows(session_, now, std::nullopt);
  }

  // See Store::EndOrganization.
  absl::Status EndOrganization(absl::Time at);

  void Audit(AuditNote note) override { notes_.push_back({{}, {}, std::move(note)}); }
  void AuditAbout(const ControlPlaneRecord& about, AuditNote note) override {
    notes_.push_back({about.tenant, about.id, std::move(note)});
  }
  absl::StatusOr<uint64_t> PruneAudit(model::TenantKey chain, uint64_t through,
                                      uint64_t at_most) override;
  absl::Status SetAuditMark(model::TenantKey chain, const std::string& name,
                            uint64_t sequence) override;
  absl::Status ResealAuditMarks() override;
  absl::Status PutAuditDestination(const AuditDestination& destination) override;
  absl::Status DeleteAuditDestination(const std::string& id) override;
  absl::Status SetAuditWebhook(const std::string& destination, bool enabled,
                               uint64_t place) override;
  absl::Status SetAuditReplay(const AuditReplay& replay) override;
  absl::Status NoteAuditDelivery(uint64_t before, uint64_t place,
                                 const AuditAttempt& attempt) override;
  absl::Status NoteAuditReplay(const AuditReplay& replay, const AuditAttempt& attempt) override;

  // Finishes the entered control planes and says what was done.
  absl::Status Finish(Outcome& outcome, QuotaHolds holds);
  // Once, after Finish: of the organization, then of the entered control planes.
  std::vector<PendingNote> TakeNotes();

 private:
  absl::Status Run(StatementId id, std::initializer_list<Param> params) {
    return session_.Run(binding(), id, params);
  }
  absl::Status DeleteSessionsOf(const model::TokenId& token);
  // Somebody's roles change, and with a team's those of whoever is in it.
  absl::Status TellOfRoles(const model::AccountId& account);
  // What one was called that goes, for whoever reads what it used.
  absl::Status RememberName(const model::ControlPlaneId& id, absl::Time at);
  // What hangs on a control plane that goes, in `change`; returns how many tokens.
  absl::StatusOr<uint64_t> DeleteCredentialsOn(const TenantRef& tenant, Change change);
  absl::StatusOr<TenantRef> Unshelve(const model::ControlPlaneId& id,
                                     const std::optional<std::string>& name, std::string& kept);
  absl::Status PutBack(const TenantRef& tenant, std::string_view kept);
  absl::Status Shelve(const TenantRef& tenant, const DeletedControlPlane& deleted,
                      std::string_view kept);

  const AuditChain& chain_;
  Ledger& ledger_;
  const AuditActor actor_;
  const WritePlan entered_plan_ = WritePlan::ReadsAnything();
  std::vector<PendingNote> notes_;
  std::vector<std::unique_ptr<TenantWriteTx>> entered_;
  // What becomes of a control plane's row, besides its resources.
  void Tell(model::TenantKey tenant, Change::Self self) {
    outcome_.changes.push_back({.organization = organization_, .tenant = tenant, .self = self});
  }

  Change own_;  // the organization's
  Outcome outcome_;
};

// The sorted ids of every type: what changed when a whole control plane went.
std::vector<model::TypeId> AllTypes(const model::TypeRegistry& registry);

}  // namespace skyden::store::rows
