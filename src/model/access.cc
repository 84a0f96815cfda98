// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/access.h"

#include <algorithm>
#include <array>

namespace skyden::model {
namespace {

constexpr std::array kRoles = {Role::kAdmin, Role::kCreator, Role::kViewer, Role::kConnector,
                               Role::kOperator};

}  // namespace

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kAdmin:
      return "Admin";
    case Role::kCreator:
      return "Creator";
    case Role::kViewer:
      return "Viewer";
    case Role::kConnector:
      return "Connector";
    case Role::kOperator:
      return "Operator";
  }
  return "";
}

std::optional<Role> ParseRole(std::string_view name) {
  for (const Role role : kRoles) {
    if (RoleName(role) == name) return role;
  }
  return std::nullopt;
}

bool Access::HoldsOn(Role role, TenantKey tenant) const {
  return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
    return grant.role == role && (grant.tenant == TenantKey{} || grant.tenant == tenant);
  });
}

bool Access::ListsAny() const {
  return std::any_of(grants_.begin(), grants_.end(),
                     [](const Grant& grant) { return grant.role != Role::kConnector; });
}

std::optional<Role> Access::RoleIn(TenantKey tenant) const {
  if (IsOperator()) return Role::kOperator;
  for (const Role role : {Role::kAdmin, Role::kViewer}) {
    if (HoldsOn(role, tenant)) return role;
  }
  return std::nullopt;
}

}  // namespace skyden::model
