// SPDX-License-Identifier: Apache-2.0
// Changes that are released zone by zone.
//
// A rollout holds documents that are checked as a write is, and not written: what they come to lies
// in its row. Zones of waves that were released are told that instead of what is stored; others,
// and people, what is stored. Finishing writes the documents in one transaction; ending it in any
// other way lets all zones have again what is stored. What a zone is told is a function of rows
// alone, so neither a restart nor a zone that comes later makes a difference.
//
// One rollout at a time for a mesh, at most limits::kRolloutsAtOnce for a control plane.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/rollouts.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// A wave is let through while the share of failed requests of its proxies rises no further.
struct RolloutGate {
  double rise_max = 0.01;       // 0.01: from 2 % to 3 %
  uint64_t requests_min = 100;  // of all proxies together, while it is held; fewer say nothing
};

struct RolloutPlan {
  std::vector<std::vector<std::string>> waves;  // names of zones, each in one wave at most
  absl::Duration hold;  // from when all zones of a wave have it until the next one
  std::optional<RolloutGate> gate{};
  enum class Away : uint8_t { kAwaited, kSkipped } away = Away::kAwaited;  // zones that are
  enum class End : uint8_t { kByHand, kByItself } end = End::kByHand;      // after the last wave
  std::string actor;  // who began it, for people
};

struct RolloutItem {
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
  model::Revision base = 0;  // the revision it was thought out over; 0: there was none
  bool goes = false;         // it is deleted
  model::Resource after;     // empty when it goes, and once the rollout is over

  std::string_view action() const { return goes ? "delete" : base == 0 ? "create" : "update"; }
};

struct Rollout {
  using State = store::RolloutRecord::State;

  std::string id;
  std::string mesh;
  State state = State::kRunning;
  size_t wave = 0;               // how many are released
  model::Revision revision = 0;  // of the last step that zones see; 0: there was none
  absl::Time created_at;
  absl::Time changed_at;
  RolloutPlan plan;
  std::string documents;                          // empty once it is over
  std::vector<RolloutItem> items;                 // what changes
  absl::Time released_at = absl::InfinitePast();  // the last wave
  // When every zone of it had it.
  std::optional<absl::Time> arrived_at{};
  std::string reason;    // why it is paused, or over
  std::string measured;  // what the gate knows of the wave from before; its own business

  bool IsLive() const { return state <= State::kReady; }
  // The zone is told what would be written.
  bool IsReleasedTo(std::string_view zone) const;
  // The zone is told what was, or is to be, written: it is released to it, or is for all.
  bool IsTold(std::string_view zone) const;
  // That the zone is in, from 1; 0: none.
  size_t WaveOf(std::string_view zone) const;
  const RolloutItem* Find(model::TypeId type, const model::ResourceKey& key) const;
  std::vector<model::TypeId> types() const;  // of the items, sorted
};

// The zones of a wave: by name, or so many that with those of the waves before it has reached so
// many percent (1 to 100) of all that are enabled, in the order of their names.
using RolloutWave = std::variant<std::vector<std::string>, int>;

struct RolloutRequest {
  std::string body;  // as ReadImportBody takes it
  std::vector<RolloutWave> waves;
  absl::Duration hold = absl::ZeroDuration();
  std::optional<RolloutGate> gate{};
  RolloutPlan::Away away = RolloutPlan::Away::kAwaited;
  RolloutPlan::End end = RolloutPlan::End::kByHand;
  std::optional<model::Revision> if_revision{};  // PutRequest::if_revision
};

// Those of a control plane that are not over. Immutable.
class LiveRollouts {
 public:
  explicit LiveRollouts(std::vector<Rollout> all);

  const std::vector<Rollout>& all() const { return all_; }
  // Which of them tell `zone` another state of `type`, one bit each; 0: it is told what is stored.
  uint8_t LaneOf(model::TypeId type, std::string_view zone) const;
  // `stored`, of `type`, as zones with this lane are told it.
  std::shared_ptr<const ResourceView> Told(const std::shared_ptr<const ResourceView>& stored,
                                           model::TypeId type, uint8_t lane) const;
  // That changes the resource; nullptr: none does.
  const Rollout* Of(model::TypeId type, const model::ResourceKey& key) const;

 private:
  std::vector<Rollout> all_;
  std::vector<std::vector<model::TypeId>> types_;  // of each, sorted
};

// Thread-safe. Calls block on the disk. Of a rollout that is not there: NOT_FOUND. A step that the
// state does not allow (any more): FAILED_PRECONDITION. People's calls are audited in their name.
class Rollouts {
 public:
  struct Deps {  // all must outlive it
    store::Store& store;
    const model::TypeRegistry& registry;
    const ResourceCodec& codec;
    ResourceViews& views;
    base::Clock& clock;
  };
  static std::unique_ptr<Rollouts> Create(const Deps& deps);
  virtual ~Rollouts() = default;

  // Nothing is released yet: whoever drives it does that. INVALID_ARGUMENT with a violation for
  // each thing that is wrong: with the documents as Foresee says it, with what cannot be released
  // zone by zone (secrets, what is of no mesh, what zones make, two meshes), with the waves.
  // ALREADY_EXISTS when the mesh has one; RESOURCE_EXHAUSTED over kRolloutsAtOnce; ABORTED, titled
  // "Conflict", when something was changed meanwhile. Takes long.
  virtual absl::StatusOr<Rollout> Start(const model::TenantScope& scope,
                                        RolloutRequest request) = 0;
  // Those that are over too, as long as they are kept. The oldest first.
  virtual absl::StatusOr<std::vector<Rollout>> List(const model::TenantScope& scope) = 0;
  virtual absl::StatusOr<Rollout> Find(const model::TenantScope& scope, std::string_view id) = 0;

  virtual absl::StatusOr<Rollout> Pause(const model::TenantScope& scope, std::string_view id,
                                        std::string reason) = 0;
  virtual absl::StatusOr<Rollout> Resume(const model::TenantScope& scope, std::string_view id) = 0;
  // Takes it back everywhere.
  virtual absl::StatusOr<Rollout> Abort(const model::TenantScope& scope, std::string_view id,
                                        std::string reason) = 0;
  // Writes the documents, whichever waves were released. ABORTED, titled "Conflict", when one of
  // the resources is not what it was: nothing happens then. Otherwise errors are an import's.
  virtual absl::StatusOr<Rollout> Finish(const model::TenantScope& scope, std::string_view id) = 0;

  // Steps of whoever drives it, of `seen` as it was looked at: FAILED_PRECONDITION when it is
  // further, or stopped, by now.
  virtual absl::StatusOr<Rollout> Release(const model::TenantScope& scope, const Rollout& seen,
                                          std::string measured) = 0;
  virtual absl::StatusOr<Rollout> NoteArrival(const model::TenantScope& scope,
                                              const Rollout& seen) = 0;
  virtual absl::StatusOr<Rollout> NoteReady(const model::TenantScope& scope,
                                            const Rollout& seen) = 0;
  virtual absl::StatusOr<Rollout> TakeBack(const model::TenantScope& scope, const Rollout& seen,
                                           std::string reason) = 0;
  // ABORTED, naming it, when one of its resources is not what it was thought out over.
  virtual absl::Status CheckStill(const model::TenantScope& scope, const Rollout& seen) = 0;

  // In memory, but for the first time after one changed. What it says is no older than any commit
  // that was acknowledged before the call, and views that are asked for afterwards no older than
  // it.
  virtual absl::StatusOr<std::shared_ptr<const LiveRollouts>> Live(
      const model::TenantScope& scope) = 0;
};

}  // namespace skyden::resources
