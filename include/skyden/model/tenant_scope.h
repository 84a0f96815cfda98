// SPDX-License-Identifier: Apache-2.0
// Proof of who may act where. A function that takes a scope needs no further "which tenant"
// argument, and cannot get it wrong.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "skyden/model/access.h"
#include "skyden/model/ids.h"
#include "skyden/model/kuma_version.h"

namespace skyden::identity {
class Authenticator;
}

namespace skyden::model {

// Who acts. `id` is the account's id or a zone's name; `name` is for people and audit.
struct Principal {
  enum class Kind { kSystem, kUser, kSystemAccount, kZone, kKumaUser };
  Kind kind = Kind::kSystem;
  std::string id;
  std::string name;
  std::vector<std::string> groups;  // Kuma groups, e.g. "mesh-system:admin"
};

// Where a call came from, for the audit. Empty for the daemon's own work.
struct Origin {
  std::string peer;        // address of the caller
  std::string request_id;  // as in logs and error answers
  std::string trace_id;    // W3C, 32 hex digits; empty when the caller sent none
};

// Proof that the caller may act inside one organization (the control planes' owner), as far as its
// access goes. Immutable, but for where the call came from.
class OrganizationScope {
 public:
  class Key {
    Key() = default;
    friend class identity::Authenticator;
    friend class SystemScope;
  };
  OrganizationScope(Key, OrganizationKey organization, Principal who,
                    std::shared_ptr<const Access> access)
      : organization_(organization), who_(std::move(who)), access_(std::move(access)) {}
  OrganizationKey organization() const { return organization_; }
  const Principal& who() const { return who_; }
  const Access& access() const { return *access_; }
  const Origin& origin() const { return origin_; }
  void set_origin(Origin origin) { origin_ = std::move(origin); }

 private:
  OrganizationKey organization_;
  Principal who_;
  std::shared_ptr<const Access> access_;
  Origin origin_;
};

// Proof that the caller may act inside one control plane. Immutable but for where the call came
// from, cheap enough to copy per request. Only the Authenticator makes one, or SystemScope with a
// reason.
class TenantScope {
 public:
  using Key = OrganizationScope::Key;
  TenantScope(Key, OrganizationKey organization, TenantKey tenant, ControlPlaneId control_plane,
              KumaVersion version, Principal who, Role role)
      : organization_(organization),
        tenant_(tenant),
        control_plane_(std::move(control_plane)),
        version_(version),
        who_(std::move(who)),
        role_(role) {}
  OrganizationKey organization() const { return organization_; }
  TenantKey tenant() const { return tenant_; }
  const ControlPlaneId& control_plane() const { return control_plane_; }
  // Which Kuma the control plane was like when the scope was made.
  KumaVersion version() const { return version_; }
  const Principal& who() const { return who_; }
  Role role() const { return role_; }
  // Null unless some of its grants are narrowed and may give more than the role does. Who asks is
  // reach.h.
  const std::shared_ptr<const Access>& narrowed() const { return narrowed_; }
  void set_narrowed(std::shared_ptr<const Access> access) { narrowed_ = std::move(access); }
  // Why nothing may be changed at the moment (the control plane is suspended); empty when it may.
  const std::string& read_only() const { return read_only_; }
  void set_read_only(std::string why) { read_only_ = std::move(why); }
  const Origin& origin() const { return origin_; }
  void set_origin(Origin origin) { origin_ = std::move(origin); }

 private:
  OrganizationKey organization_;
  TenantKey tenant_;
  ControlPlaneId control_plane_;
  KumaVersion version_;
  Principal who_;
  Role role_;
  std::string read_only_;
  std::shared_ptr<const Access> narrowed_;
  Origin origin_;
};

// The daemon's own work (start-up, sign-in look-ups, background repair). Every use names its
// reason, so that `git grep SystemScope` lists them all.
class SystemScope {
 public:
  static SystemScope For(std::string_view reason) { return SystemScope(reason); }
  const std::string& reason() const { return reason_; }
  OrganizationScope In(OrganizationKey organization) const;
  // `version` matters to who reads, writes or shows resources by what their types are.
  TenantScope In(OrganizationKey organization, TenantKey tenant, ControlPlaneId control_plane,
                 KumaVersion version = KumaVersion::kTwo) const;

 private:
  explicit SystemScope(std::string_view reason) : reason_(reason) {}
  std::string reason_;
};

}  // namespace skyden::model
