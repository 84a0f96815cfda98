// SPDX-License-Identifier: Apache-2.0
// One timer for all watchers, that runs while there is one.
#include "rest/watch_hub.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "rest/watcher.h"
#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"
#include "skyden/base/status.h"

namespace skyden::rest {

class WatchHub::Impl final : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(WatchDeps deps) : deps_(deps) {}

  absl::Status Begin(CallPtr& call, WatchRequest request) ABSL_LOCKS_EXCLUDED(mu_);
  void EndAll() ABSL_LOCKS_EXCLUDED(mu_);
  void OnAccessChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Watchers = absl::flat_hash_map<uint64_t, std::shared_ptr<Watcher>>;

  // Those for whom `wanted`, so that they are called without the lock.
  template <class Fn>
  std::vector<std::shared_ptr<Watcher>> Select(Fn wanted) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    std::vector<std::shared_ptr<Watcher>> selected;
    for (const auto& [number, watcher] : watchers_) {
      if (wanted(*watcher)) selected.push_back(watcher);
    }
    return selected;
  }
  absl::Status CheckRoom(const model::TenantScope& scope) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Remove(uint64_t number) ABSL_LOCKS_EXCLUDED(mu_);
  void ArmHeartbeat() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Heartbeat() ABSL_LOCKS_EXCLUDED(mu_);

  const WatchDeps deps_;
  absl::Mutex mu_;
  Watchers watchers_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<model::TenantKey, size_t> per_tenant_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<model::OrganizationKey, size_t> per_organization_ ABSL_GUARDED_BY(mu_);
  uint64_t next_ ABSL_GUARDED_BY(mu_) = 1;
  base::Timers::Id heartbeat_ ABSL_GUARDED_BY(mu_) = 0;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
};

absl::Status WatchHub::Impl::Begin(CallPtr& call, WatchRequest request) {
  SKYDEN_ASSIGN_OR_RETURN(std::shared_ptr<void> place, deps_.streams.Open(call->caller));
  std::shared_ptr<Watcher> watcher;
  {
    absl::MutexLock lock(&mu_);
    if (ended_) return absl::UnavailableError("the daemon stops");
    SKYDEN_RETURN_IF_ERROR(CheckRoom(*call->scope));
    const uint64_t number = next_++;
    const auto on_over = [weak = weak_from_this(), number, place = std::move(place)] {
      if (const auto self = weak.lock()) self->Remove(number);
    };
    watcher = Watcher::Make(deps_, *call, std::move(request), on_over);
    watchers_.emplace(number, watcher);
    ++per_tenant_[call->scope->tenant()];
    ++per_organization_[call->scope->organization()];
    ArmHeartbeat();
  }
  call->Finish(watcher->Begin());
  // The credential may have ended between its check and its place in the list.
  watcher->CheckCredential();
  return absl::OkStatus();
}

absl::Status WatchHub::Impl::CheckRoom(const model::TenantScope& scope) const {
  namespace limits = base::limits;
  const auto count = [](const auto& counts, auto key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
  };
  const char* full = nullptr;
  if (watchers_.size() >= limits::kWatches) {
    full = "too many watch already; try again later";
  } else if (count(per_tenant_, scope.tenant()) >= limits::kWatchesPerControlPlane) {
    full = "too many watch this control plane already; end one, or try again later";
  } else if (count(per_organization_, scope.organization()) >= limits::kWatchesPerOrganization) {
    full =
        "too many watch control planes of this organization already; end one, or try again later";
  }
  if (full == nullptr) return absl::OkStatus();
  return base::WithRetryAfter(absl::ResourceExhaustedError(full), absl::Seconds(5));
}

void WatchHub::Impl::Remove(uint64_t number) {
  std::shared_ptr<Watcher> removed;  // not destroyed under the lock
  absl::MutexLock lock(&mu_);
  const auto found = watchers_.find(number);
  if (found == watchers_.end()) return;
  removed = std::move(found->second);
  watchers_.erase(found);
  const auto of_tenant = per_tenant_.find(removed->tenant());
  if (--of_tenant->second == 0) per_tenant_.erase(of_tenant);
  const auto of_organization = per_organization_.find(removed->organization());
  if (--of_organization->second == 0) per_organization_.erase(of_organization);
  if (watchers_.empty() && heartbeat_ != 0) deps_.timers.Cancel(std::exchange(heartbeat_, 0));
}

void WatchHub::Impl::ArmHeartbeat() {
  if (heartbeat_ != 0) return;
  heartbeat_ =
      deps_.timers.After(base::limits::kWatchHeartbeat, deps_.workers, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->Heartbeat();
      });
}

void WatchHub::Impl::Heartbeat() {
  for (const auto& watcher : Select([](const Watcher&) { return true; })) watcher->Heartbeat();
  absl::MutexLock lock(&mu_);
  heartbeat_ = 0;
  if (!watchers_.empty() && !ended_) ArmHeartbeat();
}

void WatchHub::Impl::OnAccessChange(const store::Change& change) {
  const auto concerned = [&](const Watcher& watcher) { return watcher.MayEndWith(change); };
  for (const auto& watcher : Select(concerned)) watcher->End();
}

void WatchHub::Impl::EndAll() {
  {
    absl::MutexLock lock(&mu_);
    ended_ = true;
    if (heartbeat_ != 0) deps_.timers.Cancel(std::exchange(heartbeat_, 0));
  }
  for (const auto& watcher : Select([](const Watcher&) { return true; })) watcher->End();
}

WatchHub::WatchHub(WatchDeps deps) : impl_(std::make_shared<Impl>(deps)) {
  deps.authenticator.AddAccessListener(
      [weak = std::weak_ptr<Impl>(impl_)](const store::Change& change) {
        if (const auto impl = weak.lock()) impl->OnAccessChange(change);
      });
}

WatchHub::~WatchHub() { impl_->EndAll(); }

absl::Status WatchHub::Begin(CallPtr& call, WatchRequest request) {
  return impl_->Begin(call, std::move(request));
}

}  // namespace skyden::rest
