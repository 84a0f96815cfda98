// SPDX-License-Identifier: Apache-2.0
// A feed for each organization that somebody watches, and one timer for all, that runs while there
// is one.
#include "rest/fleet_watches.h"

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "rest/fleet_feed.h"
#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"
#include "skyden/base/status.h"

namespace skyden::rest {

namespace limits = base::limits;

class FleetWatches::Impl final : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(FleetWatchDeps deps) : deps_(deps) {}

  void Listen() ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Begin(CallPtr& call, FleetWatchRequest request) ABSL_LOCKS_EXCLUDED(mu_);
  void EndAll() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Entry {
    std::shared_ptr<FleetFeed> feed;
    size_t watches = 0;
    uint64_t times_left = 0;  // how often nobody was left
  };
  using Feeds = std::vector<std::shared_ptr<FleetFeed>>;

  absl::Status CheckRoom(model::OrganizationKey organization) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Of one organization, or (0) of all.
  Feeds FeedsOf(model::OrganizationKey organization) ABSL_LOCKS_EXCLUDED(mu_);
  void OnNews(model::OrganizationKey organization, FleetFeed::News news) ABSL_LOCKS_EXCLUDED(mu_);
  void OnAccessChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu_);
  void OnOver(model::OrganizationKey organization) ABSL_LOCKS_EXCLUDED(mu_);
  void Forget(model::OrganizationKey organization, uint64_t times_left) ABSL_LOCKS_EXCLUDED(mu_);
  void ArmHeartbeat() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Heartbeat() ABSL_LOCKS_EXCLUDED(mu_);

  const FleetWatchDeps deps_;
  absl::Mutex mu_;
  absl::flat_hash_map<model::OrganizationKey, Entry> feeds_ ABSL_GUARDED_BY(mu_);
  size_t watches_ ABSL_GUARDED_BY(mu_) = 0;
  base::Timers::Id heartbeat_ ABSL_GUARDED_BY(mu_) = 0;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  std::shared_ptr<void> fleet_news_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<store::Subscription> audit_news_ ABSL_GUARDED_BY(mu_);
};

void FleetWatches::Impl::Listen() {
  auto fleet_news =
      deps_.fleet.Subscribe([weak = weak_from_this()](model::OrganizationKey organization) {
        if (const auto self = weak.lock()) self->OnNews(organization, FleetFeed::News::kFleet);
      });
  auto audit_news =
      deps_.store.SubscribeAudit([weak = weak_from_this()](const store::AuditGrowth& growth) {
        if (const auto self = weak.lock()) {
          self->OnNews(growth.organization, FleetFeed::News::kAudit);
        }
      });
  deps_.authenticator.AddAccessListener([weak = weak_from_this()](const store::Change& change) {
    if (const auto self = weak.lock()) self->OnAccessChange(change);
  });
  absl::MutexLock lock(&mu_);
  fleet_news_ = std::move(fleet_news);
  audit_news_ = std::move(audit_news);
}

absl::Status FleetWatches::Impl::CheckRoom(model::OrganizationKey organization) const {
  const char* full = nullptr;
  const auto found = feeds_.find(organization);
  const size_t of_organization = found == feeds_.end() ? 0 : found->second.watches;
  if (watches_ >= limits::kFleetWatches) {
    full = "too many watch already; try again later";
  } else if (of_organization >= limits::kFleetWatchesPerOrganization) {
    full = "too many watch this organization already; end one, or try again later";
  }
  if (full == nullptr) return absl::OkStatus();
  return base::WithRetryAfter(absl::ResourceExhaustedError(full), absl::Seconds(5));
}

