// SPDX-License-Identifier: Apache-2.0
// The rows of usage and quotas.
#pragma once

#include <initializer_list>

#include "skyden/store/quotas.h"
#include "store/sqlite/tenant_rows.h"

namespace skyden::store::sqlite {

absl::StatusOr<Usage> ReadUsage(Connection& connection, const TenantRef& tenant);
absl::StatusOr<Quota> ReadQuota(Connection& connection, const TenantRef& tenant);
absl::StatusOr<Quota> ReadQuota(Connection& connection, model::OrganizationKey organization);
absl::Status WriteQuota(Connection& connection, const TenantRef& tenant, const Quota& quota);
absl::Status WriteQuota(Connection& connection, model::OrganizationKey organization,
                        const Quota& quota);

// What holds: the first that says something, in this order.
Usage LimitOf(const Quota& own, const Quota& organization, const Usage& standard);

// OK when `now`, to which `added` was added, is within `limit` in everything that became more.
absl::Status CheckQuota(const UsageChange& added, const Usage& now, const Usage& limit);

}  // namespace skyden::store::sqlite
