// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/retention.h"

#include <algorithm>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/json_text.h"
#include "skyden/base/status.h"
#include "skyden/telemetry/log.h"

namespace skyden::audit {
namespace {

constexpr absl::Duration kEvery = absl::Hours(1);
constexpr uint64_t kAtOnce = 512;

// The last entry that may go; 0 when there is none.
absl::StatusOr<uint64_t> LastToGo(const RetentionDeps& deps,
                                  const model::OrganizationScope& scope) {
  uint64_t through = 0;
  const auto look = [&](store::DirectoryReadTx& tx) -> absl::Status {
    store::AuditQuery query;
    query.to = deps.clock.Now() - deps.keep;
    query.limit = 1;
    SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage old, tx.ListAudit(query));
    if (old.entries.empty()) return absl::OkStatus();
    through = old.entries.front().sequence;
    if (deps.reader.empty()) return absl::OkStatus();
    SKYDEN_ASSIGN_OR_RETURN(const auto marks, tx.ListAuditMarks());
    uint64_t read = 0;
    for (const store::AuditMark& mark : marks) {
      if (mark.name == deps.reader) read = mark.sequence;
    }
    through = std::min(through, read);
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(deps.store.ReadDirectory(scope, look));
  return through;
}

absl::Status PruneOne(const RetentionDeps& deps, model::OrganizationKey organization) {
  const auto scope = model::SystemScope::For("audit retention").In(organization);
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t through, LastToGo(deps, scope));
  const absl::Time now = deps.clock.Now();
  for (bool first = true;; first = false) {
    uint64_t removed = 0;
    const auto remove = [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(removed, tx.PruneAudit(through, kAtOnce));
      if (!first || removed == 0) return absl::OkStatus();
      tx.Audit({now, store::kActionPrune, "", "",
                base::JsonObjectText().Raw("through", std::to_string(through)).Take()});
      return absl::OkStatus();
    };
    SKYDEN_RETURN_IF_ERROR(deps.store.WriteDirectory(scope, remove));
    if (removed < kAtOnce) return absl::OkStatus();
  }
}

}  // namespace

absl::Status Prune(const RetentionDeps& deps) {
  const auto system = model::SystemScope::For("audit retention");
  SKYDEN_ASSIGN_OR_RETURN(const auto organizations, deps.store.ListOrganizations(system));
  for (const store::OrganizationRecord& organization : organizations) {
    SKYDEN_RETURN_IF_ERROR(PruneOne(deps, organization.key));
  }
  return absl::OkStatus();
}

class Retention::State : public std::enable_shared_from_this<State> {
 public:
  State(RetentionDeps deps, base::Timers& timers, base::Executor& workers)
      : deps_(std::move(deps)), timers_(timers), workers_(workers) {}

  void After(absl::Duration delay) {
    absl::MutexLock lock(&mu_);
    if (stopped_) return;
    timer_ = timers_.After(delay, workers_, [weak = weak_from_this()] {
      auto self = weak.lock();
      if (self == nullptr) return;
      if (const absl::Status pruned = Prune(self->deps_); !pruned.ok()) {
        telemetry::Log(telemetry::Level::warning, "old entries of the audit stay for now",
                       {{"reason", std::string(pruned.message())}});
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
  const RetentionDeps deps_;
  base::Timers& timers_;
  base::Executor& workers_;
  absl::Mutex mu_;
  base::Timers::Id timer_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
};

Retention::Retention(RetentionDeps deps, base::Timers& timers, base::Executor& workers)
    : state_(std::make_shared<State>(std::move(deps), timers, workers)) {
  state_->After(absl::ZeroDuration());
}
Retention::~Retention() { state_->Stop(); }

}  // namespace skyden::audit
