// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/retention.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/crypto.h"
#include "skyden/base/json_text.h"
#include "skyden/base/status.h"
#include "skyden/store/daemons.h"
#include "skyden/store/directory_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::audit {
namespace {

constexpr absl::Duration kEvery = absl::Hours(1);
constexpr uint64_t kAtOnce = 512;
// Entries that come between two times of pruning, at most: about 10 MiB.
constexpr uint64_t kGrowth = 16'384;

// The last entry of a chain that may go.
struct Last {
  uint64_t sequence = 0;  // 0: there is none
  store::AuditDigest hash{};
};

absl::StatusOr<uint64_t> LastOfAge(const RetentionDeps& deps, store::DirectoryReadTx& tx,
                                   model::TenantKey chain) {
  if (deps.keep == absl::ZeroDuration()) return 0;
  store::AuditQuery query;
  query.chain = chain;
  query.to = deps.clock.Now() - deps.keep;
  query.limit = 1;
  SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage old, tx.ListAudit(query));
  return old.entries.empty() ? 0 : old.entries.front().sequence;
}

absl::StatusOr<uint64_t> LastRead(const RetentionDeps& deps, store::DirectoryReadTx& tx,
                                  model::TenantKey chain) {
  if (deps.reader.empty()) return std::numeric_limits<uint64_t>::max();
  SKYDEN_ASSIGN_OR_RETURN(const auto marks, tx.ListAuditMarks(chain));
  for (const store::AuditMark& mark : marks) {
    if (mark.name == deps.reader) return mark.sequence;
  }
  return 0;
}

// `beyond`: the last place that is over the size that is kept.
absl::Status FindLast(const RetentionDeps& deps, store::DirectoryReadTx& tx, model::TenantKey chain,
                      uint64_t beyond, Last& last) {
  SKYDEN_ASSIGN_OR_RETURN(uint64_t through, LastOfAge(deps, tx, chain));
  if (beyond > 0) {
    SKYDEN_ASSIGN_OR_RETURN(const auto entry, tx.FindAuditUpTo(chain, beyond));
    if (entry.has_value()) through = std::max(through, entry->sequence);
  }
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t read, LastRead(deps, tx, chain));
  store::AuditQuery query;
  query.chain = chain;
  query.beyond = std::min(through, read) + 1;
  query.limit = 1;
  SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage found, tx.ListAudit(query));
  if (!found.entries.empty()) last = {found.entries.front().sequence, found.entries.front().hash};
  return absl::OkStatus();
}

// Whoever kept an export can see that the chain goes on where it ends.
std::string DetailOf(const Last& last) {
  return base::JsonObjectText()
      .Raw("through", std::to_string(last.sequence))
      .Text("hash",
            base::HexLower({reinterpret_cast<const char*>(last.hash.data()), last.hash.size()}))
      .Take();
}

absl::Status PruneChain(const RetentionDeps& deps, const model::OrganizationScope& scope,
                        const store::AuditChainRef& chain, const Last& last) {
  store::ControlPlaneRecord about;
  about.tenant = chain.chain;
  about.id = chain.control_plane;
  const absl::Time now = deps.clock.Now();
  for (bool first = true;; first = false) {
    uint64_t removed = 0;
    const auto remove = [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(removed, tx.PruneAudit(chain.chain, last.sequence, kAtOnce));
      if (!first || removed == 0) return absl::OkStatus();
      tx.AuditAbout(about, {now, store::kActionPrune, "", "", DetailOf(last)});
      return absl::OkStatus();
    };
    SKYDEN_RETURN_IF_ERROR(deps.store.WriteDirectory(scope, remove));
    if (removed < kAtOnce) return absl::OkStatus();
  }
}

absl::Status PruneOne(const RetentionDeps& deps, model::OrganizationKey organization) {
  const auto scope = model::SystemScope::For("audit retention").In(organization);
  std::vector<store::AuditChainRef> chains;
  uint64_t beyond = 0;
  SKYDEN_RETURN_IF_ERROR(
      deps.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(chains, tx.ListAuditChains());
        if (deps.keep_bytes == 0) return absl::OkStatus();
        SKYDEN_ASSIGN_OR_RETURN(beyond, tx.FindAuditBeyond(deps.keep_bytes));
        return absl::OkStatus();
      }));
  for (const store::AuditChainRef& chain : chains) {
    Last last;
    SKYDEN_RETURN_IF_ERROR(deps.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) {
      return FindLast(deps, tx, chain.chain, beyond, last);
    }));
    if (last.sequence == 0) continue;
    SKYDEN_RETURN_IF_ERROR(PruneChain(deps, scope, chain, last));
  }
  return absl::OkStatus();
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

  void Start() {
    subscription_ = deps_.store.SubscribeAudit([this](const store::AuditGrowth&) { CountEntry(); });
    After(absl::ZeroDuration());
  }

  void Stop() {
    subscription_.reset();
    absl::MutexLock lock(&mu_);
    stopped_ = true;
    timers_.Cancel(timer_);
  }

 private:
  void After(absl::Duration delay) {
    absl::MutexLock lock(&mu_);
    if (stopped_) return;
    timer_ = timers_.After(delay, workers_, [weak = weak_from_this()] {
      auto self = weak.lock();
      if (self == nullptr) return;
      self->PruneNow();
      self->After(kEvery);
    });
  }

  // On the engine's thread. A commit's entries of a chain count as one: few have more.
  void CountEntry() {
    if (++grown_ < kGrowth || pruning_.exchange(true)) return;
    grown_ = 0;
    workers_.Post([weak = weak_from_this()] {
      auto self = weak.lock();
      if (self == nullptr) return;
      self->PruneNow();
      self->pruning_ = false;
    });
  }

  // Two at once would remove the same, and nothing twice.
  void PruneNow() {
    if (!store::Leads(deps_.store)) return;
    const absl::Status pruned = Prune(deps_);
    if (pruned.ok()) return;
    telemetry::Log(telemetry::Level::warning, "old entries of the audit stay for now",
                   {{"reason", std::string(pruned.message())}});
  }

  const RetentionDeps deps_;
  base::Timers& timers_;
  base::Executor& workers_;
  std::atomic<uint64_t> grown_{0};
  std::atomic<bool> pruning_{false};
  std::unique_ptr<store::Subscription> subscription_;
  absl::Mutex mu_;
  base::Timers::Id timer_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
};

Retention::Retention(RetentionDeps deps, base::Timers& timers, base::Executor& workers)
    : state_(std::make_shared<State>(std::move(deps), timers, workers)) {
  state_->Start();
}
Retention::~Retention() { state_->Stop(); }

}  // namespace skyden::audit
