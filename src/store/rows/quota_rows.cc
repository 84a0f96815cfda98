// SPDX-License-Identifier: Apache-2.0
#include "store/rows/quota_rows.h"

#include <string_view>

#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/records.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {

std::optional<uint64_t> Number(const Row& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Unsigned(column);
}

Param NumberParam(const std::optional<uint64_t>& number) {
  return number.has_value() ? Param::Unsigned(*number) : Param::Null();
}

absl::StatusOr<Quota> Read(Session& session, const Binding& binding, StatementId id) {
  Quota quota;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, id, {}, [&quota](const Row& row) {
    quota = ReadQuota(row, 1);
    return absl::OkStatus();
  }));
  return quota;
}

absl::Status Write(Session& session, const Binding& binding, StatementId id, const Quota& quota) {
  return session.Run(
      binding, id,
      {NumberParam(quota.resources), NumberParam(quota.bytes), NumberParam(quota.zones)});
}

uint64_t First(const std::optional<uint64_t>& own, const std::optional<uint64_t>& organization,
               uint64_t standard) {
  if (own.has_value()) return *own;
  return organization.value_or(standard);
}

absl::Status CheckOne(std::string_view what, int64_t added, uint64_t now, uint64_t limit) {
  if (added <= 0 || limit == 0 || now <= limit) return absl::OkStatus();
  return QuotaPassed(what, now - static_cast<uint64_t>(added), limit, static_cast<uint64_t>(added));
}

}  // namespace

Quota ReadQuota(const Row& row, int first) {
  return {Number(row, first), Number(row, first + 1), Number(row, first + 2)};
}

absl::StatusOr<Usage> ReadUsage(Session& session, const TenantRef& tenant) {
  Usage usage;
  SKYDEN_RETURN_IF_ERROR(session.Run(tenant.binding(), kFindUsage, {}, [&usage](const Row& row) {
    usage = {row.Unsigned(1), row.Unsigned(2), row.Unsigned(3)};
    return absl::OkStatus();
  }));
  return usage;
}

absl::StatusOr<Quota> ReadQuota(Session& session, const TenantRef& tenant) {
  return Read(session, tenant.binding(), kFindQuota);
}

absl::StatusOr<Quota> ReadQuota(Session& session, model::OrganizationKey organization) {
  return Read(session, BindingOf(organization), kFindOrganizationQuota);
}

absl::Status WriteQuota(Session& session, const TenantRef& tenant, const Quota& quota) {
  return Write(session, tenant.binding(), kSetQuota, quota);
}

absl::Status WriteQuota(Session& session, model::OrganizationKey organization, const Quota& quota) {
  return Write(session, BindingOf(organization), kSetOrganizationQuota, quota);
}

absl::StatusOr<Allowance> ReadAllowance(Session& session, const Context& context,
                                        const TenantRef& tenant) {
  SKYDEN_RETURN_IF_ERROR(TenantRows(session, context, tenant).CheckThere());
  Allowance found;
  SKYDEN_ASSIGN_OR_RETURN(found.used, ReadUsage(session, tenant));
  SKYDEN_ASSIGN_OR_RETURN(found.own, ReadQuota(session, tenant));
  SKYDEN_ASSIGN_OR_RETURN(found.organization, ReadQuota(session, tenant.organization));
  found.limit = LimitOf(found.own, found.organization, context.quota);
  return found;
}

Usage LimitOf(const Quota& own, const Quota& organization, const Usage& standard) {
  return {First(own.resources, organization.resources, standard.resources),
          First(own.bytes, organization.bytes, standard.bytes),
          First(own.zones, organization.zones, standard.zones)};
}

absl::Status CheckQuota(const UsageChange& added, const Usage& now, const Usage& limit) {
  SKYDEN_RETURN_IF_ERROR(CheckOne("zones", added.zones, now.zones, limit.zones));
  SKYDEN_RETURN_IF_ERROR(CheckOne("resources", added.resources, now.resources, limit.resources));
  return CheckOne("bytes", added.bytes, now.bytes, limit.bytes);
}

}  // namespace skyden::store::rows
