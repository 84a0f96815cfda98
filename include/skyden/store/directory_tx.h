// SPDX-License-Identifier: Apache-2.0
// Transactions of an organization: what it owns, and who may come in. Status codes as store/store.h
// says; what is said of errors at ReadTx (store/tenant_tx.h) holds here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/audit.h"
#include "skyden/store/audit_sending.h"
#include "skyden/store/records.h"
#include "skyden/store/token_of_account.h"

namespace skyden::store {

class WriteTx;

// Reads among what an organization owns: control planes, accounts, tokens.
class DirectoryReadTx {
 public:
  virtual ~DirectoryReadTx() = default;
  virtual absl::StatusOr<std::optional<ControlPlaneRecord>> FindControlPlane(
      const model::ControlPlaneId& id) = 0;
  // Ordered by creation, then id.
  virtual absl::StatusOr<std::vector<ControlPlaneRecord>> ListControlPlanes() = 0;
  // Those that ShelveControlPlane deleted, the first first.
  virtual absl::StatusOr<std::vector<DeletedControlPlane>> ListDeletedControlPlanes() = 0;
  // The organization itself.
  virtual absl::StatusOr<OrganizationRecord> Organization() = 0;
  virtual absl::StatusOr<std::optional<AccountRecord>> FindAccount(const model::AccountId& id) = 0;
  // nullopt for the empty subject, which nobody has.
  virtual absl::StatusOr<std::optional<AccountRecord>> FindAccountBySubject(
      const std::string& subject) = 0;
  // Ordered by creation, then id.
  virtual absl::StatusOr<std::vector<AccountRecord>> ListAccounts(AccountRecord::Kind kind) = 0;
  virtual absl::StatusOr<uint64_t> CountAccounts(AccountRecord::Kind kind) = 0;
  virtual absl::StatusOr<std::vector<RoleRecord>> ListRoles(const model::AccountId& account) = 0;
  // Its own, and those of the teams it is in: each says whose it is. Ordered by creation, then id.
  virtual absl::StatusOr<std::vector<RoleRecord>> ListEffectiveRoles(
      const model::AccountId& account) = 0;
  virtual absl::StatusOr<std::optional<AccountRecord>> FindTeamByName(const std::string& name) = 0;
  // Who is in a team, and which teams an account is in. Ordered by creation, then id.
  virtual absl::StatusOr<std::vector<AccountRecord>> ListMembers(const model::AccountId& team) = 0;
  virtual absl::StatusOr<std::vector<AccountRecord>> ListTeamsOf(
      const model::AccountId& account) = 0;
  // Ordered by creation, then id, as are sessions. No sessions among them.
  virtual absl::StatusOr<std::vector<TokenRecord>> ListTokens(const model::AccountId& account) = 0;
  // An account's; nullopt: everybody's.
  virtual absl::StatusOr<std::vector<TokenRecord>> ListSessions(
      const std::optional<model::AccountId>& account) = 0;
  // The first `limit` tokens that end from `from` on and before `to`, as they end. None that was
  // revoked, and no sessions.
  virtual absl::StatusOr<std::vector<TokenOfAccount>> ListEndingTokens(absl::Time from,
                                                                       absl::Time to,
                                                                       size_t limit) = 0;

  // What was done in the organization and in its control planes.
  virtual absl::StatusOr<AuditPage> ListAudit(const AuditQuery& query) = 0;
  // Ordered by chain; those of control planes that are gone too.
  virtual absl::StatusOr<std::vector<AuditChainRef>> ListAuditChains() = 0;
  // Of one chain, ordered by name.
  virtual absl::StatusOr<std::vector<AuditMark>> ListAuditMarks(model::TenantKey chain) = 0;
  // The last entry of a chain whose place is not after `place`.
  virtual absl::StatusOr<std::optional<AuditEntry>> FindAuditUpTo(model::TenantKey chain,
                                                                  uint64_t place) = 0;
  // The place of the last entry that is not among the newest that take `bytes` on disk; 0 when all
  // are.
  virtual absl::StatusOr<uint64_t> FindAuditBeyond(uint64_t bytes) = 0;
  // Where the audit may be sent. Ordered by creation, then id; without what goes along.
  virtual absl::StatusOr<std::vector<AuditDestination>> ListAuditDestinations() = 0;
  // With it. DATA_LOSS when it was not sealed here, or for another one.
  virtual absl::StatusOr<std::optional<AuditDestination>> FindAuditDestination(
      const std::string& id) = 0;
  // As one that sends nothing, where none was ever set.
  virtual absl::StatusOr<AuditWebhook> FindAuditWebhook() = 0;
};

class DirectoryTx : public DirectoryReadTx {
 public:
  // Fills `record.tenant`. ALREADY_EXISTS on the same id.
  virtual absl::Status InsertControlPlane(ControlPlaneRecord& record) = 0;
  // Everything but id, tenant and creation time.
  virtual absl::Status UpdateControlPlane(const ControlPlaneRecord& record) = 0;
  // Suspends it, or (nullopt) ends its suspension. NOT_FOUND.
  virtual absl::Status SetSuspension(const model::ControlPlaneId& id,
                                     const std::optional<Suspension>& suspension) = 0;
  // Removes the control plane and every row of it, the roles on it too; returns how many tokens are
  // gone.
  virtual absl::StatusOr<uint64_t> DeleteControlPlane(const model::ControlPlaneId& id) = 0;
  // The same for everybody, but that it can be had back: its rows stay, and what is deleted with it
  // (its zones' accounts and tokens, the roles on it) is remembered. In the transaction's name.
  virtual absl::StatusOr<uint64_t> ShelveControlPlane(const model::ControlPlaneId& id,
                                                      absl::Time at) = 0;
  // Has it back under `name`, with the accounts and tokens of its zones, and those roles on it
  // whose account is still there. NOT_FOUND.
  virtual absl::StatusOr<ControlPlaneRecord> UndeleteControlPlane(const model::ControlPlaneId& id,
                                                                  const std::string& name) = 0;
  // Removes every row of it. NOT_FOUND.
  virtual absl::Status EndDeletedControlPlane(const model::ControlPlaneId& id) = 0;
  // Seals the secrets of one anew, under the newest key; returns how many. NOT_FOUND.
  virtual absl::StatusOr<uint64_t> ResealDeletedControlPlane(const model::ControlPlaneId& id) = 0;
  // The rows of one of this organization's control planes, in the same transaction. The returned
  // object lives as long as this one. NOT_FOUND when the organization does not own it.
  virtual absl::StatusOr<WriteTx*> Enter(const model::TenantScope& scope) = 0;

