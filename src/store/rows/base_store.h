// SPDX-License-Identifier: Apache-2.0
// What every engine's store does alike: from the calls of Store, Quotas and Metering to requests on
// sessions.
// Backups are each engine's own.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "skyden/store/backup.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/metering.h"
#include "skyden/store/quotas.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/store/write_timings.h"
#include "store/rows/batch.h"
#include "store/rows/requests.h"
#include "store/write_queue.h"

namespace skyden::store::rows {

// Thread-safe. An engine derives from it and ends its writer in its own destructor: what stands
// here outlives it.
class BaseStore : public Store, public Quotas, public Metering, public Backups {
 public:
  BaseStore(const Context& context, std::string epoch)
      : context_(context), epoch_(std::move(epoch)), requests_(context_) {}

  absl::Status Read(const model::TenantScope& scope,
                    absl::FunctionRef<absl::Status(ReadTx&)> fn) final;
  void WriteAsync(const model::TenantScope& scope, WritePlan plan, WriteFn fn,
                  WriteDone done) final;
  absl::Status ReadDirectory(const model::OrganizationScope& scope,
                             absl::FunctionRef<absl::Status(DirectoryReadTx&)> fn) final;
  void WriteDirectoryAsync(const model::OrganizationScope& scope, DirectoryWriteFn fn,
                           DirectoryWriteDone done) final;

  absl::StatusOr<std::optional<TokenOwner>> FindToken(const model::SystemScope& scope,
                                                      const model::TokenId& id) final;
  absl::StatusOr<std::optional<ControlPlaneRecord>> FindControlPlane(
      const model::SystemScope& scope, const model::ControlPlaneId& id) final;
  absl::StatusOr<std::vector<OrganizationRecord>> ListOrganizations(
      const model::SystemScope& scope) final;
  absl::StatusOr<std::optional<OrganizationRecord>> FindOrganization(
      const model::SystemScope& scope, const model::OrganizationId& id) final;
  absl::StatusOr<model::OrganizationKey> InsertOrganization(
      const model::SystemScope& scope, const OrganizationRecord& organization) final;
  absl::StatusOr<std::vector<OperatorRef>> ListOperators(const model::SystemScope& scope) final;
  absl::Status EndOrganization(const model::SystemScope& scope, model::OrganizationKey organization,
                               absl::Time at) final;

  std::unique_ptr<Subscription> Subscribe(std::optional<model::TenantKey> tenant,
                                          absl::AnyInvocable<void(const Change&)> fn) final;
  uint64_t position() const final { return hub_.position(); }
  std::unique_ptr<Subscription> SubscribeAudit(
      absl::AnyInvocable<void(const AuditGrowth&)> fn) final;

  std::string_view epoch() const final { return epoch_; }

  absl::StatusOr<Allowance> Find(const model::TenantScope& scope) final;
  absl::StatusOr<Quota> Find(const model::OrganizationScope& scope) final;
  absl::Status Set(const model::TenantScope& scope, const Quota& quota, AuditNote note) final;
  absl::Status Set(const model::OrganizationScope& scope, const Quota& quota, AuditNote note) final;
  Usage standard() const final { return context_.quota; }

  absl::Status Add(const model::OrganizationScope& scope, std::span<const MeteredHour> hours) final;
  absl::Status List(const model::OrganizationScope& scope, model::TenantKey tenant, Hour from,
                    Hour to, absl::FunctionRef<void(const MeteredHour&)> fn) final;
  absl::StatusOr<std::vector<PastControlPlane>> ListPast(
      const model::OrganizationScope& scope) final;
  absl::StatusOr<uint64_t> Prune(const model::OrganizationScope& scope, model::TenantKey tenant,
                                 Hour before) final;
  absl::Status PrunePast(const model::OrganizationScope& scope, absl::Time before) final;
  std::vector<Written> TakeWritten() final { return requests_.TakeWritten(); }

  const WriteTimings& timings() const { return timings_; }

 protected:
  using OnSession = absl::FunctionRef<absl::Status(Session&)>;
  // Lends a session whose statements all see one point in time.
  virtual absl::Status WithReader(OnSession fn) = 0;
  // Lends one for what comes before any scope; each statement sees what is there.
  virtual absl::Status WithSystemReader(OnSession fn) = 0;
  virtual void Submit(const Lane& lane, WriteRequest request) = 0;

  Listeners listeners() { return {hub_, audit_subscribers_, telling_}; }
  Requests& requests() { return requests_; }
  WriteTimings& timings() { return timings_; }
  uint64_t unplanned_reads() const { return requests_.unplanned_reads(); }

 private:
  absl::Status WriteAsSystem(RunRequest run, const TenantRef& whose, WriteRequest::For on_behalf);

  const Context context_;
  const std::string epoch_;
  WriteTimings timings_;
  absl::Mutex telling_;  // held while subscribers are told
  ChangeHub hub_;
  Subscribers<AuditGrowth> audit_subscribers_;  // all under key 0
  Requests requests_;                           // the writer's
};

}  // namespace skyden::store::rows
