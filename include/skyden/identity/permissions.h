// SPDX-License-Identifier: Apache-2.0
// Whether a caller may act, in the words of the manager. Edges and services ask before they act;
// model/access.h says who may do what.
#pragma once

#include "absl/status/status.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::identity {

// PERMISSION_DENIED when the role may not. FAILED_PRECONDITION for what changes something while the
// control plane is suspended.
absl::Status CheckMay(const model::TenantScope& scope, model::Action action);

// For what is about the control plane as a whole, or cannot be shown in parts: PERMISSION_DENIED
// for who has nothing there but narrowed roles (model/reach.h).
absl::Status CheckHasWhole(const model::TenantScope& scope);

// PERMISSION_DENIED unless the caller administrates its organization: its principals, their roles
// and tokens.
absl::Status CheckAdministrates(const model::OrganizationScope& scope);

}  // namespace skyden::identity
