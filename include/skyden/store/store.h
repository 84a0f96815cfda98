// SPDX-License-Identifier: Apache-2.0
// The store: every row of every tenant, behind one interceptor.
//
// Nothing reaches a row without a scope. A transaction sees and changes the rows of its scope's
// tenant only; this is enforced below the SQL, not by the callers (src/store/README.md).
// No engine's type appears here; there are two, SQLite and PostgreSQL. What is said
// holds for each Store over a database; several processes may each have one, where the engine says
// so. Then "the caller's own" below means: of this Store.
//
// Status codes, the same for every engine:
//   NOT_FOUND           no such row for this tenant (another tenant's row looks the same)
//   ALREADY_EXISTS      an insert met an existing row
//   ABORTED             a version given as a precondition is not the stored one
//   RESOURCE_EXHAUSTED  the disk is full (base/storage_full.h), or the write queue is; nothing was
//                       written. What only removes has room kept for it
//   UNAVAILABLE         the store is closed or closing
//   INTERNAL            anything else; the message is for the log, not for a client
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/ids.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/audit.h"
#include "skyden/store/change.h"
#include "skyden/store/records.h"

namespace skyden::store {

// Reads inside one control plane, all at one point in time.
// Valid only inside the function it was given to; strand-bound to it.
//
// An error of a call is the transaction's: a function that got one returns one, be it another. Only
// what was looked at first, and has written nothing, may be gone on from: what reads answer, and
// NOT_FOUND, ABORTED and ALREADY_EXISTS of PutResource and DeleteResource. There is no other caught
// error: when the function returns OK all the same, nothing is committed, and the caller gets the
// first error.
class ReadTx {
 public:
  virtual ~ReadTx() = default;

  // The control plane's revision as of this transaction.
  virtual absl::StatusOr<model::Revision> CurrentRevision() = 0;
  virtual absl::StatusOr<ControlPlaneRecord> ControlPlane() = 0;

  // nullopt when there is none (or only a tombstone).
  virtual absl::StatusOr<std::optional<model::Resource>> FindResource(
      model::TypeId type, const model::ResourceKey& key) = 0;
  // Whether there is one. Its content is not read.
  virtual absl::StatusOr<bool> HasResource(model::TypeId type, const model::ResourceKey& key) = 0;
  // The revision that wrote it, likewise; nullopt when there is none. Unlike a version, which
  // begins again when a resource is deleted and made anew, it says that nothing changed since.
  virtual absl::StatusOr<std::optional<model::Revision>> FindRevision(
      model::TypeId type, const model::ResourceKey& key) = 0;
  // Live resources of a type, ordered by key. `mesh` nullopt: of every mesh.
  virtual absl::StatusOr<std::vector<model::Resource>> ListResources(
      model::TypeId type, const std::optional<std::string>& mesh) = 0;
  // Live resources of a type that came from `zone`, ordered by key.
  virtual absl::StatusOr<std::vector<model::Resource>> ListResourcesOfZone(
      model::TypeId type, const model::ZoneName& zone) = 0;
  // What was written or deleted after `since` (tombstones with `deleted` set), ordered by revision
  // then key. One indexed query.
  // OUT_OF_RANGE when tombstones newer than `since` were already collected: read it all instead.
  virtual absl::StatusOr<std::vector<model::Resource>> ListChanges(model::TypeId type,
                                                                   model::Revision since) = 0;
  // Live resources of a type, in one mesh or (nullopt) all. O(1): counted as written.
  virtual absl::StatusOr<uint64_t> CountResources(model::TypeId type,
                                                  const std::optional<std::string>& mesh) = 0;
  // All of these counts that are not 0, ordered by type name, then mesh. One indexed query.
  virtual absl::StatusOr<std::vector<ResourceCount>> ListCounts() = 0;

  // Signing keys promised but not made yet (see PendingKey).
  virtual absl::StatusOr<std::vector<PendingKey>> ListPendingKeys() = 0;

  // What was done in this control plane.
  virtual absl::StatusOr<AuditPage> ListAudit(const AuditQuery& query) = 0;
};

// Reads and writes inside one control plane. All writes of one transaction share one revision, and
// no other writer of the control plane, in whatever process, comes between what is read here and
// the commit.
class WriteTx : public ReadTx {
 public:
  // Inserts or replaces (labels, spec, status, zone, times as given); sets revision and version in
  // `resource`. ABORTED when `expected_version` is given and is not the stored version
  // (0: must not exist -> ALREADY_EXISTS).
  virtual absl::Status PutResource(model::Resource& resource,
                                   std::optional<uint64_t> expected_version = std::nullopt) = 0;
  // NOT_FOUND when there is none. Leaves a tombstone.
  virtual absl::Status DeleteResource(model::TypeId type, const model::ResourceKey& key) = 0;
  // Every resource of a mesh (not the Mesh itself), of every type but those in `keep`.
  virtual absl::StatusOr<uint64_t> DeleteResourcesOfMesh(
      const std::string& mesh, const std::vector<model::TypeId>& keep) = 0;
  // Every resource that came from a zone, of every type.
  virtual absl::StatusOr<uint64_t> DeleteResourcesOfZone(const model::ZoneName& zone) = 0;

