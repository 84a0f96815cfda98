// SPDX-License-Identifier: Apache-2.0
// Which zones are connected to this daemon, from where, and how far their sync is.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "skyden/model/ids.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::kds {

struct ConnectedZone {
  std::string zone_name;
  std::string peer_ip;      // of its connection: a proxy's, if there is one between
  std::string instance_id;  // of the zone's control plane, as it said
  std::string version;      // of Kuma, likewise
  absl::Time since;
  std::optional<model::TokenId> token{};  // nullopt: one that the control plane issued
  absl::Time token_ends_at = absl::InfiniteFuture();
  // The zone has taken every change up to here that concerns it.
  model::Revision confirmed = 0;
  // A zone is behind while there is something that it was sent, or should be, and has not taken, or
  // refused and took nothing of that type since: since when the oldest of it is there, and which
  // types. A first state is such a thing too.
  std::optional<absl::Time> behind_since{};
  std::vector<model::TypeId> behind_types{};
};

// Thread-safe.
class ConnectedZones {
 public:
  virtual ~ConnectedZones() = default;

  // Ordered by name. In memory.
  virtual std::vector<ConnectedZone> Of(const model::TenantScope& scope) const = 0;

  // `changed` is called when a zone of a control plane came, went, fell behind or caught up, or one
  // that showed its credential was turned away; for as long as what is returned lives, and a call
  // may be under way when that ends. Brief, any thread.
  using Listener = std::function<void(model::OrganizationKey, model::TenantKey)>;
  virtual std::shared_ptr<void> Subscribe(Listener changed) = 0;
};

}  // namespace skyden::kds
