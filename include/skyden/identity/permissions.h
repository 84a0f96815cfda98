// SPDX-License-Identifier: Apache-2.0
// What each role may do. Edges and services ask before they act.
#pragma once

#include "absl/status/status.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::identity {

enum class Action {
  kRead,         // anything but secrets
  kReadSecrets,  // Secret, GlobalSecret
  kWrite,        // put, delete, provision zones, issue Kuma tokens
};

// PERMISSION_DENIED when the role may not. FAILED_PRECONDITION for kWrite while the control plane
// is suspended.
absl::Status CheckMay(const model::TenantScope& scope, Action action);

// PERMISSION_DENIED unless the caller administrates its organization: its principals, their roles
// and tokens.
absl::Status CheckAdministrates(const model::OrganizationScope& scope);

}  // namespace skyden::identity
