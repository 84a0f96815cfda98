// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "identity/lru_cache.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/ids.h"
#include "skyden/store/store.h"

namespace skyden::identity {

// What is stored of a token, and the caller that it makes. Immutable, but for the note of its use.
struct KnownToken {
  store::TokenOwner owner;
  Caller caller;
  // Nanoseconds since 1970 of the last use that was handed to the store.
  mutable std::atomic<int64_t> noted_at{0};
};

// Where a control plane id leads. Immutable.
struct KnownControlPlane {
  model::OrganizationKey organization{};
  model::TenantKey tenant{};
  std::optional<store::Suspension> suspension;  // may be over

  bool SuspendedAt(absl::Time now) const { return suspension && suspension->Holds(now); }
};

// Read-through caches of tokens and control planes, bounded. What does not exist is not kept, or
// guesses would push out what does.
//
// Thread-safe. A value read before Forget is never kept after it, and is not returned by a call
// that began after it.
class CredentialCache {
 public:
  explicit CredentialCache(store::Store& store);

  // nullptr when there is no such token. Blocks on the disk at most.
  absl::StatusOr<std::shared_ptr<const KnownToken>> Token(const model::TokenId& id)
      ABSL_LOCKS_EXCLUDED(mu_);
  // nullptr when there is no such control plane, of any organization.
  absl::StatusOr<std::shared_ptr<const KnownControlPlane>> ControlPlane(
      const model::ControlPlaneId& id) ABSL_LOCKS_EXCLUDED(mu_);

  void Forget(const std::vector<model::TokenId>& tokens) ABSL_LOCKS_EXCLUDED(mu_);
  void Forget(const model::ControlPlaneId& id, model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  store::Store& store_;
  absl::Mutex mu_;
  LruCache<model::TokenId, KnownToken> tokens_ ABSL_GUARDED_BY(mu_);
  LruCache<model::ControlPlaneId, KnownControlPlane> control_planes_ ABSL_GUARDED_BY(mu_);
  // Counts Forget calls: a read that spans one may be stale and is not kept.
  uint64_t generation_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace skyden::identity
