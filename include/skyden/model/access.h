// SPDX-License-Identifier: Apache-2.0
// What a principal may do in its organization: the roles that were assigned to it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "skyden/model/ids.h"
#include "skyden/model/narrowing.h"

namespace skyden::model {

// Higher includes nothing: each is checked by name.
enum class Role {
  kAdmin,      // everything in the control plane
  kCreator,    // list control planes, and create them
  kViewer,     // read, but not secrets
  kConnector,  // connect zones (KDS) only
  kOperator,   // runs the daemon: everything in its organization, and the list of organizations
  kEditor,     // read and write, but not secrets
  kInParts,    // nobody is assigned it: what narrowed grants give, and nothing else (reach.h)
};

// "Admin", "Creator", "Viewer", "Connector", "Operator", "Editor"; "" for kInParts.
std::string_view RoleName(Role role);
// nullopt for what is none. Case matters.
std::optional<Role> ParseRole(std::string_view name);
// Those that may be narrowed to meshes and types.
bool CanBeNarrowed(Role role);

// What somebody may do in a control plane, or with the list of them.
enum class Action {
  kList,          // see that it is there
  kCreate,        // make new ones; on all of the organization
  kAdminister,    // the organization's principals, their roles and tokens; on all of it
  kConnect,       // zones
  kRead,          // resources that are no secrets
  kReadSecrets,   // Secret, GlobalSecret
  kWrite,         // resources that are no secrets
  kWriteSecrets,  // Secret, GlobalSecret
  kManage,        // provision zones, issue Kuma's tokens, import, stop a zone
};
// The one table of permissions: src/model/access.cc.
bool Allows(Role role, Action action);
// The same of a user of the control plane itself who is none of its administrators: Kuma refuses it
// secrets, and nothing else.
bool AllowsKumaUser(Action action);

// A role on one control plane, or on all of an organization's (kNoTenant); or, narrowed, on some of
// the resources there. A narrowed one lists the control plane, and gives nothing else of it as a
// whole.
struct Grant {
  Role role = Role::kViewer;
  TenantKey tenant = kNoTenant;
  Narrowing narrowing = {};
  friend bool operator==(const Grant&, const Grant&) = default;
};

// The sum of a principal's grants. Immutable.
class Access {
 public:
  Access() = default;
  explicit Access(std::vector<Grant> grants);

  // On every control plane of the organization.
  bool Holds(Role role) const { return HoldsOn(role, kNoTenant); }
  // On this one, be it by a grant on all. Narrowed grants do not count.
  bool HoldsOn(Role role, TenantKey tenant) const;

  bool IsOperator() const { return Holds(Role::kOperator); }
  // Principals, roles and tokens of the organization: an admin of all control planes is one of the
  // organization.
  bool Administrates() const { return May(Action::kAdminister, kNoTenant); }
  bool Creates() const { return May(Action::kCreate, kNoTenant); }
  // At least one, possibly: a grant that is not for connecting zones only.
  bool ListsAny() const;
  bool Lists(TenantKey tenant) const { return May(Action::kList, tenant); }
  bool Reads(TenantKey tenant) const { return May(Action::kRead, tenant); }
  // The control plane itself.
  bool Changes(TenantKey tenant) const { return May(Action::kManage, tenant); }
  bool Connects(TenantKey tenant) const { return May(Action::kConnect, tenant); }
  // Anything at all: who holds nothing there must not learn that it exists.
  bool Knows(TenantKey tenant) const { return Lists(tenant) || Connects(tenant); }

  // Some of its resources, by a grant that is narrowed.
  bool ReadsParts(TenantKey tenant) const;

  // What the holder acts as inside a control plane; nullopt when nothing but connecting zones or
  // listing is allowed.
  std::optional<Role> RoleIn(TenantKey tenant) const;

  const std::vector<Grant>& grants() const { return grants_; }

 private:
  // By a grant on this control plane or on all; kNoTenant: on all only.
  bool May(Action action, TenantKey tenant) const;

  std::vector<Grant> grants_;
  bool has_narrowed_ = false;
};

}  // namespace skyden::model
