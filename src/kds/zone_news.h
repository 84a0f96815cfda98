// SPDX-License-Identifier: Apache-2.0
// Who is told when zones come, go, fall behind, catch up or are turned away.
#pragma once

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/kds/connected_zones.h"

namespace skyden::kds {

// Thread-safe.
class ZoneNews {
 public:
  std::shared_ptr<void> Subscribe(ConnectedZones::Listener changed) ABSL_LOCKS_EXCLUDED(mu_);
  void Tell(model::OrganizationKey organization, model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Mutex mu_;
  std::vector<std::weak_ptr<const ConnectedZones::Listener>> listeners_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::kds
