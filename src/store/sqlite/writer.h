// SPDX-License-Identifier: Apache-2.0
// The one thread that writes.
//
// It takes what waits, one request of each lane in turn, runs all of it in one transaction,
// commits, and only then answers. A failed write or fsync stops it for good.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/clock.h"
#include "skyden/store/write_timings.h"
#include "store/rows/batch.h"
#include "store/rows/remains.h"
#include "store/rows/requests.h"
#include "store/sqlite/blueprint.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/database_files.h"
#include "store/sqlite/reader_pool.h"
#include "store/sqlite/reserve.h"
#include "store/write_queue.h"

namespace skyden::store::sqlite {

using rows::Batch;
using rows::WriteRequest;
using Item = rows::BatchItem;

// Moves the WAL into the database, as far as `mode` and the readers let it. What must stop all
// writes is left in the connection's fatal().
void Checkpoint(Connection& connection, DatabaseFiles& files, Connection::Checkpoint mode);

// Thread-safe.
class Writer {
 public:
  struct Deps {
    std::unique_ptr<Connection> connection;
    ReaderPool& readers;
    rows::Listeners listeners;
    rows::Requests& requests;
    DatabaseFiles& files;
    SqliteOptions::Synchronous synchronous;
    Blueprint blueprint;
    WriteTimings& timings;
    absl::AnyInvocable<void(absl::Status)> on_fatal;
  };
  // `remains`: control planes deleted earlier whose rows are still there.
  Writer(Deps deps, std::vector<rows::TenantRef> remains);
  // Runs what waits, then ends.
  ~Writer();
  // The same, and gives the connection away; the last call but the destructor's.
  std::unique_ptr<Connection> End();

  void Submit(const Lane& lane, WriteRequest request) ABSL_LOCKS_EXCLUDED(mu_);

  absl::Status Health() const ABSL_LOCKS_EXCLUDED(mu_);
  // Health(), or that the disk is full; has the writer look for room.
  absl::Status Writable() ABSL_LOCKS_EXCLUDED(mu_);
  uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }
  uint64_t fsyncs() const { return fsyncs_.load(std::memory_order_relaxed); }

 private:
  void Loop();
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return stopping_ || asked_for_room_ || !queue_.empty();
  }
  std::optional<WriteRequest> Take() ABSL_LOCKS_EXCLUDED(mu_);

  void RunBatch(Batch& batch);
  // Fills the batch from the queue and runs it. False when the transaction was lost on the way, or
  // a request failed half way with nothing to take it back by.
  bool FirstPass(Batch& batch);
  // Runs what is not settled, from the start and with savepoints.
  bool SecondPass(Batch& batch);
  // The disk is full: runs what only removes once more, with the reserve open.
  void RemovalPass(Batch& batch);
  // Which requests may be kept.
  enum class Keep { kAll, kRemovals };
  // What takes back a request that fails half way: the whole transaction, or a savepoint of its
  // own.
  enum class Guard { kTransaction, kSavepoint };
  void RunItem(Item& item, Keep keep, Guard guard);
  absl::Status Run(Item& item, Keep keep);
  absl::Status InSavepoint(Item& item, Keep keep);
  absl::Status Commit(const Batch& batch);
  absl::Status CommitOnDisk();
  void Undo();
  void Answer(Batch& batch) {
    rows::Answer(batch, rows::ChangesOf(batch), deps_.listeners, deps_.requests, remains_);
  }
  // Notes whether the reserve is whole.
  void LookForRoom() ABSL_LOCKS_EXCLUDED(mu_);

  bool RemoveRemains();
  absl::Status RemoveSome(const rows::TenantRef& tenant, rows::Left& left);
  void MaybeCheckpoint();
  // After a commit is on disk.
  void Remember();
  // True when writing has stopped for good.
  bool StopIfFatal(Batch& batch);
  // The same when the files are gone from under the database. The process lives on, since what is
  // in them can still be read, and is lost with it.
  bool StopIfMoved(Batch& batch);
  void Stop(Batch& batch, const absl::Status& health);

  Deps deps_;
  const base::RealClock clock_;  // of durations
  std::deque<rows::TenantRef> remains_;
  std::atomic<uint64_t> commits_{0};
  std::atomic<uint64_t> fsyncs_{0};
  int checkpoint_at_;  // frames in the WAL
  int frames_at_checkpoint_ = 0;
  int guarded_batches_ = 0;  // so many more run with savepoints from the start
  Reserve reserve_;

  mutable absl::Mutex mu_;
  WriteQueue<WriteRequest> queue_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  bool full_ ABSL_GUARDED_BY(mu_) = false;  // the reserve is not whole
  bool asked_for_room_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status health_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace skyden::store::sqlite
