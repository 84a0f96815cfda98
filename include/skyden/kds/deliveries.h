// SPDX-License-Identifier: Apache-2.0
// How far what a control plane holds has come to its zones: exact, since it is what their streams
// sent and were answered.
//
// A zone has *arrived* at a revision when it has taken every change up to it that concerns it. It
// says so of whole types, so a change that goes along with an older one arrives with it; what it
// refused it has not taken.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/kds/connected_zones.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"

namespace skyden::kds {

// How a zone stands with regard to a revision.
enum class Standing : uint8_t {
  kArrived,
  kBehind,    // is connected, and something is on its way, or not looked at yet
  kRefused,   // is connected, refused something, and nothing else is on its way
  kWithheld,  // the same of a type that is too large for it
  kOffline,   // was connected
  kNever,     // never was
};
inline constexpr size_t kStandings = 6;
constexpr std::string_view StandingName(Standing standing) {
  constexpr std::array<std::string_view, kStandings> kNames = {"arrived",  "behind",  "refused",
                                                               "withheld", "offline", "never"};
  return kNames[static_cast<size_t>(standing)];
}

// Where a change of a type is that a zone has not taken.
enum class Stage : uint8_t {
  kWaits,     // nobody has looked yet whether it concerns the zone
  kSent,      // or about to be
  kRefused,   // by the zone, and it was sent nothing of the type since
  kWithheld,  // too large for the zone
};
constexpr std::string_view StageName(Stage stage) {
  constexpr std::array<std::string_view, 4> kNames = {"waits", "sent", "refused", "withheld"};
  return kNames[static_cast<size_t>(stage)];
}

struct OpenTypeOfZone {
  model::TypeId type{};
  Stage stage = Stage::kWaits;
  model::Revision taken_until = 0;  // it has taken all of the type up to here
  std::optional<absl::Time> behind_since{};
};

// What a zone refused, and has taken no other form of since.
struct RefusalOfZone {
  model::TypeId type{};
  model::ResourceKey key;  // no name: of this type, the zone did not say which
  std::string reason;      // the zone's words, cut, without what looks like a secret
  absl::Time since;
  model::Revision revision = 0;  // that wrote it; 0 without a name
};

struct ZoneStanding {
  std::string zone_name;
  Standing standing = Standing::kNever;
  bool is_enabled = true;
  bool counts = true;               // is among those that were asked for
  model::Revision taken_until = 0;  // of connected zones: where it has arrived
  // Of zones that are not connected: when they went.
  std::optional<absl::Time> gone_since{};
  // What keeps a connected one from the revision.
  std::vector<OpenTypeOfZone> types{};
  std::vector<RefusalOfZone> refused{};
};

struct PropagationQuery {
  std::optional<model::Revision> revision{};  // nullopt: the newest there is
  enum class Zones : uint8_t {
    kConnected,  // those that are now, or were at any time after `seen_since`
    kAll,        // and those that are not, or never were, unless they are disabled
    kNamed,
  } zones = Zones::kConnected;
  std::vector<std::string> names{};  // kNamed
  absl::Time seen_since = absl::InfiniteFuture();
};

struct Propagation {
  model::Revision revision = 0;     // what was asked about
  model::Revision newest = 0;       // of the control plane
  std::vector<ZoneStanding> zones;  // all there are, by name
  enum class Outcome : uint8_t {    // of those that count
    kArrived,                       // all of them
    kWaiting,                       // there is one that may
    kRefused,  // there is none, and one that refused something, or cannot be sent it
  } outcome = Outcome::kArrived;
};
constexpr std::string_view OutcomeName(Propagation::Outcome outcome) {
  constexpr std::array<std::string_view, 3> kNames = {"arrived", "waiting", "refused"};
  return kNames[static_cast<size_t>(outcome)];
}

// Revisions of changes that concern the zone. What was deleted counts with one at which it was
// gone.
struct TypeDelivery {
  model::TypeId type{};
  model::Revision newest = 0;  // 0: there was none, or it was deleted before the zone came
  model::Revision sent = 0;
  model::Revision taken = 0;     // sent and not taken in this connection is not taken
  std::optional<Stage> stage{};  // nullopt: it has taken all of it
  std::optional<absl::Time> behind_since{};
};

// One time that a zone was connected.
struct ZoneConnect {
  absl::Time begin;
  std::optional<absl::Time> end{};  // nullopt: it lasts
  std::string instance_id;          // of the zone's control plane
  std::string version;              // of Kuma
  friend bool operator==(const ZoneConnect&, const ZoneConnect&) = default;
};

struct ZoneDelivery {
  ZoneStanding standing;  // with regard to the newest revision
  model::Revision newest = 0;
  std::optional<ConnectedZone> connected{};
  std::vector<TypeDelivery> types{};  // of a connected zone; by type
  std::vector<WithheldType> withheld{};
  std::vector<ZoneConnect> connects{};  // newest first
};

// Thread-safe. What it says is of this daemon's zones.
class Deliveries {
 public:
  virtual ~Deliveries() = default;

  // Blocks on the disk at most. INVALID_ARGUMENT for a revision that is not there yet, and for
  // names that no zone has.
  virtual absl::StatusOr<Propagation> Read(const model::TenantScope& scope,
                                           const PropagationQuery& query) const = 0;

  // The same once it is something else than kWaiting, or `at_most` has passed. The revision is that
  // of the first look, and zones that go meanwhile count as they did. `done` is called once, on a
  // worker. RESOURCE_EXHAUSTED when too many wait (limits::kPropagationWaits...).
  using Done = absl::AnyInvocable<void(absl::StatusOr<Propagation>)>;
  virtual void Await(const model::TenantScope& scope, PropagationQuery query,
                     absl::Duration at_most, Done done) = 0;

  // One zone, in full. `done` is called once, on a worker. NOT_FOUND when there is no such zone.
  virtual void OfZone(const model::TenantScope& scope, std::string zone_name,
                      absl::AnyInvocable<void(absl::StatusOr<ZoneDelivery>)> done) const = 0;
};

}  // namespace skyden::kds
