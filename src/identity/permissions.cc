// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/permissions.h"

#include "identity/errors.h"

namespace skyden::identity {

absl::Status CheckMay(const model::TenantScope& scope, Action action) {
  switch (scope.role()) {
    case model::Role::kAdmin:
    case model::Role::kOperator:
      if (action == Action::kWrite && !scope.read_only().empty()) {
        return ReadOnly(scope.read_only());
      }
      return absl::OkStatus();
    case model::Role::kViewer:
      return action == Action::kRead ? absl::OkStatus() : RoleMayNot();
    case model::Role::kCreator:
      return RoleMayNot();
    case model::Role::kConnector:
      return ConnectsZonesOnly();
  }
  return RoleMayNot();
}

absl::Status CheckAdministrates(const model::OrganizationScope& scope) {
  return scope.access().Administrates() ? absl::OkStatus() : RoleMayNot();
}

}  // namespace skyden::identity
