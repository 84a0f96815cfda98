// SPDX-License-Identifier: Apache-2.0
// Rows that are not Kuma resources: who owns control planes and who may come in. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "skyden/model/ids.h"
#include "skyden/model/kuma_version.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::store {

struct OrganizationRecord {
  model::OrganizationKey key{};
  model::OrganizationId id;
  std::string name;
  absl::Time created_at;
  absl::Time updated_at;
};

// A control plane that was put to rest: zones stay out, nothing changes.
struct Suspension {
  absl::Time at;
  std::optional<absl::Time> until;  // ends by itself then
  std::string reason;               // may be empty

  bool Holds(absl::Time now) const { return !until || now < *until; }
};

struct ControlPlaneRecord {
  model::OrganizationKey organization{};
  model::TenantKey tenant{};  // given by the store, never reused, never shown
  model::ControlPlaneId id;
  std::string name;
  std::string description;
  model::Labels labels;
  // As created: what was asked for in `features`.
  bool mesh_creation = true;
  bool hostname_generator_creation = true;
  std::string api_version = "v2";  // the API's `version`: "v2", "v3"
  std::string cluster_id;          // UUID that Kuma clients see
  absl::Time created_at;
  absl::Time updated_at;
  std::optional<Suspension> suspension;  // may be over: see Suspension::Holds

  bool SuspendedAt(absl::Time now) const { return suspension && suspension->Holds(now); }
  // A name that no version has was taken before names were looked at, and meant nothing.
  model::KumaVersion version() const {
    return model::ParseKumaVersion(api_version).value_or(model::KumaVersion::kTwo);
  }
};

// A control plane that was deleted and is kept for a while. Nobody comes in.
struct DeletedControlPlane {
  model::TenantKey tenant{};
  model::ControlPlaneId id;
  std::string name;  // as it was; others may have it by now
  absl::Time deleted_at;
  model::Principal::Kind actor_kind = model::Principal::Kind::kSystem;
  std::string actor_id;
  std::string actor_name;
};

// A Secret or GlobalSecret that exists for everybody but whose RSA key is not generated yet.
struct PendingKey {
  model::TypeId type{};
  model::ResourceKey key;
  absl::Time creation_time;
};

// Something that can hold roles, and tokens unless it is a team. What it may do is in its roles and
// those of its teams; a zone's account may connect its zone and nothing else.
struct AccountRecord {
  enum class Kind { kUser, kSystemAccount, kZone, kTeam };
  model::AccountId id;
  Kind kind = Kind::kSystemAccount;
  // Unique among an organization's system accounts, and among its teams; a user's full name.
  std::string name;
  std::string description;
  bool active = true;          // its tokens are refused while it is not
  model::TenantKey tenant{};   // kZone only: the control plane it belongs to
  model::ZoneName zone;        // kZone only
  std::string email;           // kUser only; unique in an organization
  std::string preferred_name;  // kUser only
  // kUser only, of who signs in through an identity provider: "<issuer> <subject>". Unique in an
  // organization unless it is empty.
  std::string subject;
  model::Labels labels;  // kTeam only
  absl::Time created_at;
  absl::Time updated_at;
};

// A role that an account holds on one control plane, or on all of its organization's; on all that
// is there, or on what it is narrowed to.
struct RoleRecord {
  model::RoleId id;
  model::AccountId account;
  model::Role role = model::Role::kViewer;
  model::TenantKey tenant{};            // 0: all
  model::ControlPlaneId control_plane;  // of `tenant`; empty for all
  std::string region = "*";             // as given: clients want to read back what they wrote
  model::Narrowing narrowing;
  absl::Time created_at;

  model::Grant grant() const { return {role, tenant, narrowing}; }
};

// A token, or the session of a browser, which is a token that comes as a cookie.
struct TokenRecord {
  enum class Kind { kToken, kSession };
  model::TokenId id;
  Kind kind = Kind::kToken;
  model::AccountId account;
  std::string name;
  std::array<uint8_t, 32> sha256{};  // of the whole token text
  absl::Time created_at;
  std::optional<absl::Time> expires_at;
  std::optional<absl::Time> revoked_at;
  std::optional<absl::Time> last_used_at;  // to the minute, about
  absl::Time updated_at;

  // kSession only: the token that it was made with, and does not outlive; empty of somebody who
  // came by an identity provider. Then also what that calls it, and the groups that it named.
  model::TokenId parent;
  std::string provider_session;
  std::vector<std::string> groups;

  bool GoodAt(absl::Time now) const { return !revoked_at && (!expires_at || now < *expires_at); }
};

// Live resources of a type in a mesh ("": global).
struct ResourceCount {
  model::TypeId type{};
  std::string mesh;
  uint64_t live = 0;
};

// An account that holds the role kOperator.
struct OperatorRef {
  model::OrganizationKey organization{};
  model::AccountId account;
};

// A token with the account and owner it belongs to.
struct TokenOwner {
  TokenRecord token;
  AccountRecord account;
  std::vector<RoleRecord> roles;  // of the account, and of its teams
  model::OrganizationKey organization{};
  std::optional<model::ControlPlaneId> control_plane;  // kZone only
};

}  // namespace skyden::store
