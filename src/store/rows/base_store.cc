// SPDX-License-Identifier: Apache-2.0
#include "store/rows/base_store.h"

#include "absl/synchronization/notification.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "store/rows/directory_reads.h"
#include "store/rows/metering_rows.h"
#include "store/rows/quota_rows.h"

namespace skyden::store {
namespace rows {

using For = WriteRequest::For;

absl::Status BaseStore::Read(const model::TenantScope& scope,
                             absl::FunctionRef<absl::Status(ReadTx&)> fn) {
  base::AssertMayBlock();
  return WithReader([&](Session& session) -> absl::Status {
    TenantReadTx tx(session, context_, TenantRef::Of(scope));
    SKYDEN_RETURN_IF_ERROR(tx.rows().CheckThere());
    return fn(tx);
  });
}

void BaseStore::WriteAsync(const model::TenantScope& scope, WritePlan plan, WriteFn fn,
                           WriteDone done) {
  const TenantRef tenant = TenantRef::Of(scope);
  const Lane lane{static_cast<int64_t>(tenant.organization), static_cast<int64_t>(tenant.tenant)};
  auto shared = std::make_shared<const WritePlan>(std::move(plan));
  // Zones are told of in no audit.
  const bool zone = scope.who().kind == model::Principal::Kind::kZone;
  auto run = [this, tenant, actor = AuditActor::Of(scope), shared, fn = std::move(fn)](
                 Session& session, Outcome& outcome) mutable {
    return requests_.Write(session, tenant, actor, *shared, fn, outcome);
  };
  Submit(lane,
         {.run = std::move(run),
          .done = std::move(done),
          .tenant = tenant,
          .plan = shared,
          .holds = zone ? WriteRequest::Holds::kControlPlane : WriteRequest::Holds::kOrganization});
}

absl::Status BaseStore::ReadDirectory(const model::OrganizationScope& scope,
                                      absl::FunctionRef<absl::Status(DirectoryReadTx&)> fn) {
  base::AssertMayBlock();
  return WithReader([&](Session& session) {
    OrganizationReadTx tx(session, context_, scope.organization());
    return fn(tx);
  });
}

void BaseStore::WriteDirectoryAsync(const model::OrganizationScope& scope, DirectoryWriteFn fn,
                                    DirectoryWriteDone done) {
  const model::OrganizationKey organization = scope.organization();
  auto run = [this, organization, actor = AuditActor::Of(scope), fn = std::move(fn)](
                 Session& session, Outcome& outcome) mutable {
    return requests_.WriteDirectory(session, organization, actor, fn, outcome);
  };
  auto answer = [done = std::move(done)](absl::StatusOr<model::Revision> result) mutable {
    done(result.status());
  };
  Submit({static_cast<int64_t>(organization), 0},
         {.run = std::move(run), .done = std::move(answer), .tenant = {organization, {}, {}}});
}

absl::StatusOr<std::optional<TokenOwner>> BaseStore::FindToken(const model::SystemScope&,
                                                               const model::TokenId& id) {
  base::AssertMayBlock();
  std::optional<TokenOwner> found;
  SKYDEN_RETURN_IF_ERROR(WithSystemReader([&](Session& session) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(found, SystemFindTokenRow(session, id));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::optional<ControlPlaneRecord>> BaseStore::FindControlPlane(
    const model::SystemScope&, const model::ControlPlaneId& id) {
  base::AssertMayBlock();
  std::optional<ControlPlaneRecord> found;
  SKYDEN_RETURN_IF_ERROR(WithSystemReader([&](Session& session) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(found, SystemFindControlPlaneRow(session, id));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<OrganizationRecord>> BaseStore::ListOrganizations(
    const model::SystemScope&) {
  base::AssertMayBlock();
  std::vector<OrganizationRecord> found;
  SKYDEN_RETURN_IF_ERROR(WithSystemReader([&](Session& session) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(found, SystemListOrganizationRows(session));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::optional<OrganizationRecord>> BaseStore::FindOrganization(
    const model::SystemScope&, const model::OrganizationId& id) {
  base::AssertMayBlock();
  std::optional<OrganizationRecord> found;
  SKYDEN_RETURN_IF_ERROR(WithSystemReader([&](Session& session) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(found, SystemFindOrganizationRow(session, id));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<OperatorRef>> BaseStore::ListOperators(const model::SystemScope&) {
  base::AssertMayBlock();
  std::vector<OperatorRef> found;
  SKYDEN_RETURN_IF_ERROR(WithSystemReader([&](Session& session) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(found, SystemListOperatorRows(session));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<model::OrganizationKey> BaseStore::InsertOrganization(
    const model::SystemScope&, const OrganizationRecord& organization) {
  model::OrganizationKey key{};
  SKYDEN_RETURN_IF_ERROR(WriteAsSystem(
      [&](Session& session, Outcome& outcome) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(key, requests_.InsertOrganization(session, organization, outcome));
        return absl::OkStatus();
      },
      TenantRef(), For::kSystem));
  return key;
}

absl::Status BaseStore::EndOrganization(const model::SystemScope&,
                                        model::OrganizationKey organization, absl::Time at) {
  return WriteAsSystem(
      [&](Session& session, Outcome& outcome) {
        return requests_.EndOrganization(session, organization, at, outcome);
      },
      {organization, {}, {}}, For::kSystem);
}

std::unique_ptr<Subscription> BaseStore::Subscribe(std::optional<model::TenantKey> tenant,
                                                   absl::AnyInvocable<void(const Change&)> fn) {
  return hub_.Subscribe(tenant, std::move(fn));
}

std::unique_ptr<Subscription> BaseStore::SubscribeAudit(
    absl::AnyInvocable<void(const AuditGrowth&)> fn) {
  return audit_subscribers_.Add({}, std::move(fn));
}

absl::StatusOr<Allowance> BaseStore::Find(const model::TenantScope& scope) {
  base::AssertMayBlock();
  Allowance found;
  SKYDEN_RETURN_IF_ERROR(WithReader([&](Session& session) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(found, ReadAllowance(session, context_, TenantRef::Of(scope)));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<Quota> BaseStore::Find(const model::OrganizationScope& scope) {
  base::AssertMayBlock();
  Quota found;
  SKYDEN_RETURN_IF_ERROR(WithReader([&](Session& session) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(found, ReadQuota(session, scope.organization()));
    return absl::OkStatus();
  }));
  return found;
}

absl::Status BaseStore::Set(const model::TenantScope& scope, const Quota& quota, AuditNote note) {
  const TenantRef tenant = TenantRef::Of(scope);
  return WriteAsSystem(
      [&, actor = AuditActor::Of(scope)](Session& session, Outcome& outcome) {
        return requests_.SetQuota(session, tenant, actor, quota, note, outcome);
      },
      tenant, For::kScope);
}

absl::Status BaseStore::Set(const model::OrganizationScope& scope, const Quota& quota,
                            AuditNote note) {
  const model::OrganizationKey organization = scope.organization();
  return WriteAsSystem(
      [&, actor = AuditActor::Of(scope)](Session& session, Outcome& outcome) {
        return requests_.SetQuota(session, organization, actor, quota, note, outcome);
      },
      {organization, {}, {}}, For::kScope);
}

absl::Status BaseStore::Add(const model::OrganizationScope& scope,
                            std::span<const MeteredHour> hours) {
  const model::OrganizationKey organization = scope.organization();
  return WriteAsSystem(
      [&](Session& session, Outcome& outcome) {
        return requests_.AddMetered(session, organization, hours, outcome);
      },
      {organization, {}, {}}, For::kScope);
}

absl::Status BaseStore::List(const model::OrganizationScope& scope, model::TenantKey tenant,
                             Hour from, Hour to, absl::FunctionRef<void(const MeteredHour&)> fn) {
  base::AssertMayBlock();
  const TenantRef of{scope.organization(), tenant, {}};
  return WithReader([&](Session& session) { return ListMeteredRows(session, of, from, to, fn); });
}

absl::StatusOr<std::vector<PastControlPlane>> BaseStore::ListPast(
    const model::OrganizationScope& scope) {
  base::AssertMayBlock();
  std::vector<PastControlPlane> found;
  SKYDEN_RETURN_IF_ERROR(WithReader([&](Session& session) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(found, ListPastRows(session, BindingOf(scope.organization())));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<uint64_t> BaseStore::Prune(const model::OrganizationScope& scope,
                                          model::TenantKey tenant, Hour before) {
  const TenantRef of{scope.organization(), tenant, {}};
  uint64_t removed = 0;
  SKYDEN_RETURN_IF_ERROR(WriteAsSystem(
      [&](Session& session, Outcome& outcome) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(removed, requests_.PruneMetered(session, of, before, outcome));
        return absl::OkStatus();
      },
      {of.organization, {}, {}}, For::kScope));
  return removed;
}

absl::Status BaseStore::PrunePast(const model::OrganizationScope& scope, absl::Time before) {
  const model::OrganizationKey organization = scope.organization();
  return WriteAsSystem(
      [&](Session& session, Outcome& outcome) {
        return requests_.PrunePast(session, organization, before, outcome);
      },
      {organization, {}, {}}, For::kScope);
}

absl::Status BaseStore::WriteAsSystem(RunRequest run, const TenantRef& whose, For on_behalf) {
  base::AssertMayBlock();
  absl::Notification finished;
  absl::Status status;
  Submit({}, {.run = std::move(run),
              .done =
                  [&](absl::StatusOr<model::Revision> result) {
                    status = result.status();
                    finished.Notify();
                  },
              .on_behalf = on_behalf,
              .tenant = whose});
  finished.WaitForNotification();
  return status;
}

}  // namespace rows

Backups& BackupsOf(Store& store) { return dynamic_cast<Backups&>(store); }

Quotas& QuotasOf(Store& store) { return dynamic_cast<Quotas&>(store); }

Metering& MeteringOf(Store& store) { return dynamic_cast<Metering&>(store); }

const WriteTimings& WriteTimingsOf(const Store& store) {
  return dynamic_cast<const rows::BaseStore&>(store).timings();
}

}  // namespace skyden::store
