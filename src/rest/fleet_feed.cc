// SPDX-License-Identifier: Apache-2.0
#include "rest/fleet_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rest/json_writer.h"
#include "rest/sign_in.h"
#include "rest/watcher.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/access_change.h"
#include "skyden/model/lanes.h"
#include "skyden/store/directory_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::rest {
namespace {

namespace limits = base::limits;

constexpr absl::Duration kBurst = absl::Milliseconds(250);
constexpr absl::Duration kRetry = absl::Seconds(1);
constexpr absl::Duration kLongestWait = absl::Hours(1);  // a wall clock may be set while one waits
constexpr size_t kAuditPiece = 100;
constexpr int kAuditPieces = 10;  // in one go

bool Wants(uint8_t topics, FleetTopic topic) { return (topics & static_cast<uint8_t>(topic)) != 0; }

}  // namespace

FleetFeed::FleetFeed(const FleetWatchDeps& deps, model::OrganizationKey organization)
    : deps_(deps),
      organization_(organization),
      scope_(model::SystemScope::For("tell people of an organization what changes in it")
                 .In(organization)),
      life_(base::RandomUuid()),
      strand_(deps.workers, model::LaneOf(organization)),
      log_(limits::kFleetLog) {}

void FleetFeed::Post(std::function<void(FleetFeed&)> task) {
  strand_.Post([self = shared_from_this(), task = std::move(task)] { task(*self); });
}

void FleetFeed::OnNews(News news) {
  (news == News::kFleet ? is_fleet_stale_ : is_audit_stale_) = true;
  if (watched_by_ == 0 || is_armed_.exchange(true)) return;
  Post([](FleetFeed& feed) { feed.Arm(feed.pumped_ + kBurst - feed.deps_.clock.Monotonic()); });
}

// Runs Pump in a while, or now.
void FleetFeed::Arm(absl::Duration delay) {
  if (delay <= absl::ZeroDuration()) return Pump();
  deps_.timers.After(delay, deps_.workers, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Post([](FleetFeed& feed) { feed.Pump(); });
  });
}

http::Response FleetFeed::Begin(const Call& call, FleetWatchRequest request,
                                std::function<void()> on_over) {
  auto watch = std::make_shared<Watch>();
  watch->request = std::move(request);
  watch->credential = call.credential;
  if (call.caller->token) watch->account = model::AccountId(call.caller->principal.id);
  watch->by_groups = call.caller->by_groups;
  watch->token = call.caller->token;
  watch->access = call.organization->access();
  watch->on_over = std::move(on_over);
  const auto later = [weak = weak_from_this(),
                      watch_weak = std::weak_ptr<Watch>(watch)](auto what) {
    return [weak, watch_weak, what] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      self->Post([watch_weak, what](FleetFeed& feed) {
        if (const auto one = watch_weak.lock()) what(feed, *one);
      });
    };
  };
  watch->body = http::BodyStream::Create(
      {.bytes_max = limits::kWatchBytes,
       .on_drained = later([](FleetFeed& feed, Watch& one) { feed.Send(one); }),
       .on_gone = later([](FleetFeed& feed, Watch& one) { feed.Finish(one.number); })});
  http::Response response{.content_type = "text/event-stream",
                          .headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}},
                          .stream = watch->body};
  ++watched_by_;
  Post([watch = std::move(watch)](FleetFeed& feed) { feed.Start(watch); });
  return response;
}

void FleetFeed::Start(const WatchPtr& watch) {
  watch->number = next_number_++;
  watches_.emplace(watch->number, watch);
  // The credential may have ended between its check and its place in the list.
  CheckCredential(watch);
  if (!watches_.contains(watch->number)) return;
  is_armed_ = true;
  Pump();
  const auto since = watch->request.since ? PositionOf(*watch->request.since) : log_.last();
  watch->position = since.value_or(log_.last());
  watch->begun = true;
  watch->body->Write(PlaceEvent(since.has_value() ? "ready" : "reset", watch->position));
  Send(*watch);
}

void FleetFeed::Pump() {
  is_armed_ = false;
  pumped_ = deps_.clock.Monotonic();
  absl::Status read = ReadFleet();
  if (read.ok()) read = ReadAudit();
  if (!read.ok()) {
    telemetry::Log(telemetry::Level::warning, "an organization's watchers are not told",
                   {{"reason", read.ToString()}});
    is_armed_ = true;
    return Arm(kRetry);
  }
  ArmWake();
  // One that ends takes itself off the list.
  std::vector<WatchPtr> all;
  for (const auto& [number, watch] : watches_) all.push_back(watch);
  for (const WatchPtr& watch : all) Send(*watch);
}

absl::Status FleetFeed::ReadFleet() {
  if (!is_fleet_stale_.exchange(false)) return absl::OkStatus();
  auto now = deps_.fleet.Read(scope_);
  if (!now.ok()) {
    is_fleet_stale_ = true;
    return now.status();
  }
  NoteChanges(reading_ ? &*reading_ : nullptr, *now, log_);
  reading_ = *std::move(now);
  return absl::OkStatus();
}

