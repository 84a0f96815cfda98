// SPDX-License-Identifier: Apache-2.0
// Keeps the Zone and ZoneInsight resources of connected zones: few writes for many events.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "kds/zone_session.h"
#include "skyden/base/clock.h"
#include "skyden/base/cond_var.h"
#include "skyden/base/executor.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::kds {

// Merges `update` into the spec of a ZoneInsight (kuma.system.v1alpha1.ZoneInsight): subscriptions
// by id, at most limits::kZoneSubscriptions of them, only the newest with its configuration; a new
// one closes those that were left open. DATA_LOSS when `spec` does not decode.
absl::StatusOr<std::string> MergeInsight(const std::string& spec, const InsightUpdate& update,
                                         const model::TypeRegistry& registry,
                                         const std::string& instance_id, absl::Time now);
// Closes all open subscriptions but those of daemons that live, by their instance ids.
// nullopt-like empty string when there was none to close.
using Instances = std::set<std::string>;
absl::StatusOr<std::string> CloseSubscriptions(const std::string& spec, absl::Time now,
                                               const Instances& live = {});
// Whether the zone has connected to another daemon since `subscription`, which is of this one's:
// subscriptions stand in the order in which they were committed. One that is not there yet was not
// followed.
bool IsFollowedElsewhere(const std::string& spec, const std::string& subscription);

// Thread-safe. Sessions that have something to tell are queued and written together: at once when
// a zone comes or goes, else after `flush_interval`. An idle zone costs nothing.
class InsightWriter : public std::enable_shared_from_this<InsightWriter> {
 public:
  struct Deps {
    store::Store& store;
    const model::TypeRegistry& registry;
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
    std::string instance_id;
    absl::Duration flush_interval;
  };
  explicit InsightWriter(Deps deps);

  enum class When { kSoon, kAtLeisure };
  // `session` became dirty; it must not be queued twice for the same reason (its own functions say
  // when it was clean before).
  void Queue(std::shared_ptr<ZoneSession> session, When when) ABSL_LOCKS_EXCLUDED(mu_);
  // Writes everything that is queued; returns when it is on disk or `at_most` has passed. Blocks.
  void FlushAll(absl::Duration at_most) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Sessions = std::vector<std::shared_ptr<ZoneSession>>;
  void Flush(When when) ABSL_LOCKS_EXCLUDED(mu_);
  void Write(Sessions sessions) ABSL_LOCKS_EXCLUDED(mu_);
  void WriteSome(Sessions sessions) ABSL_LOCKS_EXCLUDED(mu_);
  void Written(const Sessions& sessions, const std::vector<InsightUpdate>& updates,
               const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Apply(store::WriteTx& tx, const InsightUpdate& update, absl::Time now) const;

  const Deps deps_;
  const model::TypeId insight_type_;

  absl::Mutex mu_;
  base::CondVar idle_;
  Sessions soon_ ABSL_GUARDED_BY(mu_);
  Sessions at_leisure_ ABSL_GUARDED_BY(mu_);
  bool soon_armed_ ABSL_GUARDED_BY(mu_) = false;
  bool leisure_armed_ ABSL_GUARDED_BY(mu_) = false;
  size_t writes_pending_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace skyden::kds
