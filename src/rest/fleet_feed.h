// SPDX-License-Identifier: Apache-2.0
// What one organization's watchers are told.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "rest/credential.h"
#include "rest/fleet_log.h"
#include "rest/fleet_watches.h"
#include "skyden/http/body_stream.h"
#include "skyden/model/access.h"
#include "skyden/store/change.h"

namespace skyden::rest {

// Thread-safe: everything but the notices happens on its strand. It reads the fleet when there is
// news, four times a second at most, and never while nobody watches. What it told lately is kept
// for limits::kFleetLinger after the last has gone, for who comes back.
class FleetFeed final : public std::enable_shared_from_this<FleetFeed> {
 public:
  FleetFeed(const FleetWatchDeps& deps, model::OrganizationKey organization);

  enum class News { kFleet, kAudit };
  // Brief, any thread.
  void OnNews(News news);

  // The answer to `call`; `on_over` is called once, on a worker.
  http::Response Begin(const Call& call, FleetWatchRequest request, std::function<void()> on_over);
  void Heartbeat();
  void EndAll();
  // Looks again at the credentials that the change may end.
  void CheckCredentials(const store::Change& change);

 private:
  struct Watch {
    uint64_t number = 0;
    FleetWatchRequest request;
    Credential credential;     // to be checked again; never shown
    model::AccountId account;  // of the token
    bool by_groups = false;    // as the caller's
    std::optional<model::TokenId> token;
    model::Access access;
    std::shared_ptr<http::BodyStream> body;
    std::function<void()> on_over;
    bool begun = false;
    uint64_t position = 0;
  };
  using WatchPtr = std::shared_ptr<Watch>;

  void Post(std::function<void(FleetFeed&)> task);
  void Arm(absl::Duration delay);
  void Start(const WatchPtr& watch);
  void Pump();
  absl::Status ReadFleet();
  absl::Status ReadAudit();
  void ArmWake();
  void Send(Watch& watch);
  bool MaySee(const Watch& watch, const FleetLog::Entry& entry) const;
  void CheckCredential(const WatchPtr& watch);
  void Finish(uint64_t number);
  std::string IdOf(uint64_t position) const;
  // nullopt: of another life, or forgotten.
  std::optional<uint64_t> PositionOf(const std::string& id) const;
  std::string PlaceEvent(std::string_view name, uint64_t position) const;

  const FleetWatchDeps deps_;
  const model::OrganizationKey organization_;
  const model::OrganizationScope scope_;
  const std::string life_;  // of this feed
  base::Strand strand_;
  std::atomic<bool> is_armed_{false};
  std::atomic<bool> is_fleet_stale_{true};
  std::atomic<bool> is_audit_stale_{true};
  std::atomic<size_t> watched_by_{0};

  // Strand-bound.
  FleetLog log_;
  std::optional<insights::Fleet::Reading> reading_;
  std::optional<uint64_t> audit_place_;
  std::map<uint64_t, WatchPtr> watches_;
  uint64_t next_number_ = 1;
  absl::Duration pumped_ = -absl::InfiniteDuration();  // monotonic
  base::Timers::Id wake_ = 0;
};

}  // namespace skyden::rest
