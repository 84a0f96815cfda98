// SPDX-License-Identifier: Apache-2.0
// One zone of one control plane while it is connected: its streams, and what is to be told of it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kds/node_metadata.h"
#include "kds/progress.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/type_registry.h"

namespace skyden::kds {

class AuthenticatedCall;
class TenantHub;

enum class StreamKind : uint8_t { kGlobalToZone, kZoneToGlobal, kConfigDump, kStats, kClusters };
inline constexpr size_t kStreamKinds = 5;

// The statistics of one GlobalToZoneSync stream (KDSSubscription). Plain value.
struct Subscription {
  struct Counts {
    uint32_t sent = 0;
    uint32_t acknowledged = 0;
    uint32_t rejected = 0;
  };
  std::string id;
  absl::Time connect_time;
  std::optional<absl::Time> disconnect_time;
  absl::Time last_update_time;
  std::string version, git_tag, git_commit, build_date;
  std::string zone_instance_id;
  std::string config;  // without the credential; forgotten once it is stored
  bool auth_token_provided = false;
  model::KumaVersion global = model::KumaVersion::kTwo;  // what it is connected to
  std::vector<Counts> counts;                            // by type
};

// What a flush writes of a zone. Plain value.
struct InsightUpdate {
  std::string zone;
  bool create_zone = false;
  std::vector<Subscription> subscriptions;  // in the order they began
  std::array<std::optional<absl::Time>, kStreamKinds> streams;
  std::optional<absl::Time> health_check;
};

// What a zone said of itself when its last stream began. Plain value.
struct ZoneKind {
  std::string version;
  Features features = 0;
  size_t message_bytes_max = 0;
};

// A type that is too large for the zone. Plain value.
struct Withheld {
  model::TypeId type{};
  size_t bytes = 0;
  absl::Time since;
};

// How a zone's GlobalToZoneSync stands. Plain value.
struct Link {
  std::string peer_ip;
  std::string instance_id;
  absl::Time since;
};

// Thread-safe.
class ZoneSession {
 public:
  ZoneSession(std::shared_ptr<const identity::ZoneIdentity> identity,
              std::shared_ptr<TenantHub> hub, size_t types)
      : identity_(std::move(identity)), hub_(std::move(hub)), types_(types) {}

  const model::TenantScope& scope() const { return identity_->scope; }
  const model::ZoneName& zone() const { return identity_->zone; }
  const std::shared_ptr<TenantHub>& hub() const { return hub_; }

  // The live call of a kind, or null.
  std::shared_ptr<AuthenticatedCall> CallOf(StreamKind kind) const ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<std::shared_ptr<AuthenticatedCall>> Calls() const ABSL_LOCKS_EXCLUDED(mu_);

  // nullopt before the first stream.
  std::optional<ZoneKind> kind() const ABSL_LOCKS_EXCLUDED(mu_);
  // What is withheld of the zone, by type; `since` is kept for what was there.
  void SetWithheld(std::vector<Withheld> withheld) ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<Withheld> withheld() const ABSL_LOCKS_EXCLUDED(mu_);

  // Of the newest stream. A link begins without progress.
  void SetLink(Link link) ABSL_LOCKS_EXCLUDED(mu_);
  std::optional<Link> link() const ABSL_LOCKS_EXCLUDED(mu_);
  // False, and nothing is set, when `call` is not the live one.
  bool SetProgress(const AuthenticatedCall* call, ZoneProgress progress) ABSL_LOCKS_EXCLUDED(mu_);
  ZoneProgress progress() const ABSL_LOCKS_EXCLUDED(mu_);

  // Statistics. Each returns true when the session has to be queued for writing: for soon by the
  // first two, for when there is leisure by the others.
  bool BeginSubscription(const std::string& id, const NodeMetadata& metadata,
                         bool auth_token_provided, absl::Time now) ABSL_LOCKS_EXCLUDED(mu_);
  // The one of the live GlobalToZoneSync; empty without one.
  std::string live_subscription() const ABSL_LOCKS_EXCLUDED(mu_);
  bool EndSubscription(const std::string& id, absl::Time now) ABSL_LOCKS_EXCLUDED(mu_);
  enum class Event { kSent, kAcknowledged, kRejected };
  bool Count(const std::string& id, model::TypeId type, Event event, absl::Time now)
      ABSL_LOCKS_EXCLUDED(mu_);
  // A heartbeat alone is not worth a write: only one that is `heartbeat_write` newer than the last
  // that was written.
  bool Heartbeat(absl::Time now, absl::Duration heartbeat_write) ABSL_LOCKS_EXCLUDED(mu_);

  // Takes what there is to write; nullopt when that was taken already.
  std::optional<InsightUpdate> TakeUpdate() ABSL_LOCKS_EXCLUDED(mu_);
  // The update is on disk (drop what need not be told again), or has to be taken again.
  void UpdateStored(const InsightUpdate& update) ABSL_LOCKS_EXCLUDED(mu_);
  bool UpdateFailed() ABSL_LOCKS_EXCLUDED(mu_);  // at leisure

 private:
  friend class ZoneRegistry;
  Subscription* Find(const std::string& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool WantSoon() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool WantAtLeisure() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::shared_ptr<const identity::ZoneIdentity> identity_;
  const std::shared_ptr<TenantHub> hub_;
  const size_t types_;

  mutable absl::Mutex mu_;
  std::array<std::shared_ptr<AuthenticatedCall>, kStreamKinds> calls_ ABSL_GUARDED_BY(mu_);
  std::array<std::optional<absl::Time>, kStreamKinds> streams_ ABSL_GUARDED_BY(mu_);
  std::vector<Subscription> subscriptions_ ABSL_GUARDED_BY(mu_);
  std::optional<ZoneKind> kind_ ABSL_GUARDED_BY(mu_);
  std::vector<Withheld> withheld_ ABSL_GUARDED_BY(mu_);
  std::optional<Link> link_ ABSL_GUARDED_BY(mu_);
  ZoneProgress progress_ ABSL_GUARDED_BY(mu_);
  std::optional<absl::Time> health_check_ ABSL_GUARDED_BY(mu_);
  absl::Time health_written_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  bool zone_known_ ABSL_GUARDED_BY(mu_) = false;
  bool queued_soon_ ABSL_GUARDED_BY(mu_) = false;
  bool queued_at_leisure_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace skyden::kds
