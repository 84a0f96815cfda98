// SPDX-License-Identifier: Apache-2.0
// What a principal may do in its organization: the roles that were assigned to it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "skyden/model/ids.h"

namespace skyden::model {

// Higher includes nothing: each is checked by name.
enum class Role {
  kAdmin,      // everything in the control plane
  kCreator,    // list control planes, and create them
  kViewer,     // read, but not secrets
  kConnector,  // connect zones (KDS) only
  kOperator,   // runs the daemon: everything in its organization, and the list of organizations
};

// "Admin", "Creator", "Viewer", "Connector", "Operator".
std::string_view RoleName(Role role);
// nullopt for what is none. Case matters.
std::optional<Role> ParseRole(std::string_view name);

// A role on one control plane, or on all of an organization's (tenant 0).
struct Grant {
  Role role = Role::kViewer;
  TenantKey tenant{};
  friend bool operator==(const Grant&, const Grant&) = default;
};

// The sum of a principal's grants. Immutable.
class Access {
 public:
  Access() = default;
  explicit Access(std::vector<Grant> grants) : grants_(std::move(grants)) {}

  // On every control plane of the organization.
  bool Holds(Role role) const { return HoldsOn(role, TenantKey{}); }
  // On this one, be it by a grant on all.
  bool HoldsOn(Role role, TenantKey tenant) const;

  bool IsOperator() const { return Holds(Role::kOperator); }
  // Principals, roles and tokens of the organization: an admin of all control planes is one of the
  // organization.
  bool Administrates() const { return IsOperator() || Holds(Role::kAdmin); }
  bool Creates() const { return Administrates() || Holds(Role::kCreator); }
  // At least one, possibly: a grant that is not for connecting zones only.
  bool ListsAny() const;
  bool Lists(TenantKey tenant) const { return Reads(tenant) || Holds(Role::kCreator); }
  bool Reads(TenantKey tenant) const { return Changes(tenant) || HoldsOn(Role::kViewer, tenant); }
  bool Changes(TenantKey tenant) const { return IsOperator() || HoldsOn(Role::kAdmin, tenant); }
  bool Connects(TenantKey tenant) const {
    return Changes(tenant) || HoldsOn(Role::kConnector, tenant);
  }
  // Anything at all: who holds nothing there must not learn that it exists.
  bool Knows(TenantKey tenant) const { return Lists(tenant) || Connects(tenant); }

  // What the holder acts as inside a control plane; nullopt when nothing but connecting zones or
  // listing is allowed.
  std::optional<Role> RoleIn(TenantKey tenant) const;

  const std::vector<Grant>& grants() const { return grants_; }

 private:
  std::vector<Grant> grants_;
};

}  // namespace skyden::model
