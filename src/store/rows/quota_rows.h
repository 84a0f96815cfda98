// SPDX-License-Identifier: Apache-2.0
// The rows of usage and quotas.
#pragma once

#include <initializer_list>

#include "skyden/store/quotas.h"
#include "store/rows/tenant_rows.h"

namespace skyden::store::rows {

// Three columns from `first` on.
Quota ReadQuota(const Row& row, int first);
absl::StatusOr<Usage> ReadUsage(Session& session, const TenantRef& tenant);
absl::StatusOr<Quota> ReadQuota(Session& session, const TenantRef& tenant);
absl::StatusOr<Quota> ReadQuota(Session& session, model::OrganizationKey organization);
absl::Status WriteQuota(Session& session, const TenantRef& tenant, const Quota& quota);
absl::Status WriteQuota(Session& session, model::OrganizationKey organization, const Quota& quota);

// As Quotas::Find.
absl::StatusOr<Allowance> ReadAllowance(Session& session, const Context& context,
                                        const TenantRef& tenant);

// What holds: the first that says something, in this order.
Usage LimitOf(const Quota& own, const Quota& organization, const Usage& standard);

// OK when `now`, to which `added` was added, is within `limit` in everything that became more.
absl::Status CheckQuota(const UsageChange& added, const Usage& now, const Usage& limit);

}  // namespace skyden::store::rows
