// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/access.h"

#include <algorithm>
#include <array>
#include <utility>

#include "skyden/model/gives.h"

namespace skyden::model {
namespace {

constexpr std::array kRoles = {Role::kAdmin,     Role::kCreator,  Role::kViewer,
                               Role::kConnector, Role::kOperator, Role::kEditor};

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
    case Role::kEditor:
      return SetOf(Action::kList, Action::kRead, Action::kWrite);
    case Role::kConnector:
      return SetOf(Action::kConnect);
    case Role::kInParts:
      return 0;
  }
  return 0;
}

// What has to do with single resources, and so can be had of some.
constexpr unsigned kOfResources =
    SetOf(Action::kRead, Action::kReadSecrets, Action::kWrite, Action::kWriteSecrets);

// These two mean nothing on a single control plane.
bool IsOnAllOnly(Role role) { return role == Role::kCreator || role == Role::kOperator; }

bool CountsOn(const Grant& grant, TenantKey tenant) {
  return grant.tenant == kNoTenant || (grant.tenant == tenant && !IsOnAllOnly(grant.role));
}

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
    case Role::kEditor:
      return "Editor";
    case Role::kInParts:
      return "";
  }
  return "";
}

std::optional<Role> ParseRole(std::string_view name) {
  for (const Role role : kRoles) {
    if (RoleName(role) == name) return role;
  }
  return std::nullopt;
}

bool CanBeNarrowed(Role role) {
  return role == Role::kAdmin || role == Role::kEditor || role == Role::kViewer;
}

bool Allows(Role role, Action action) { return (AllowedTo(role) & Bit(action)) != 0; }

bool AllowsKumaUser(Action action) { return (kKumaUser & Bit(action)) != 0; }

Access::Access(std::vector<Grant> grants) : grants_(std::move(grants)) {
  has_narrowed_ = std::any_of(grants_.begin(), grants_.end(),
                              [](const Grant& grant) { return !grant.narrowing.empty(); });
}

bool Access::HoldsOn(Role role, TenantKey tenant) const {
  return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
    return grant.role == role && grant.narrowing.empty() &&
           (grant.tenant == kNoTenant || grant.tenant == tenant);
  });
}

bool Gives(const Grant& grant, Action action, TenantKey tenant) {
  if (!CountsOn(grant, tenant) || !Allows(grant.role, action)) return false;
  return grant.narrowing.empty() || (action == Action::kList && tenant != kNoTenant);
}

bool GivesInParts(const Grant& grant, Action action, TenantKey tenant) {
  return !grant.narrowing.empty() && (kOfResources & Bit(action)) != 0 && CountsOn(grant, tenant) &&
         CanBeNarrowed(grant.role) && Allows(grant.role, action);
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
  for (const Role role : {Role::kAdmin, Role::kEditor, Role::kViewer}) {
    if (HoldsOn(role, tenant)) return role;
  }
  if (ReadsParts(tenant)) return Role::kInParts;
  return std::nullopt;
}

bool Access::ReadsParts(TenantKey tenant) const {
  if (!has_narrowed_) return false;
  return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
    return GivesInParts(grant, Action::kRead, tenant);
  });
}

}  // namespace skyden::model
