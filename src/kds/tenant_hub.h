// SPDX-License-Identifier: Apache-2.0
// What the live zones of one control plane share: the snapshots of its types, and the news of
// changes, gathered for a moment before they are passed on.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kds/delta_server.h"
#include "kds/notice.h"
#include "kds/progress.h"
#include "kds/snapshot.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "skyden/resources/rollouts.h"
#include "skyden/store/change.h"

namespace skyden::kds {

// Told which types may have changed.
class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  // Brief, any thread.
  virtual void OnChanged(const std::shared_ptr<const Notice>& notice) = 0;
};

// Thread-safe. Lives as long as a stream of the control plane does.
class TenantHub : public std::enable_shared_from_this<TenantHub> {
 public:
  struct Deps {
    const model::TypeRegistry& registry;
    resources::ResourceViews& views;
    resources::ResourceManager& manager;
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
    absl::Duration debounce;
    absl::Duration debounce_max;
    resources::Rollouts* rollouts = nullptr;  // null: all zones are told what is stored
  };
  TenantHub(Deps deps, model::TenantScope scope);

  // What `zone` is told; empty: what zones are told that no rollout has reached.
  absl::StatusOr<SnapshotRef> Current(model::TypeId type, Features features,
                                      std::string_view zone = {}) ABSL_LOCKS_EXCLUDED(mu_);
  // For a receiver that takes messages of `message_bytes_max`.
  std::shared_ptr<const Delta> Between(const SnapshotRef& from, const SnapshotRef& to,
                                       size_t message_bytes_max) ABSL_LOCKS_EXCLUDED(mu_);

  // A zone that takes messages of this size is there.
  void NoteMessageBytes(size_t bytes_max);
  // Is the type's first state, when it was last sent, as large as half of what some zone takes?
  // Brief.
  bool IsLarge(model::TypeId type) const {
    return (large_[static_cast<size_t>(type) / 64] >> static_cast<size_t>(type) % 64 & 1) != 0;
  }
  // The size of the type's first state as of now. Blocks on the disk.
  absl::StatusOr<size_t> WholeBytesNow(model::TypeId type, Features features)
      ABSL_LOCKS_EXCLUDED(mu_);

  // A change of the control plane: only takes note.
  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(dirty_mu_);
  // Asks the store for changes that no notice told of: one read when the control plane's revision
  // is that of the last time, else one of each type. Blocks on the disk.
  void Resync() ABSL_LOCKS_EXCLUDED(resync_mu_, dirty_mu_);
  // The same, unless it was done before, or notices reach up to `revision` anyhow: they tell of
  // what is written once there is a hub.
  void CatchUp(model::Revision revision) ABSL_LOCKS_EXCLUDED(resync_mu_, dirty_mu_);
  PassedOn passed_on() const ABSL_LOCKS_EXCLUDED(dirty_mu_);

  // Every change after the revision that is returned is told to the listener, and those before are
  // in what is read from now on.
  model::Revision AddListener(std::weak_ptr<ChangeListener> listener)
      ABSL_LOCKS_EXCLUDED(listeners_mu_, dirty_mu_);