absl::Status FleetWatches::Impl::Begin(CallPtr& call, FleetWatchRequest request) {
  const model::OrganizationKey organization = call->organization->organization();
  SKYDEN_ASSIGN_OR_RETURN(std::shared_ptr<void> place, deps_.streams.Open(call->caller));
  std::shared_ptr<FleetFeed> feed;
  {
    absl::MutexLock lock(&mu_);
    if (ended_) return absl::UnavailableError("the daemon stops");
    SKYDEN_RETURN_IF_ERROR(CheckRoom(organization));
    Entry& entry = feeds_[organization];
    if (entry.feed == nullptr) entry.feed = std::make_shared<FleetFeed>(deps_, organization);
    ++entry.watches;
    ++watches_;
    feed = entry.feed;
    ArmHeartbeat();
  }
  call->Finish(feed->Begin(*call, std::move(request),
                           [weak = weak_from_this(), organization, place = std::move(place)] {
                             if (const auto self = weak.lock()) self->OnOver(organization);
                           }));
  return absl::OkStatus();
}

void FleetWatches::Impl::OnOver(model::OrganizationKey organization) {
  absl::MutexLock lock(&mu_);
  const auto found = feeds_.find(organization);
  if (found == feeds_.end()) return;
  --watches_;
  if (watches_ == 0 && heartbeat_ != 0) deps_.timers.Cancel(std::exchange(heartbeat_, 0));
  if (--found->second.watches > 0) return;
  // For who comes back soon.
  const uint64_t times_left = ++found->second.times_left;
  if (ended_) return;
  deps_.timers.After(limits::kFleetLinger, deps_.workers,
                     [weak = weak_from_this(), organization, times_left] {
                       if (const auto self = weak.lock()) self->Forget(organization, times_left);
                     });
}

void FleetWatches::Impl::Forget(model::OrganizationKey organization, uint64_t times_left) {
  std::shared_ptr<FleetFeed> forgotten;  // not destroyed under the lock
  absl::MutexLock lock(&mu_);
  const auto found = feeds_.find(organization);
  if (found == feeds_.end() || found->second.watches > 0) return;
  if (found->second.times_left != times_left) return;
  forgotten = std::move(found->second.feed);
  feeds_.erase(found);
}

FleetWatches::Impl::Feeds FleetWatches::Impl::FeedsOf(model::OrganizationKey organization) {
  Feeds feeds;
  absl::MutexLock lock(&mu_);
  if (organization != model::OrganizationKey{}) {
    const auto found = feeds_.find(organization);
    if (found != feeds_.end()) feeds.push_back(found->second.feed);
    return feeds;
  }
  for (const auto& [key, entry] : feeds_) feeds.push_back(entry.feed);
  return feeds;
}

void FleetWatches::Impl::OnNews(model::OrganizationKey organization, FleetFeed::News news) {
  for (const auto& feed : FeedsOf(organization)) feed->OnNews(news);
}

void FleetWatches::Impl::OnAccessChange(const store::Change& change) {
  for (const auto& feed : FeedsOf(change.organization)) feed->CheckCredentials(change);
}

void FleetWatches::Impl::ArmHeartbeat() {
  if (heartbeat_ != 0) return;
  heartbeat_ =
      deps_.timers.After(limits::kWatchHeartbeat, deps_.workers, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->Heartbeat();
      });
}

void FleetWatches::Impl::Heartbeat() {
  for (const auto& feed : FeedsOf({})) feed->Heartbeat();
  absl::MutexLock lock(&mu_);
  heartbeat_ = 0;
  if (watches_ > 0 && !ended_) ArmHeartbeat();
}

void FleetWatches::Impl::EndAll() {
  std::shared_ptr<void> fleet_news;
  std::unique_ptr<store::Subscription> audit_news;  // waits for a call under way: without the lock
  {
    absl::MutexLock lock(&mu_);
    ended_ = true;
    if (heartbeat_ != 0) deps_.timers.Cancel(std::exchange(heartbeat_, 0));
    fleet_news = std::move(fleet_news_);
    audit_news = std::move(audit_news_);
  }
  for (const auto& feed : FeedsOf({})) feed->EndAll();
}

FleetWatches::FleetWatches(FleetWatchDeps deps) : impl_(std::make_shared<Impl>(deps)) {
  impl_->Listen();
}

FleetWatches::~FleetWatches() { impl_->EndAll(); }

absl::Status FleetWatches::Begin(CallPtr& call, FleetWatchRequest request) {
  return impl_->Begin(call, std::move(request));
}

}  // namespace skyden::rest
