// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/access.h"

#include <algorithm>
#include <array>

#include "skyden/model/gives.h"

namespace skyden::model {
namespace {

constexpr std::array kRoles = {Role::kAdmin, Role::kCreator, Role::kViewer, Role::kConnector,
                               Role::kOperator};

// Who may do what. tests/model/access_test.cc prints it.
constexpr unsigned Bit(Action action) { return 1u << static_cast<unsigned>(action); }
template <class... Actions>
constexpr unsigned SetOf(Actions... actions) {
  return (Bit(actions) | ...);
}
constexpr unsigned kKumaUser = SetOf(Action::kRead, Action::kWrite);

constexpr unsigned AllowedTo(Role role) {
  switch (role) {
    case Role::kAdmin:
    case Role::kOperator:
      return SetOf(Action::kList, Action::kCreate, Action::kAdminister, Action::kConnect,
                   Action::kRead, Action::kReadSecrets, Action::kWrite, Action::kWriteSecrets,
                   Action::kManage);
    case Role::kCreator:
      return SetOf(Action::kList, Action::kCreate);
    case Role::kViewer:
      return SetOf(Action::kList, Action::kRead);
    case Role::kConnector:
      return SetOf(Action::kConnect);
  }
  return 0;
}

// These two mean nothing on a single control plane.
bool IsOnAllOnly(Role role) { return role == Role::kCreator || role == Role::kOperator; }

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

bool Allows(Role role, Action action) { return (AllowedTo(role) & Bit(action)) != 0; }

bool AllowsKumaUser(Action action) { return (kKumaUser & Bit(action)) != 0; }

bool Access::HoldsOn(Role role, TenantKey tenant) const {
  return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
    return grant.role == role && (grant.tenant == kNoTenant || grant.tenant == tenant);
  });
}

bool Gives(const Grant& grant, Action action, TenantKey tenant) {
  const bool counts =
      grant.tenant == kNoTenant || (grant.tenant == tenant && !IsOnAllOnly(grant.role));
  return counts && Allows(grant.role, action);
}

bool Access::May(Action action, TenantKey tenant) const {
  return std::any_of(grants_.begin(), grants_.end(),
                     [&](const Grant& grant) { return Gives(grant, action, tenant); });
}

bool Access::ListsAny() const {
  return std::any_of(grants_.begin(), grants_.end(),
                     [](const Grant& grant) { return Allows(grant.role, Action::kList); });
}

std::optional<Role> Access::RoleIn(TenantKey tenant) const {
  if (IsOperator()) return Role::kOperator;
  for (const Role role : {Role::kAdmin, Role::kViewer}) {
    if (HoldsOn(role, tenant)) return role;
  }
  return std::nullopt;
}

}  // namespace skyden::model