  const model::TenantScope& scope() const { return scope_; }
  uint64_t snapshots_built() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using LiveRef = std::shared_ptr<const resources::LiveRollouts>;
  struct CachedDelta {
    SnapshotRef from;
    std::shared_ptr<const Delta> delta;
  };
  struct Entry {
    SnapshotRef current;
    // Of one with a lane: what its view was made of.
    std::shared_ptr<const resources::ResourceView> stored;
    LiveRef rollouts;
    std::vector<CachedDelta> deltas;  // to `current`, newest last
    SnapshotRef counted;              // whose first state has
    size_t whole_bytes = 0;
  };
  static uint32_t EntryKey(model::TypeId type, Features features, uint8_t lane) {
    return uint32_t{lane} << 24 | static_cast<uint32_t>(type) << 8 | features;
  }
  void DropLanes(const LiveRef& rollouts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  absl::StatusOr<std::shared_ptr<const ZoneSet>> DisabledZones() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void SetWhole(Entry& entry, const SnapshotRef& to, size_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  size_t CountWhole(Entry& entry, const SnapshotRef& to) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status MakePromisedKeys() ABSL_LOCKS_EXCLUDED(dirty_mu_);
  // `revision`: everything up to it is in `types`, or was told before.
  void MarkDirty(const TypeSet& types, model::Revision revision) ABSL_LOCKS_EXCLUDED(dirty_mu_);
  void Arm(absl::Duration delay);
  void Flush() ABSL_LOCKS_EXCLUDED(dirty_mu_, listeners_mu_);

  const Deps deps_;
  const model::TenantScope scope_;
  TypeSet sent_types_;        // types of which zones get something
  TypeSet cross_zone_types_;  // depend on which zones are enabled
  TypeSet secret_types_;
  size_t zone_type_ = 0;
  size_t mesh_type_ = 0;

  // Held while a snapshot is built: the others that want one wait for the same.
  mutable absl::Mutex mu_;
  absl::flat_hash_map<uint32_t, Entry> entries_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<const resources::ResourceView> zones_view_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<const ZoneSet> disabled_ ABSL_GUARDED_BY(mu_);
  uint64_t snapshots_built_ ABSL_GUARDED_BY(mu_) = 0;
  bool has_lanes_ ABSL_GUARDED_BY(mu_) = false;  // entries of rollouts

  absl::Mutex resync_mu_;  // taken before dirty_mu_
  std::optional<model::Revision> resynced_ ABSL_GUARDED_BY(resync_mu_);

  std::array<std::atomic<uint64_t>, kTypesMax / 64> large_{};
  std::atomic<size_t> message_bytes_min_{base::limits::kKdsMessageBytes};  // of all zones

  mutable absl::Mutex dirty_mu_;
  Notice next_ ABSL_GUARDED_BY(dirty_mu_);  // `since` and `until` are set when it is passed on
  model::Revision known_ ABSL_GUARDED_BY(dirty_mu_) = 0;
  model::Revision told_ ABSL_GUARDED_BY(dirty_mu_) = 0;
  bool is_based_ ABSL_GUARDED_BY(dirty_mu_) = false;  // known_ does not rest on notices alone
  bool armed_ ABSL_GUARDED_BY(dirty_mu_) = false;
  // How often keys may have been promised, and up to which of these they are known to be made.
  uint64_t keys_promised_ ABSL_GUARDED_BY(dirty_mu_) = 1;
  uint64_t keys_made_ ABSL_GUARDED_BY(dirty_mu_) = 0;
  absl::Duration first_change_ ABSL_GUARDED_BY(dirty_mu_);
  absl::Duration last_change_ ABSL_GUARDED_BY(dirty_mu_);

  absl::Mutex listeners_mu_;
  std::vector<std::weak_ptr<ChangeListener>> listeners_ ABSL_GUARDED_BY(listeners_mu_);
};

// The hub as one stream sees it: with its zone's features. Strand-bound.
class HubSource final : public SnapshotSource {
 public:
  HubSource(std::shared_ptr<TenantHub> hub, const model::TypeRegistry& registry, std::string zone,
            Features features, size_t message_bytes_max)
      : hub_(std::move(hub)),
        registry_(registry),
        zone_(std::move(zone)),
        features_(features),
        message_bytes_max_(message_bytes_max) {}
  absl::StatusOr<SnapshotRef> Current(model::TypeId type) override {
    return hub_->Current(type, features_ & RelevantFeatures(registry_.at(type)), zone_);
  }
  std::shared_ptr<const Delta> Between(const SnapshotRef& from, const SnapshotRef& to) override {
    return hub_->Between(from, to, message_bytes_max_);
  }

 private:
  const std::shared_ptr<TenantHub> hub_;
  const model::TypeRegistry& registry_;
  const std::string zone_;
  const Features features_;
  const size_t message_bytes_max_;
};

}  // namespace skyden::kds