  virtual absl::Status AddPendingKey(const PendingKey& key) = 0;
  virtual absl::Status RemovePendingKey(const PendingKey& key) = 0;

  // Credentials bound to this control plane (a zone's). ALREADY_EXISTS on the same id.
  virtual absl::Status InsertAccount(const AccountRecord& account) = 0;
  virtual absl::Status InsertToken(const TokenRecord& token) = 0;
  // Removes the accounts bound to this control plane and `zone`, and their tokens; returns how many
  // tokens are gone.
  virtual absl::StatusOr<uint64_t> DeleteZoneCredentials(const model::ZoneName& zone) = 0;

  // Seals every secret of the control plane anew, under the newest key (see LoadSealer). Nothing
  // else of them changes, not even a revision, so nobody is told. Returns how many there are.
  virtual absl::StatusOr<uint64_t> ResealSecrets() = 0;

  // Adds an entry to the audit, in the name of the transaction's scope. A change by a person that
  // no entry tells of gets one all the same (kActionUnnamed).
  virtual void Audit(AuditNote note) = 0;
};

// Reads among what an organization owns: control planes, accounts, tokens.
class DirectoryReadTx {
 public:
  virtual ~DirectoryReadTx() = default;
  virtual absl::StatusOr<std::optional<ControlPlaneRecord>> FindControlPlane(
      const model::ControlPlaneId& id) = 0;
  // Ordered by creation, then id.
  virtual absl::StatusOr<std::vector<ControlPlaneRecord>> ListControlPlanes() = 0;
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
  virtual absl::StatusOr<std::vector<TokenRecord>> ListTokens(const model::AccountId& account) = 0;

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
};

class DirectoryTx : public DirectoryReadTx {
 public:
  // Fills `record.tenant`. ALREADY_EXISTS on the same id.
  virtual absl::Status InsertControlPlane(ControlPlaneRecord& record) = 0;
  // Everything but id, tenant, revision and creation time.
  virtual absl::Status UpdateControlPlane(const ControlPlaneRecord& record) = 0;
  // Suspends it, or (nullopt) ends its suspension. NOT_FOUND.
  virtual absl::Status SetSuspension(const model::ControlPlaneId& id,
                                     const std::optional<Suspension>& suspension) = 0;
  // Removes the control plane and every row of it, the roles on it too; returns how many tokens are
  // gone.
  virtual absl::StatusOr<uint64_t> DeleteControlPlane(const model::ControlPlaneId& id) = 0;
  // The rows of one of this organization's control planes, in the same transaction. The returned
  // object lives as long as this one. NOT_FOUND when the organization does not own it.
  virtual absl::StatusOr<WriteTx*> Enter(const model::TenantScope& scope) = 0;

  // ALREADY_EXISTS on the same id, and where a name, e-mail address or subject must be unique.
  virtual absl::Status InsertAccount(const AccountRecord& account) = 0;
  // Name, description, e-mail address, preferred name, subject, `active`, the time of the update.
  virtual absl::Status UpdateAccount(const AccountRecord& account) = 0;
  // Its roles and tokens too.
  virtual absl::Status DeleteAccount(const model::AccountId& id) = 0;
  // ALREADY_EXISTS when the account holds the role there already; NOT_FOUND without such an account
  // or control plane.
  virtual absl::Status InsertRole(const RoleRecord& role) = 0;
  virtual absl::Status DeleteRole(const model::AccountId& account, const model::RoleId& id) = 0;
  virtual absl::Status InsertToken(const TokenRecord& token) = 0;
  virtual absl::Status RevokeToken(const model::TokenId& id, absl::Time at) = 0;
  virtual absl::Status RenameToken(const model::TokenId& id, const std::string& name,
                                   absl::Time at) = 0;
  // Notes a use. A token that is gone is no error: it was used while it was there.
  virtual absl::Status TouchToken(const model::TokenId& id, absl::Time at) = 0;
  virtual absl::Status DeleteToken(const model::TokenId& id) = 0;
  // Accounts that may run the daemon at `now`: active, with the role kOperator and a good token.
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
};

// Thread-safe. Outlives every transaction, subscription and pending callback.
class Store {
 public:
  using WriteFn = absl::AnyInvocable<absl::Status(WriteTx&)>;
  using WriteDone = absl::AnyInvocable<void(absl::StatusOr<model::Revision>)>;
  using DirectoryWriteFn = absl::AnyInvocable<absl::Status(DirectoryTx&)>;
  using DirectoryWriteDone = absl::AnyInvocable<void(absl::Status)>;

  virtual ~Store() = default;

