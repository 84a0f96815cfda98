// SPDX-License-Identifier: Apache-2.0
// Who wants to hear when something of a control plane is otherwise.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "skyden/model/ids.h"

namespace skyden::kds {

// Thread-safe.
class TenantListeners {
 public:
  using Listener = std::function<void()>;
  // Called for as long as what is returned lives; a call may be under way when that ends. Brief,
  // any thread.
  std::shared_ptr<void> Subscribe(model::TenantKey tenant, Listener changed)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Tell(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Mutex mu_;
  absl::flat_hash_map<model::TenantKey, std::vector<std::weak_ptr<const Listener>>> listeners_
      ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::kds
