// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/audit_service.h"

#include <fmt/format.h>

#include "audit/chain_check.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::audit {
namespace {

constexpr size_t kPiece = 1000;

absl::Status OnlyAdministrators(bool is_one) {
  return is_one ? absl::OkStatus()
                : absl::PermissionDeniedError("only administrators may read the audit");
}

absl::Status CheckMay(const model::OrganizationScope& scope) {
  return OnlyAdministrators(scope.access().Administrates());
}

absl::Status CheckMay(const model::TenantScope& scope) {
  return OnlyAdministrators(scope.role() == model::Role::kAdmin ||
                            scope.role() == model::Role::kOperator);
}

absl::Status CheckQuery(const store::AuditQuery& query) {
  if (query.limit >= 1 && query.limit <= size_t{base::limits::kPageSizeMax}) {
    return absl::OkStatus();
  }
  std::string reason = fmt::format("must be from 1 to {}", base::limits::kPageSizeMax);
  return base::WithViolations(absl::InvalidArgumentError(fmt::format("page size: {}", reason)),
                              {{"page[size]", std::move(reason)}});
}

}  // namespace

absl::StatusOr<store::AuditPage> AuditService::List(const model::OrganizationScope& scope,
                                                    const store::AuditQuery& query) const {
  SKYDEN_RETURN_IF_ERROR(CheckMay(scope));
  SKYDEN_RETURN_IF_ERROR(CheckQuery(query));
  store::AuditPage page;
  SKYDEN_RETURN_IF_ERROR(
      store_.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(page, tx.ListAudit(query));
        return absl::OkStatus();
      }));
  return page;
}

absl::StatusOr<store::AuditPage> AuditService::List(const model::TenantScope& scope,
                                                    const store::AuditQuery& query) const {
  SKYDEN_RETURN_IF_ERROR(CheckMay(scope));
  SKYDEN_RETURN_IF_ERROR(CheckQuery(query));
  store::AuditPage page;
  SKYDEN_RETURN_IF_ERROR(store_.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(page, tx.ListAudit(query));
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<Verification> AuditService::Verify(const model::OrganizationScope& scope) const {
  SKYDEN_RETURN_IF_ERROR(CheckMay(scope));
  std::optional<ChainCheck> check;
  store::AuditQuery query;
  query.order = store::AuditQuery::Order::kOldestFirst;
  query.limit = kPiece;
  for (bool more = true; more;) {
    const auto piece = [&](store::DirectoryReadTx& tx) -> absl::Status {
      if (!check.has_value()) {  // at the same point in time as the first entry
        SKYDEN_ASSIGN_OR_RETURN(const auto marks, tx.ListAuditMarks());
        check.emplace(marks);
      }
      SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage page, tx.ListAudit(query));
      for (const store::AuditEntry& entry : page.entries) {
        more = check->Add(entry);
        if (!more) break;
      }
      more = more && page.next.has_value();
      query.beyond = page.next;
      return absl::OkStatus();
    };
    SKYDEN_RETURN_IF_ERROR(store_.ReadDirectory(scope, piece));
  }
  return check->Finish();
}

}  // namespace skyden::audit
