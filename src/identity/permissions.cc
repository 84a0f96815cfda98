// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/permissions.h"

#include "identity/errors.h"
#include "skyden/model/reach.h"

namespace skyden::identity {

absl::Status CheckMay(const model::TenantScope& scope, model::Action action) {
  if (!model::Allows(scope.role(), action)) {
    return scope.role() == model::Role::kConnector ? ConnectsZonesOnly() : RoleMayNot();
  }
  const bool only_looks = action == model::Action::kList || action == model::Action::kRead ||
                          action == model::Action::kReadSecrets;
  if (!only_looks && !scope.read_only().empty()) return ReadOnly(scope.read_only());
  return absl::OkStatus();
}

absl::Status CheckHasWhole(const model::TenantScope& scope) {
  return model::IsInParts(scope) ? RoleIsNarrowed() : absl::OkStatus();
}

absl::Status CheckAdministrates(const model::OrganizationScope& scope) {
  return scope.access().Administrates() ? absl::OkStatus() : RoleMayNot();
}

}  // namespace skyden::identity
