// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "identity/lru_cache.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/ids.h"
#include "skyden/store/records.h"
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
  model::KumaVersion version = model::KumaVersion::kTwo;
  std::optional<store::Suspension> suspension;  // may be over

  bool SuspendedAt(absl::Time now) const { return suspension && suspension->Holds(now); }
};

// Somebody who came by the identity provider (people_sign_in.cc).
model::Principal PrincipalOfPerson(const store::AccountRecord& account,
                                   const std::vector<std::string>& groups,
                                   const model::Access& access);

// Read-through caches of tokens and control planes, bounded. What does not exist is not kept, or
// guesses would push out what does. The store's changes say what to drop.
//
// Thread-safe. What was read before a change that concerns it is never kept after it, and is not
// returned by a call that began after it was told.
class CredentialCache {
 public:
  explicit CredentialCache(store::Store& store);  // which outlives it

  // What the groups that a session names may do in its organization.
  using GroupGrants = std::function<absl::StatusOr<std::vector<model::Grant>>(
      const std::vector<std::string>& groups)>;
  void SetGroupGrants(GroupGrants grants) { group_grants_ = std::move(grants); }  // before use

  // nullptr when there is no such token. Blocks on the disk at most.
  absl::StatusOr<std::shared_ptr<const KnownToken>> Token(const model::TokenId& id)
      ABSL_LOCKS_EXCLUDED(mu_);
  // nullptr when there is no such control plane, of any organization.
  absl::StatusOr<std::shared_ptr<const KnownControlPlane>> ControlPlane(
      const model::ControlPlaneId& id) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu_);
  void Keep(const model::TokenId& id, std::shared_ptr<const KnownToken> known)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void DropTokensOf(const model::AccountId& account) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Those of people whose groups may lead to a team that changed.
  void DropTokensByGroups(model::OrganizationKey organization) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void DropTokensThatHangOn(const store::Change& change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Unlist(const KnownToken* known) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // nullptr: as Token.
  absl::StatusOr<std::shared_ptr<const KnownToken>> Read(const model::TokenId& id);

  store::Store& store_;
  GroupGrants group_grants_;
  absl::Mutex mu_;
  LruCache<model::TokenId, KnownToken> tokens_ ABSL_GUARDED_BY(mu_);
  // The tokens_ of each account, by a hash of its id.
  std::unordered_multimap<size_t, const KnownToken*> of_account_ ABSL_GUARDED_BY(mu_);
  LruCache<model::ControlPlaneId, KnownControlPlane> control_planes_ ABSL_GUARDED_BY(mu_);
  // Counts changes that concern any of it: a read that spans one may be stale and is not kept.
  uint64_t generation_ ABSL_GUARDED_BY(mu_) = 0;
  std::unique_ptr<store::Subscription> subscription_;  // last: it uses all of the above
};

}  // namespace skyden::identity
