// SPDX-License-Identifier: Apache-2.0
// Which zones of which control planes are connected.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "kds/tenant_hub.h"
#include "kds/zone_session.h"
#include "skyden/base/cond_var.h"

namespace skyden::kds {

// Thread-safe.
class ZoneRegistry {
 public:
  explicit ZoneRegistry(TenantHub::Deps hub_deps) : hub_deps_(hub_deps) {}

  struct Joined {
    std::shared_ptr<ZoneSession> session;
    std::shared_ptr<AuthenticatedCall>
        replaced;  // the older stream of this kind; the caller ends it
  };
  // RESOURCE_EXHAUSTED when the control plane has limits::kZonesPerControlPlane zones connected.
  absl::StatusOr<Joined> Join(std::shared_ptr<const identity::ZoneIdentity> identity,
                              StreamKind kind, std::shared_ptr<AuthenticatedCall> call,
                              absl::Time now) ABSL_LOCKS_EXCLUDED(mu_);
  // Does nothing when `call` was replaced.
  void Leave(const ZoneSession& session, StreamKind kind, const AuthenticatedCall* call)
      ABSL_LOCKS_EXCLUDED(mu_);

  std::shared_ptr<ZoneSession> Find(model::TenantKey tenant, const std::string& zone) const
      ABSL_LOCKS_EXCLUDED(mu_);
  // Zones with a live GlobalToZoneSync, sorted.
  std::vector<std::string> Online(model::TenantKey tenant) const ABSL_LOCKS_EXCLUDED(mu_);
  // The same, once zones that are leaving are gone: waits while one of them goes every now and
  // then. One caller at a time; others are told what is true now. Blocks.
  std::vector<std::string> SettledOnline(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<std::shared_ptr<ZoneSession>> Sessions(std::optional<model::TenantKey> tenant) const
      ABSL_LOCKS_EXCLUDED(mu_);
  // nullptr when no zone of the control plane is connected.
  std::shared_ptr<TenantHub> HubOf(model::TenantKey tenant) const ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<std::shared_ptr<TenantHub>> Hubs() const ABSL_LOCKS_EXCLUDED(mu_);
  uint64_t snapshots_built() const;

 private:
  struct Tenant {
    std::shared_ptr<TenantHub> hub;
    absl::flat_hash_map<std::string, std::shared_ptr<ZoneSession>> zones;
    uint64_t left = 0;  // streams, so far
  };
  // False when no zone left for a while, or not in time.
  bool AwaitLeave(model::TenantKey tenant, std::optional<uint64_t> left, absl::Duration at_most)
      ABSL_LOCKS_EXCLUDED(mu_);
  // nullopt without any zone.
  std::optional<uint64_t> LeftOf(model::TenantKey tenant) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const TenantHub::Deps hub_deps_;
  mutable absl::Mutex mu_;
  base::CondVar leaves_;
  bool someone_waits_ ABSL_GUARDED_BY(mu_) = false;
  absl::flat_hash_map<model::TenantKey, Tenant> tenants_ ABSL_GUARDED_BY(mu_);
  uint64_t snapshots_of_gone_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace skyden::kds
