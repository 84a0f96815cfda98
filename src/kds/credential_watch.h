// SPDX-License-Identifier: Apache-2.0
// Credentials that end while their zone is connected, by their own time or by a change of the
// control plane's token keys: then the zone's streams are checked again, and end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kds/zone_session.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::kds {

// Thread-safe. One timer for all: it stands at the earliest end of any credential in use.
class CredentialWatch : public std::enable_shared_from_this<CredentialWatch> {
 public:
  struct Deps {  // all must outlive it
    // Zones that are connected: of a tenant, or all.
    std::function<std::vector<std::shared_ptr<ZoneSession>>(std::optional<model::TenantKey>)>
        sessions;
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
  };
  explicit CredentialWatch(Deps deps) : deps_(std::move(deps)) {}

  // A stream whose credential ends then is in the registry.
  void Watch(absl::Time expires_at) ABSL_LOCKS_EXCLUDED(mu_);
  // Zone tokens that this control plane issued (nullopt: any) may not hold any more. Brief.
  void KeysChanged(std::optional<model::TenantKey> tenant);

 private:
  void Arm(absl::Time at) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void EndExpired() ABSL_LOCKS_EXCLUDED(mu_);

  const Deps deps_;
  absl::Mutex mu_;
  absl::Time armed_for_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  base::Timers::Id timer_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace skyden::kds