// What was done before anybody watched is nobody's news.
absl::Status FleetFeed::ReadAudit() {
  if (!is_audit_stale_.exchange(false)) return absl::OkStatus();
  const absl::Status read =
      deps_.store.ReadDirectory(scope_, [&](store::DirectoryReadTx& tx) -> absl::Status {
        store::AuditQuery query;
        if (!audit_place_.has_value()) {
          query.limit = 1;
          SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage newest, tx.ListAudit(query));
          audit_place_ = newest.entries.empty() ? 0 : newest.entries.front().place;
          return absl::OkStatus();
        }
        query.order = store::AuditQuery::Order::kOldestFirst;
        query.limit = kAuditPiece;
        for (int piece = 0; piece < kAuditPieces; ++piece) {
          query.beyond = audit_place_;
          SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage page, tx.ListAudit(query));
          for (const store::AuditEntry& entry : page.entries) {
            NoteAudit(entry, log_);
            audit_place_ = entry.place;
          }
          if (!page.next.has_value()) return absl::OkStatus();
          audit_place_ = std::max(*audit_place_, *page.next);
        }
        is_audit_stale_ = true;
        return absl::OkStatus();
      });
  if (!read.ok()) is_audit_stale_ = true;
  if (read.ok() && is_audit_stale_ && !is_armed_.exchange(true)) Arm(kBurst);
  return read;
}

// A suspension, or what is told of something that is over, ends without anybody doing anything.
void FleetFeed::ArmWake() {
  if (wake_ != 0) deps_.timers.Cancel(std::exchange(wake_, 0));
  absl::Time next = absl::InfiniteFuture();
  for (const auto& member : reading_->members) next = std::min(next, member.zones->good_until);
  if (next == absl::InfiniteFuture() || watches_.empty()) return;
  const absl::Duration wait = std::clamp(next - deps_.clock.Now(), kBurst, kLongestWait);
  wake_ = deps_.timers.After(wait, deps_.workers, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->OnNews(News::kFleet);
  });
}

bool FleetFeed::MaySee(const Watch& watch, const FleetLog::Entry& entry) const {
  if (!Wants(watch.request.topics, entry.topic)) return false;
  if (entry.topic == FleetTopic::kAudit) return watch.access.Administrates();
  return watch.access.Reads(entry.tenant);
}

void FleetFeed::Send(Watch& watch) {
  if (!watch.begun || !watches_.contains(watch.number)) return;
  if (watch.position < log_.forgotten()) {
    if (!watch.body->Write(PlaceEvent("reset", log_.last()))) return;
    watch.position = log_.last();
  }
  const auto& entries = log_.entries();
  for (auto next = entries.upper_bound(watch.position); next != entries.end(); ++next) {
    if (MaySee(watch, next->second)) {
      // When it is full this goes on once the client has taken it.
      const bool taken =
          watch.body->Write(fmt::format("id: {}\n{}", IdOf(next->first), next->second.event));
      if (!taken) return;
    }
    watch.position = next->first;
  }
}

void FleetFeed::Heartbeat() {
  Post([](FleetFeed& feed) {
    std::vector<WatchPtr> all;
    for (const auto& [number, watch] : feed.watches_) all.push_back(watch);
    for (const WatchPtr& watch : all) {
      // Whoever has not taken the last one learns from the connection that it stalls.
      watch->body->Write(HeartbeatComment());
      feed.CheckCredential(watch);
    }
  });
}

void FleetFeed::CheckCredentials(const store::Change& change) {
  Post([change](FleetFeed& feed) {
    std::vector<WatchPtr> concerned;
    for (const auto& [number, watch] : feed.watches_) {
      if (identity::MayEndAccessOf({feed.organization_, model::kNoTenant, watch->account,
                                    watch->token, watch->by_groups},
                                   change)) {
        concerned.push_back(watch);
      }
    }
    for (const WatchPtr& watch : concerned) feed.CheckCredential(watch);
  });
}

// Roles that are other than they were make other lists: the client reads them anew.
void FleetFeed::CheckCredential(const WatchPtr& watch) {
  Call again;
  again.credential = watch->credential;
  again.noting = identity::Authenticator::Noting::kLook;
  const bool is_in = SignInToOrganization(deps_.authenticator, again).ok() &&
                     again.organization->organization() == organization_;
  const bool reads_audit = is_in && again.organization->access().Administrates();
  if (!is_in || !again.organization->access().ListsAny() ||
      (Wants(watch->request.topics, FleetTopic::kAudit) && !reads_audit)) {
    return Finish(watch->number);
  }
  const bool same = again.organization->access().grants() == watch->access.grants();
  if (same) return;
  watch->access = again.organization->access();
  if (!watch->begun) return;
  if (watch->body->Write(PlaceEvent("reset", log_.last()))) watch->position = log_.last();
}

void FleetFeed::EndAll() {
  Post([](FleetFeed& feed) {
    while (!feed.watches_.empty()) feed.Finish(feed.watches_.begin()->first);
  });
}

void FleetFeed::Finish(uint64_t number) {
  const auto found = watches_.find(number);
  if (found == watches_.end()) return;
  const WatchPtr watch = found->second;
  watches_.erase(found);
  --watched_by_;
  if (watches_.empty() && wake_ != 0) deps_.timers.Cancel(std::exchange(wake_, 0));
  watch->body->End();
  std::exchange(watch->on_over, nullptr)();
}

std::string FleetFeed::IdOf(uint64_t position) const { return EventId(life_, position); }

std::optional<uint64_t> FleetFeed::PositionOf(const std::string& id) const {
  const auto place = ParseEventId(id);
  if (!place.has_value() || place->epoch != life_) return std::nullopt;
  const bool known = place->revision >= log_.forgotten() && place->revision <= log_.last();
  return known ? std::optional<uint64_t>(place->revision) : std::nullopt;
}

std::string FleetFeed::PlaceEvent(std::string_view name, uint64_t position) const {
  const std::string id = IdOf(position);
  const std::string data = JsonWriter().BeginObject().Field("revision", id).EndObject().Take();
  return EventText(name, id, data);
}

}  // namespace skyden::rest
