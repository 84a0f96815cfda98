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
//   FAILED_PRECONDITION somebody's or a zone's write inside a control plane that is of another
//                       version of Kuma by now than for the scope; titled, and for clients
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
#include "skyden/store/change.h"
#include "skyden/store/records.h"
#include "skyden/store/write_plan.h"

namespace skyden::store {

class ReadTx;           // store/tenant_tx.h
class WriteTx;          // store/tenant_tx.h
class DirectoryReadTx;  // store/directory_tx.h
class DirectoryTx;      // store/directory_tx.h
struct AuditGrowth;     // store/audit.h

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
  // `plan`: what `fn` will read.
  virtual void WriteAsync(const model::TenantScope& scope, WritePlan plan, WriteFn fn,
                          WriteDone done) = 0;
  // The same, waiting. AssertMayBlock.
  absl::StatusOr<model::Revision> Write(const model::TenantScope& scope, WritePlan plan,
                                        WriteFn fn);
  // For who reads what it likes.
  absl::StatusOr<model::Revision> Write(const model::TenantScope& scope, WriteFn fn) {
    return Write(scope, WritePlan::ReadsAnything(), std::move(fn));
  }

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
    uint64_t unplanned_reads = 0;  // of writes: see WritePlan
    uint64_t round_trips = 0;      // to a server, if there is one
  };
  virtual Counters counters() const = 0;
};

}  // namespace skyden::store
