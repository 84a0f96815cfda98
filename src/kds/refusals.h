// SPDX-License-Identifier: Apache-2.0
// Who was turned away. A flood of strangers must not become a flood of lines, and is nobody's
// business but the operator's.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/kds/rejected_connection.h"

namespace skyden::kds {

// Of each address, and of an address at each control plane whose credential it has shown, the first
// limits::kRefusalsPerMinute are told (log, listener); more are counted and told together when the
// minute is over. Lists are bounded: what strangers do is in one of its own. Thread-safe.
class Refusals : public std::enable_shared_from_this<Refusals> {
 public:
  struct Deps {
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
    std::function<void(const RejectedConnection&)> tell = nullptr;
  };
  explicit Refusals(Deps deps) : deps_(std::move(deps)) {}

  // It is listed under its control plane, which it has only when a credential of that was shown.
  void Add(RejectedConnection one) ABSL_LOCKS_EXCLUDED(mu_);

  // Newest first.
  std::vector<RejectedConnection> Of(const model::ControlPlaneId& control_plane) const
      ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<RejectedConnection> All() const ABSL_LOCKS_EXCLUDED(mu_);
  // Ordered by name.
  std::vector<RefusedZone> ZonesOf(const model::ControlPlaneId& control_plane) const
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Counted {
    uint64_t seen = 0;
    uint64_t untold = 0;
    std::string address{};
    RejectedConnection last{};
  };
  using List = std::deque<RejectedConnection>;
  using Zones = std::map<std::string, RefusedZone>;
  void PushZone(const RejectedConnection& one) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  static void Push(List& list, const RejectedConnection& one);
  // True when it is to be told now.
  bool Count(const RejectedConnection& one) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Tell(const RejectedConnection& one) const;
  void EndMinute() ABSL_LOCKS_EXCLUDED(mu_);

  const Deps deps_;
  mutable absl::Mutex mu_;
  absl::flat_hash_map<std::string, Counted> counted_ ABSL_GUARDED_BY(mu_);
  bool armed_ ABSL_GUARDED_BY(mu_) = false;
  List strangers_ ABSL_GUARDED_BY(mu_);
  List known_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<model::ControlPlaneId, List> by_control_plane_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<model::ControlPlaneId, Zones> zones_ ABSL_GUARDED_BY(mu_);
  size_t zone_count_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace skyden::kds
