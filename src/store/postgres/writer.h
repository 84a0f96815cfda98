// SPDX-License-Identifier: Apache-2.0
// The one thread of this daemon that writes: one lane, a transaction for all that waits. What its
// requests planned to read is fetched in one round trip, and what they write goes out with the
// commit (Overlay).
//
// A commit that was acknowledged is on the server's disk (and on its standby's, where it waits for
// one). A connection that is lost before COMMIT was sent costs nothing: the batch runs again on the
// next. Lost after that, nobody knows: the batch's row in the journal says it.
//
// Where other daemons write as well, a batch locks whose rows it touches (OwnerLocks), and what is
// known of the audit's ends is forgotten after each.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/clock.h"
#include "skyden/base/cond_var.h"
#include "skyden/store/write_timings.h"
#include "store/postgres/blueprint.h"
#include "store/postgres/connector.h"
#include "store/postgres/feed.h"
#include "store/postgres/overlay.h"
#include "store/postgres/standing.h"
#include "store/rows/batch.h"
#include "store/rows/remains.h"
#include "store/rows/requests.h"
#include "store/write_queue.h"

namespace skyden::store::postgres {

// Thread-safe.
class Writer {
 public:
  struct Deps {
    Connector& connector;
    rows::Listeners listeners;
    rows::Requests& requests;
    WriteTimings& timings;
    const model::TypeRegistry& registry;
    Blueprint::Batches batches;
    Blueprint::Rows rows;
    Blueprint::Revocations revocations;
    Standing& standing;
    Feed* feed;                 // null where nobody else can have the database open
    absl::Duration patience;    // how long a batch waits for a database that went away
    size_t removals_per_batch;  // rows of deleted control planes removed between two batches
    absl::AnyInvocable<void(absl::Status)> on_fatal;
  };
  // `system`: holds kDaemonLock, with others where they may. `remains`: control planes deleted
  // earlier whose rows are there.
  Writer(Deps deps, std::unique_ptr<Connection> system, std::vector<rows::TenantRef> remains);
  // Runs what waits, then ends.
  ~Writer();

  void Submit(const Lane& lane, rows::WriteRequest request) ABSL_LOCKS_EXCLUDED(mu_);

  // Why writing stopped for good: somebody else has opened the database.
  absl::Status Health() const ABSL_LOCKS_EXCLUDED(mu_);
  // Health(), or that the database cannot be reached, or is full; it is looked for all the while.
  absl::Status Writable() const ABSL_LOCKS_EXCLUDED(mu_);
  // Somebody who reads found the database away: Writable says so until this finds it there.
  void Suspect(const absl::Status& why) ABSL_LOCKS_EXCLUDED(mu_);
  uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }

 private:
  using Batch = rows::Batch;
  using Item = rows::BatchItem;
  using For = rows::WriteRequest::For;

  enum class Tried {
    kAnswered,  // committed, or nothing of it could be kept; everybody knows
    kAgain,     // nothing was kept: the same on a new transaction, or connection
  };

  void Loop();
  bool WaitForWork(bool remains) ABSL_LOCKS_EXCLUDED(mu_);
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return stopping_ || !queue_.empty(); }
  // Takes what waits, as much as a batch may have. False when there is nothing.
  bool Take() ABSL_LOCKS_EXCLUDED(mu_);

  void RunBatch();
  Tried TryBatch(Batch& batch);
  // False when requests have to run again, with a savepoint each.
  bool FirstPass(Batch& batch);
  bool SecondPass(Batch& batch);
  // Begins a transaction for the requests of `batch` and those that are taken.
  void Begin(const Batch& batch);
  // A commit was refused because the database was opened since. False when that ends this daemon's
  // writes; else it knows now who is there.
  bool LookWhoIsThere() ABSL_LOCKS_EXCLUDED(mu_);
  // Fetches what the requests that are taken planned.
  absl::Status Plan();
  // What a request that fails takes with it: the transaction, or nothing but itself.
  enum class Guard { kTransaction, kSavepoint };
  // False when what it wrote is in the transaction although it failed.
  bool RunItem(Item& item, Guard guard);
  absl::Status Run(Item& item);
  Session& session();
  Tried Commit(Batch& batch);
  // On whatever is the primary now: whether the commit with this id is there. UNAVAILABLE when
  // nobody can be asked.
  absl::StatusOr<bool> IsThere(std::string_view batch_id);
  // The connection of this batch's role, made anew when it was lost.
  absl::Status EnsureConnected(For role);
  std::unique_ptr<Connection>& held() { return role_ == For::kSystem ? system_ : app_; }
  Connection& connection() { return *held(); }
  bool lost() { return held() == nullptr || held()->lost(); }
  void Undo();

  bool RemoveRemains();
  void ForgetOldCommits();
  void NoteState(absl::Status state) ABSL_LOCKS_EXCLUDED(mu_);
  void Stop(absl::Status why) ABSL_LOCKS_EXCLUDED(mu_);
  // False when the writer is to end.
  bool Pause(absl::Duration duration) ABSL_LOCKS_EXCLUDED(mu_);

  Deps deps_;
  const base::RealClock clock_;  // of durations
  std::unique_ptr<Connection> app_;
  std::unique_ptr<Connection> system_;
  For role_ = For::kScope;
  Standing::View view_;                   // as of the transaction that is open, or was last
  std::optional<Overlay> overlay_;        // of the transaction that is open
  std::deque<rows::WriteRequest> taken_;  // from the queue, and not begun
  std::deque<rows::TenantRef> remains_;
  std::atomic<uint64_t> commits_{0};
  int guarded_batches_ = 0;  // so many more run with savepoints from the start
  uint64_t commits_until_forgetting_ = 0;

  mutable absl::Mutex mu_;
  base::CondVar changed_;
  WriteQueue<rows::WriteRequest> queue_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status health_ ABSL_GUARDED_BY(mu_);
  absl::Status state_ ABSL_GUARDED_BY(mu_);  // of the last batch, or of looking for the database
  std::thread thread_;                       // last: it uses all of the above
};

}  // namespace skyden::store::postgres
