// SPDX-License-Identifier: Apache-2.0
#include "kds/zone_session.h"

#include <algorithm>
#include <utility>

#include "kds/authenticated_call.h"
#include "skyden/base/limits.h"

namespace skyden::kds {
std::shared_ptr<AuthenticatedCall> ZoneSession::CallOf(StreamKind kind) const {
  absl::MutexLock lock(&mu_);
  return calls_[static_cast<size_t>(kind)];
}

std::vector<std::shared_ptr<AuthenticatedCall>> ZoneSession::Calls() const {
  std::vector<std::shared_ptr<AuthenticatedCall>> calls;
  absl::MutexLock lock(&mu_);
  for (const auto& call : calls_) {
    if (call != nullptr) calls.push_back(call);
  }
  return calls;
}

bool ZoneSession::WantSoon() { return !std::exchange(queued_soon_, true); }

bool ZoneSession::WantAtLeisure() {
  return !queued_soon_ && !std::exchange(queued_at_leisure_, true);
}

Subscription* ZoneSession::Find(const std::string& id) {
  const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                  [&](const Subscription& s) { return s.id == id; });
  return found == subscriptions_.end() ? nullptr : &*found;
}

std::optional<ZoneKind> ZoneSession::kind() const {
  absl::MutexLock lock(&mu_);
  return kind_;
}

void ZoneSession::SetWithheld(std::vector<Withheld> withheld) {
  absl::MutexLock lock(&mu_);
  for (Withheld& now : withheld) {
    for (const Withheld& before : withheld_) {
      if (before.type == now.type) now.since = before.since;
    }
  }
  withheld_ = std::move(withheld);
}

std::vector<Withheld> ZoneSession::withheld() const {
  absl::MutexLock lock(&mu_);
  return withheld_;
}

void ZoneSession::SetLink(Link link) {
  absl::MutexLock lock(&mu_);
  link_ = std::move(link);
  progress_ = {};
}

std::optional<Link> ZoneSession::link() const {
  absl::MutexLock lock(&mu_);
  return link_;
}

bool ZoneSession::SetProgress(const AuthenticatedCall* call, ZoneProgress progress) {
  absl::MutexLock lock(&mu_);
  if (calls_[static_cast<size_t>(StreamKind::kGlobalToZone)].get() != call) return false;
  std::swap(progress_, progress);
  return true;
}

ZoneProgress ZoneSession::progress() const {
  absl::MutexLock lock(&mu_);
  return progress_;
}

bool ZoneSession::BeginSubscription(const std::string& id, const NodeMetadata& metadata,
                                    bool auth_token_provided, absl::Time now) {
  std::string config = metadata.config.size() <= base::limits::kZoneConfigBytes
                           ? MaskCredential(metadata.config)
                           : std::string();
  absl::MutexLock lock(&mu_);
  kind_ = ZoneKind{metadata.version, metadata.features, metadata.message_bytes_max};
  // The newest stream is the zone's: an older one that is still ending is over.
  for (Subscription& older : subscriptions_) {
    if (!older.disconnect_time.has_value()) older.disconnect_time = now;
  }
  Subscription subscription;
  subscription.id = id;
  subscription.connect_time = now;
  subscription.last_update_time = now;
  subscription.version = metadata.version;
  subscription.git_tag = metadata.git_tag;
  subscription.git_commit = metadata.git_commit;
  subscription.build_date = metadata.build_date;
  subscription.zone_instance_id = metadata.instance_id;
  subscription.config = std::move(config);
  subscription.auth_token_provided = auth_token_provided;
  subscription.global = scope().version();
  subscription.counts.resize(types_);
  subscriptions_.push_back(std::move(subscription));
  return WantSoon();
}

std::string ZoneSession::live_subscription() const {
  absl::MutexLock lock(&mu_);
  if (subscriptions_.empty() || subscriptions_.back().disconnect_time.has_value()) return {};
  return subscriptions_.back().id;
}

bool ZoneSession::EndSubscription(const std::string& id, absl::Time now) {
  absl::MutexLock lock(&mu_);
  Subscription* subscription = Find(id);
  if (subscription == nullptr) return false;
  if (!subscription->disconnect_time.has_value()) subscription->disconnect_time = now;
  return WantSoon();
}

bool ZoneSession::Count(const std::string& id, model::TypeId type, Event event, absl::Time now) {
  absl::MutexLock lock(&mu_);
  Subscription* subscription = Find(id);
  if (subscription == nullptr) return false;
  Subscription::Counts& counts = subscription->counts[static_cast<size_t>(type)];
  if (event == Event::kSent) ++counts.sent;
  if (event == Event::kAcknowledged) ++counts.acknowledged;
  if (event == Event::kRejected) ++counts.rejected;
  subscription->last_update_time = now;
  return WantAtLeisure();
}

bool ZoneSession::Heartbeat(absl::Time now, absl::Duration heartbeat_write) {
  absl::MutexLock lock(&mu_);
  health_check_ = now;
  return now - health_written_ >= heartbeat_write && WantAtLeisure();
}

std::optional<InsightUpdate> ZoneSession::TakeUpdate() {
  absl::MutexLock lock(&mu_);
  const bool soon = std::exchange(queued_soon_, false);
  const bool at_leisure = std::exchange(queued_at_leisure_, false);
  if (!soon && !at_leisure) return std::nullopt;
  return InsightUpdate{identity_->zone.str(), !zone_known_, subscriptions_, streams_,
                       health_check_};
}

void ZoneSession::UpdateStored(const InsightUpdate& update) {
  absl::MutexLock lock(&mu_);
  zone_known_ = true;
  if (update.health_check.has_value()) health_written_ = *update.health_check;
  for (const Subscription& stored : update.subscriptions) {
    Subscription* subscription = Find(stored.id);
    if (subscription == nullptr) continue;
    std::string().swap(subscription->config);
    if (stored.disconnect_time.has_value()) {
      subscriptions_.erase(subscriptions_.begin() + (subscription - subscriptions_.data()));
    }
  }
}

bool ZoneSession::UpdateFailed() {
  absl::MutexLock lock(&mu_);
  return WantAtLeisure();
}

}  // namespace skyden::kds
