// SPDX-License-Identifier: Apache-2.0
// Rows of tables `usage_hour` and `past_control_plane`.
#pragma once

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/store/metering.h"
#include "store/rows/tenant_ref.h"
#include "store/session.h"

namespace skyden::store::rows {

absl::Status AddMeteredRow(Session& session, model::OrganizationKey organization,
                           const MeteredHour& hour);
absl::Status ListMeteredRows(Session& session, const TenantRef& tenant, Hour from, Hour to,
                             absl::FunctionRef<void(const MeteredHour&)> fn);
absl::StatusOr<std::vector<PastControlPlane>> ListPastRows(Session& session,
                                                           const Binding& binding);

}  // namespace skyden::store::rows
