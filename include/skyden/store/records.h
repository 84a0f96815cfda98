// SPDX-License-Identifier: Apache-2.0
// Rows that are not Kuma resources: who owns control planes and who may come in. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "skyden/model/ids.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::store {

struct OrganizationRecord {
  model::OrganizationKey key{};
  model::OrganizationId id;
  std::string name;
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
  model::Revision revision = 0;
};

// A Secret or GlobalSecret that exists for everybody but whose RSA key is not generated yet.
struct PendingKey {
  model::TypeId type{};
  model::ResourceKey key;
  absl::Time creation_time;
};

// Something that can hold tokens.
struct AccountRecord {
  enum class Kind { kUser, kSystemAccount, kZone };
  model::AccountId id;
  Kind kind = Kind::kSystemAccount;
  std::string name;
  std::string description;
  model::Role role = model::Role::kAdmin;
  // Bound to one control plane (kZone always is); 0 when it may enter all of its organization's.
  model::TenantKey tenant{};
  model::ZoneName zone;  // kZone only
  absl::Time created_at;
};

struct TokenRecord {
  model::TokenId id;
  model::AccountId account;
  std::string name;
  std::array<uint8_t, 32> sha256{};  // of the whole token text
  absl::Time created_at;
  std::optional<absl::Time> expires_at;
  std::optional<absl::Time> revoked_at;
};

// Live resources of a type in a mesh ("": global).
struct ResourceCount {
  model::TypeId type{};
  std::string mesh;
  uint64_t live = 0;
};

// A token with the account and owner it belongs to.
struct TokenOwner {
  TokenRecord token;
  AccountRecord account;
  model::OrganizationKey organization{};
  std::optional<model::ControlPlaneId> control_plane;  // when bound to one
};

}  // namespace skyden::store
