// SPDX-License-Identifier: Apache-2.0
// Looks are reads. Nothing is written where nothing has to go.
#include "skyden/control_planes/housekeeping.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "control_planes/deleted.h"
#include "skyden/base/limits_past.h"
#include "skyden/base/status.h"
#include "skyden/store/daemons.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::control_planes {
namespace {

constexpr absl::Duration kEvery = absl::Hours(1);

absl::Status EndOldDeleted(const HousekeepingDeps& deps, const model::OrganizationScope& scope,
                           const std::vector<store::DeletedControlPlane>& deleted) {
  const absl::Time now = deps.clock.Now();
  for (const store::DeletedControlPlane& one : deleted) {
    if (one.deleted_at + deps.deleted_retention > now) continue;
    const absl::Status ended = deps.store.WriteDirectory(
        scope, [&](store::DirectoryTx& tx) { return EndDeleted(tx, one.id, now); });
    // Somebody had it back meanwhile.
    if (!ended.ok() && !absl::IsNotFound(ended)) return ended;
  }
  return absl::OkStatus();
}

// In a control plane.
absl::Status PruneHistory(const HousekeepingDeps& deps, const model::TenantScope& scope) {
  std::optional<absl::Time> before;
  if (deps.history_retention > absl::ZeroDuration()) {
    before = deps.clock.Now() - deps.history_retention;
  }
  bool wanted = false;
  SKYDEN_RETURN_IF_ERROR(deps.store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const store::HistorySpan span, tx.FindHistorySpan());
    wanted = span.bytes > span.bytes_max;
    if (wanted || span.bytes == 0 || !before.has_value()) return absl::OkStatus();
    SKYDEN_ASSIGN_OR_RETURN(const auto oldest, tx.FindOldestChange());
    wanted = oldest.has_value() && *oldest < *before;
    return absl::OkStatus();
  }));
  uint64_t removed = wanted ? base::limits::kHistoryPrunedAtOnce : 0;
  while (removed == base::limits::kHistoryPrunedAtOnce) {
    const auto written = deps.store.Write(
        scope, store::WritePlan::ReadsAnything(), [&](store::WriteTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(removed, tx.PruneHistory(before));
          return absl::OkStatus();
        });
    if (!written.ok()) return written.status();
  }
  return absl::OkStatus();
}

absl::Status KeepHouseOf(const HousekeepingDeps& deps, model::OrganizationKey organization) {
  const auto system = model::SystemScope::For("housekeeping");
  std::vector<store::ControlPlaneRecord> control_planes;
  std::vector<store::DeletedControlPlane> deleted;
  SKYDEN_RETURN_IF_ERROR(deps.store.ReadDirectory(
      system.In(organization), [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(control_planes, tx.ListControlPlanes());
        SKYDEN_ASSIGN_OR_RETURN(deleted, tx.ListDeletedControlPlanes());
        return absl::OkStatus();
      }));
  SKYDEN_RETURN_IF_ERROR(EndOldDeleted(deps, system.In(organization), deleted));
  for (const store::ControlPlaneRecord& one : control_planes) {
    const absl::Status pruned = PruneHistory(deps, system.In(organization, one.tenant, one.id));
    // It was deleted meanwhile.
    if (!pruned.ok() && !absl::IsNotFound(pruned)) return pruned;
  }
  return deps.others == nullptr ? absl::OkStatus() : deps.others(organization);
}

}  // namespace

absl::Status KeepHouse(const HousekeepingDeps& deps) {
  const auto system = model::SystemScope::For("housekeeping");
  SKYDEN_ASSIGN_OR_RETURN(const auto organizations, deps.store.ListOrganizations(system));
  for (const store::OrganizationRecord& organization : organizations) {
    SKYDEN_RETURN_IF_ERROR(KeepHouseOf(deps, organization.key));
  }
  return absl::OkStatus();
}

class Housekeeping::State : public std::enable_shared_from_this<State> {
 public:
  State(HousekeepingDeps deps, base::Timers& timers, base::Executor& workers)
      : deps_(deps), timers_(timers), workers_(workers) {}

  void After(absl::Duration delay) {
    absl::MutexLock lock(&mu_);
    if (stopped_) return;
    timer_ = timers_.After(delay, workers_, [weak = weak_from_this()] {
      auto self = weak.lock();
      if (self == nullptr) return;
      const bool leads = store::Leads(self->deps_.store);
      const absl::Status kept = leads ? KeepHouse(self->deps_) : absl::OkStatus();
      if (!kept.ok()) {
        telemetry::Log(telemetry::Level::warning, "what is old stays for now",
                       {{"reason", std::string(kept.message())}});
      }
      self->After(kEvery);
    });
  }

  void Stop() {
    absl::MutexLock lock(&mu_);
    stopped_ = true;
    timers_.Cancel(timer_);
  }

 private:
  const HousekeepingDeps deps_;
  base::Timers& timers_;
  base::Executor& workers_;
  absl::Mutex mu_;
  base::Timers::Id timer_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
};

Housekeeping::Housekeeping(HousekeepingDeps deps, base::Timers& timers, base::Executor& workers)
    : state_(std::make_shared<State>(deps, timers, workers)) {
  state_->After(absl::ZeroDuration());
}
Housekeeping::~Housekeeping() { state_->Stop(); }

}  // namespace skyden::control_planes