  // Runs `fn` at one point in time. Returns what `fn` returns, or why it could not run.
  // NOT_FOUND when the control plane is gone. Does not wait for writers; may touch the disk.
  virtual absl::Status Read(const model::TenantScope& scope,
                            absl::FunctionRef<absl::Status(ReadTx&)> fn) = 0;

  // Runs `fn` in a transaction that may also hold other requests', whose errors do not touch it;
  // commits iff `fn` returns OK. `done` gets the new revision only once the commit is durable, and
  // gets fn's status, with nothing written, otherwise. Both run on a thread of the engine's that
  // others wait for: `fn` must be brief, must not block, and must not have side effects (it may run
  // again, when another request failed half way or the engine lost the transaction); `done` hands
  // over and returns. It is called exactly once. After UNAVAILABLE the write may be there, whole.
  virtual void WriteAsync(const model::TenantScope& scope, WriteFn fn, WriteDone done) = 0;
  // The same, waiting. AssertMayBlock.
  absl::StatusOr<model::Revision> Write(const model::TenantScope& scope, WriteFn fn);

  virtual absl::Status ReadDirectory(const model::OrganizationScope& scope,
                                     absl::FunctionRef<absl::Status(DirectoryReadTx&)> fn) = 0;
  virtual void WriteDirectoryAsync(const model::OrganizationScope& scope, DirectoryWriteFn fn,
                                   DirectoryWriteDone done) = 0;
  absl::Status WriteDirectory(const model::OrganizationScope& scope, DirectoryWriteFn fn);

  // Look-ups that come before any scope (sign-in, start-up). SystemScope names the reason.
  virtual absl::StatusOr<std::optional<TokenOwner>> FindToken(const model::SystemScope& scope,
                                                              const model::TokenId& id) = 0;
  // Any control plane of any organization, by id.
  virtual absl::StatusOr<std::optional<ControlPlaneRecord>> FindControlPlane(
      const model::SystemScope& scope, const model::ControlPlaneId& id) = 0;
  virtual absl::StatusOr<std::vector<OrganizationRecord>> ListOrganizations(
      const model::SystemScope& scope) = 0;
  virtual absl::StatusOr<std::optional<OrganizationRecord>> FindOrganization(
      const model::SystemScope& scope, const model::OrganizationId& id) = 0;
  virtual absl::StatusOr<model::OrganizationKey> InsertOrganization(
      const model::SystemScope& scope, const OrganizationRecord& organization) = 0;
  // Who holds the role kOperator, usable or not.
  virtual absl::StatusOr<std::vector<OperatorRef>> ListOperators(
      const model::SystemScope& scope) = 0;
  // Removes its accounts, roles and tokens, and hides what is left of it: an empty row that keeps
  // its key from being used again. NOT_FOUND; FAILED_PRECONDITION while it owns control planes, or
  // holds the last usable operator.
  virtual absl::Status EndOrganization(const model::SystemScope& scope,
                                       model::OrganizationKey organization, absl::Time at) = 0;

  // `fn` is called after each commit that may have changed something of `tenant` (nullopt: of any
  // owner), whichever process made it. On a thread of the engine's: it must only hand over. Those
  // that subscribed to every owner come first, in the order in which they did, and before a commit
  // of this Store is acknowledged (`done`): caches know of a change before whoever reads them does.
  // Of another process's commits they hear soon.
  virtual std::unique_ptr<Subscription> Subscribe(std::optional<model::TenantKey> tenant,
                                                  absl::AnyInvocable<void(const Change&)> fn) = 0;
  // Grows with every change that subscribers are told of, before they are. Does not touch the disk.
  virtual uint64_t position() const = 0;

  // `fn` is called, on a thread of the engine's, for each chain of the audit to which a commit
  // added. It must only hand over.
  virtual std::unique_ptr<Subscription> SubscribeAudit(
      absl::AnyInvocable<void(const AuditGrowth&)> fn) = 0;

  // Why writes stopped for good (a failed fsync, a corrupt file); OK while healthy. The daemon
  // exits with it: `on_fatal` given to the engine is called once, on a thread of the engine's.
  virtual absl::Status Health() const = 0;
  // Whether writes are taken: Health(), or RESOURCE_EXHAUSTED while the disk is full. Asking has
  // the engine look for room again; does not block.
  virtual absl::Status Writable() = 0;

  // Which life of the database this is: changes whenever what is remembered elsewhere of it may be
  // of a later time, a restored backup for one. Revisions of two epochs cannot be compared.
  virtual std::string_view epoch() const = 0;

  // Statements that this Store executed since start, for metrics and for "idle reads nothing"
  // tests.
  struct Counters {
    uint64_t reads = 0;
    uint64_t writes = 0;
    uint64_t commits = 0;
    uint64_t fsyncs = 0;
  };
  virtual Counters counters() const = 0;
};

}  // namespace skyden::store
