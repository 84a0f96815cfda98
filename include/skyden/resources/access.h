// SPDX-License-Identifier: Apache-2.0
// Who may do what to resources: Kuma's static rules, and the roles of the manager's accounts.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

bool IsAdmin(const model::TenantScope& scope);
// PERMISSION_DENIED in Kuma's words.
absl::Status CheckMayRead(const model::TenantScope& scope, const model::TypeDescriptor& type);
// FAILED_PRECONDITION while the control plane is suspended.
absl::Status CheckMayWrite(const model::TenantScope& scope, const model::TypeDescriptor& type);

}  // namespace skyden::resources
