// SPDX-License-Identifier: Apache-2.0
// What each role may do inside a control plane. Edges ask before they act.
#pragma once

#include "absl/status/status.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::identity {

enum class Action {
  kRead,         // anything but secrets
  kReadSecrets,  // Secret, GlobalSecret
  kWrite,        // put, delete, provision zones, issue Kuma tokens
};

// PERMISSION_DENIED when the role may not.
absl::Status CheckMay(const model::TenantScope& scope, Action action);

}  // namespace skyden::identity