  // ALREADY_EXISTS on the same id, and where a name, e-mail address or subject must be unique.
  virtual absl::Status InsertAccount(const AccountRecord& account) = 0;
  // Name, description, e-mail address, preferred name, subject, `active`, labels, the time of the
  // update.
  virtual absl::Status UpdateAccount(const AccountRecord& account) = 0;
  // Its roles and tokens too, and who is in which team by it.
  virtual absl::Status DeleteAccount(const model::AccountId& id) = 0;
  // NOT_FOUND without such a team, or such a user or system account; ALREADY_EXISTS when it is in
  // it.
  virtual absl::Status AddMember(const model::AccountId& team, const model::AccountId& account,
                                 absl::Time at) = 0;
  virtual absl::Status RemoveMember(const model::AccountId& team,
                                    const model::AccountId& account) = 0;
  // ALREADY_EXISTS when the account holds the role there already; NOT_FOUND without such an account
  // or control plane.
  virtual absl::Status InsertRole(const RoleRecord& role) = 0;
  virtual absl::Status DeleteRole(const model::AccountId& account, const model::RoleId& id) = 0;
  // NOT_FOUND without such an account; a team is none.
  virtual absl::Status InsertToken(const TokenRecord& token) = 0;
  // The sessions that were made with it are gone, here and when it is deleted.
  virtual absl::Status RevokeToken(const model::TokenId& id, absl::Time at) = 0;
  virtual absl::Status RenameToken(const model::TokenId& id, const std::string& name,
                                   absl::Time at) = 0;
  // Notes a use. A token that is gone is no error: it was used while it was there.
  virtual absl::Status TouchToken(const model::TokenId& id, absl::Time at) = 0;
  virtual absl::Status DeleteToken(const model::TokenId& id) = 0;
  // Accounts that may run the daemon at `now`: active, with the role kOperator (their own or a
  // team's) and a good token, which a session is not.
  // Of all organizations: whoever takes one away has to know whether it is the last.
  virtual absl::StatusOr<uint64_t> CountUsableOperators(absl::Time now) = 0;

  // As in WriteTx; about the organization itself, or about the control plane `about`, which may be
  // gone by now, and in its chain. Entries of an entered control plane are its own business.
  virtual void Audit(AuditNote note) = 0;
  virtual void AuditAbout(const ControlPlaneRecord& about, AuditNote note) = 0;
  // Removes the oldest entries of a chain, up to and with `through`, `at_most` of them, and
  // remembers where the chain begins now. Returns how many went.
  virtual absl::StatusOr<uint64_t> PruneAudit(model::TenantKey chain, uint64_t through,
                                              uint64_t at_most) = 0;
  // Remembers how far the reader `name` came in a chain.
  virtual absl::Status SetAuditMark(model::TenantKey chain, const std::string& name,
                                    uint64_t sequence) = 0;
  // Seals the audit's marks anew, under the newest key. One that is not genuine stays what it is.
  virtual absl::Status ResealAuditMarks() = 0;
  // By its id. ALREADY_EXISTS when another one has the name.
  virtual absl::Status PutAuditDestination(const AuditDestination& destination) = 0;
  virtual absl::Status DeleteAuditDestination(const std::string& id) = 0;
  // Where to, from beyond which place on; nothing is known of attempts then.
  virtual absl::Status SetAuditWebhook(const std::string& destination, bool enabled,
                                       uint64_t place) = 0;
  // In the place of any other. NOT_FOUND where no webhook was set.
  virtual absl::Status SetAuditReplay(const AuditReplay& replay) = 0;
  // What came of an attempt; nothing when it is no more at `before`, or that is no more the replay.
  virtual absl::Status NoteAuditDelivery(uint64_t before, uint64_t place,
                                         const AuditAttempt& attempt) = 0;
  virtual absl::Status NoteAuditReplay(const AuditReplay& replay, const AuditAttempt& attempt) = 0;
};

}  // namespace skyden::store
