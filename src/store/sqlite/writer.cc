// SPDX-License-Identifier: Apache-2.0
// A batch is one transaction. Savepoints cost more than what they guard: SQLite copies every page a
// request touches first, and writes the copies to a file once a request touches many. So a batch
// runs without, and nearly always nobody misses them. What can end it early:
//   a request's own error          before it wrote: it is answered, the others stay. Afterwards
//                                  all is rolled back, and the others run once more, now with a
//                                  savepoint each; so do the next batches, since errors come in
//                                  rows
//   a full disk                    SQLite gives the whole transaction up; the others run once more
//                                  without the request that met it. That one, or all when none of
//                                  them fits, runs with the reserve open, and stays if it only
//                                  removes
//   a failed write, fsync, file    nothing of the batch is acknowledged, and nothing ever again
#include "store/sqlite/writer.h"

#include <pthread.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/storage_full.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/errors.h"

namespace skyden::store::sqlite {

using enum ControlId;
namespace limits = base::limits;

namespace {

constexpr int kGuardedBatches = 32;
constexpr absl::Duration kReadersPause = absl::Milliseconds(500);

rows::Batch TakeThoseWithoutRoom(rows::Batch& batch) {
  const auto begin = std::stable_partition(batch.begin(), batch.end(), [](const auto& item) {
    return !base::IsStorageFull(item.status);
  });
  rows::Batch taken(std::make_move_iterator(begin), std::make_move_iterator(batch.end()));
  batch.erase(begin, batch.end());
  return taken;
}

bool FromReserve(const rows::BatchItem& item) {
  return item.request.plan != nullptr && item.request.plan->from_reserve();
}

}  // namespace

void Checkpoint(Connection& connection, DatabaseFiles& files, Connection::Checkpoint mode) {
  if (const absl::Status told = files.BeforeCheckpoint(); !told.ok()) {
    if (!absl::IsResourceExhausted(told)) connection.GiveUp(told);
    return;
  }
  const auto complete = connection.RunCheckpoint(mode);  // a failure is left in fatal()
  files.AfterCheckpoint(complete.ok() && *complete);
}

Writer::Writer(Deps deps, std::vector<rows::TenantRef> remains)
    : deps_(std::move(deps)),
      remains_(std::make_move_iterator(remains.begin()), std::make_move_iterator(remains.end())),
      checkpoint_at_(deps_.blueprint.checkpoint_pages),
      reserve_(*deps_.connection, deps_.files.directory(), deps_.blueprint.ballast_bytes),
      queue_(limits::kWriteQueue, limits::kWriteQueuePerControlPlane),
      thread_([this] { Loop(); }) {
  pthread_setname_np(thread_.native_handle(), "store-writer");
}

Writer::~Writer() { End(); }

std::unique_ptr<Connection> Writer::End() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
  return std::move(deps_.connection);
}

void Writer::Submit(const Lane& lane, WriteRequest request) {
  absl::Status refused;
  request.came_at = clock_.Monotonic();
  {
    absl::MutexLock lock(&mu_);
    if (!health_.ok()) {
      refused = health_;
    } else if (stopping_) {
      refused = StoreClosed();
    } else if (!queue_.Push(lane, request)) {
      refused = WriteQueueFull();
    }
    deps_.timings.waiting.Set(static_cast<int64_t>(queue_.size()));
  }
  if (!refused.ok()) request.done(std::move(refused));
}

absl::Status Writer::Writable() {
  absl::MutexLock lock(&mu_);
  if (!health_.ok() || !full_) return health_;
  asked_for_room_ = true;
  return DiskFull();
}

void Writer::LookForRoom() {
  const bool whole = reserve_.Fill();
  bool changed = false;
  {
    absl::MutexLock lock(&mu_);
    changed = full_ == whole;
    full_ = !whole;
    asked_for_room_ = false;
  }
  if (!changed) return;
  telemetry::Log(whole ? telemetry::Level::info : telemetry::Level::warning,
                 whole ? "there is room on the disk again" : "the disk is full");
}

absl::Status Writer::Health() const {
  absl::MutexLock lock(&mu_);
  return health_;
}

std::optional<WriteRequest> Writer::Take() {
  std::optional<WriteRequest> request;
  {
    absl::MutexLock lock(&mu_);
    request = queue_.Pop();
    deps_.timings.waiting.Set(static_cast<int64_t>(queue_.size()));
  }
  if (request.has_value()) deps_.timings.wait.Observe(clock_.Monotonic() - request->came_at);
  return request;
}

void Writer::Loop() {
  bool remains = !remains_.empty();
  LookForRoom();
  for (;;) {
    bool idle = false;
    bool look = false;
    {
      absl::MutexLock lock(&mu_);
      // With rows left to remove there is work even when nobody asks for any.
      if (!remains) mu_.Await(absl::Condition(this, &Writer::HasWork));
      idle = queue_.empty();
      look = full_ || asked_for_room_;
      if (idle && (stopping_ || !health_.ok())) return;
    }
    if (look) LookForRoom();
    if (!idle) {
      Batch batch;
      RunBatch(batch);
    }
    remains = Health().ok() && RemoveRemains();
    MaybeCheckpoint();
  }
}

void Writer::RunBatch(Batch& batch) {
  if (!Health().ok()) {  // writing stopped while these waited
    while (auto request = Take()) request->done(Health());
    return;
  }
  batch.reserve(64);
  bool whole = FirstPass(batch);
  if (!whole && !deps_.connection->fatal().has_value()) whole = SecondPass(batch);
  if (StopIfFatal(batch)) return;
  if (!whole) return RemovalPass(batch);
  if (StopIfMoved(batch)) return;
  const absl::Status committed = Commit(batch);
  if (StopIfFatal(batch)) return;
  if (base::IsStorageFull(committed)) return RemovalPass(batch);
  if (!committed.ok()) {
    Undo();
    return rows::FailAll(batch, committed);
  }
  Batch found_no_room = TakeThoseWithoutRoom(batch);
  Answer(batch);
  if (!found_no_room.empty()) RemovalPass(found_no_room);
}

void Writer::RemovalPass(Batch& batch) {
  Undo();
  reserve_.Open();
  Connection& connection = *deps_.connection;
  absl::Status status = connection.Control(kBeginWrite);
  for (Item& item : batch) {
    if (status.ok()) RunItem(item, Keep::kRemovals, Guard::kSavepoint);
    if (!connection.in_transaction()) status = DiskFull();
  }
  if (status.ok()) status = Commit(batch);
  if (StopIfFatal(batch)) return;
  if (status.ok()) {
    Answer(batch);
    // What goes on to be written finds its place in a WAL that starts over.
    Checkpoint(connection, deps_.files, Connection::Checkpoint::kPassive);
  } else {
    Undo();
    rows::FailAll(batch, status);
  }
  LookForRoom();
  Batch none;
  StopIfFatal(none);
}

bool Writer::FirstPass(Batch& batch) {
  const absl::Status begun = deps_.connection->Control(kBeginWrite);
  const Guard guard = guarded_batches_ > 0 ? Guard::kSavepoint : Guard::kTransaction;
  if (guarded_batches_ > 0) --guarded_batches_;
  size_t bytes = 0;
  while (batch.size() < limits::kWriteBatchRequests && bytes < limits::kWriteBatchBytes) {
    std::optional<WriteRequest> request = Take();
    if (!request.has_value()) break;
    Item& item = batch.emplace_back();
    item.request = *std::move(request);
    if (!begun.ok()) {
      item.status = begun;
      item.settled = true;
      continue;
    }
    RunItem(item, Keep::kAll, guard);
    bytes += item.outcome.bytes;
    if (!deps_.connection->in_transaction()) return false;
    if (deps_.connection->fatal().has_value()) return false;
    if (guard == Guard::kTransaction && !item.status.ok() && deps_.connection->writes().any) {
      item.settled = true;  // the same requests before it would bring it to the same error
      guarded_batches_ = kGuardedBatches;
      return false;
    }
  }
  return begun.ok();
}

bool Writer::SecondPass(Batch& batch) {
  if (deps_.connection->in_transaction()) Undo();
  if (!deps_.connection->Control(kBeginWrite).ok()) return false;
  for (Item& item : batch) {
    if (item.settled) continue;
    RunItem(item, Keep::kAll, Guard::kSavepoint);
    if (!deps_.connection->in_transaction() || deps_.connection->fatal().has_value()) return false;
  }
  return true;
}

void Writer::RunItem(Item& item, Keep keep, Guard guard) {
  item.outcome = rows::Outcome();
  const bool lent = FromReserve(item);
  if (lent) reserve_.Lend();
  item.status = guard == Guard::kSavepoint ? InSavepoint(item, keep) : Run(item, keep);
  if (lent) reserve_.TakeBack();
  if (item.status.ok()) {
    deps_.requests.Keep();
  } else {
    deps_.requests.Abandon();
  }
  if (!deps_.connection->in_transaction()) {  // it took the transaction with it
    if (item.status.ok()) item.status = DiskFull();
    item.settled = true;
  }
  if (!item.status.ok()) item.outcome = rows::Outcome();
}

absl::Status Writer::Run(Item& item, Keep keep) {
  Connection& connection = *deps_.connection;
  connection.TakeFailure();
  connection.ForgetWrites();
  absl::Status status = item.request.run(connection, item.outcome);
  if (const auto failure = connection.TakeFailure(); failure.has_value() && status.ok()) {
    status = *failure;  // the request went on after a statement failed; it may be half done
  }
  const Connection::Writes& writes = connection.writes();
  const bool may_stay = keep == Keep::kAll || !item.outcome.wrote || FromReserve(item) ||
                        (writes.gave_room && !writes.took_room);
  return status.ok() && !may_stay ? DiskFull() : status;
}

absl::Status Writer::InSavepoint(Item& item, Keep keep) {
  Connection& connection = *deps_.connection;
  SKYDEN_RETURN_IF_ERROR(connection.Control(kSavepoint));
  absl::Status status = Run(item, keep);
  if (status.ok()) return connection.Control(kRelease);
  if (!connection.in_transaction()) return status;
  SKYDEN_RETURN_IF_ERROR(connection.Control(kRollbackTo));
  SKYDEN_RETURN_IF_ERROR(connection.Control(kRelease));
  return status;
}

absl::Status Writer::Commit(const Batch& batch) {
  const size_t wrote = rows::CountWrites(batch);
  SKYDEN_RETURN_IF_ERROR(deps_.requests.Close(*deps_.connection));
  if (wrote > 0) {
    SKYDEN_RETURN_IF_ERROR(CommitOnDisk());
    deps_.timings.together.Observe(static_cast<double>(wrote));
  } else {
    SKYDEN_RETURN_IF_ERROR(deps_.connection->Control(kCommit));
  }
  Remember();
  return absl::OkStatus();
}

// Of what was written.
absl::Status Writer::CommitOnDisk() {
  const absl::Duration began = clock_.Monotonic();
  SKYDEN_RETURN_IF_ERROR(deps_.connection->Control(kCommit));
  deps_.timings.commit.Observe(clock_.Monotonic() - began);
  commits_.fetch_add(1, std::memory_order_relaxed);
  fsyncs_.fetch_add(1, std::memory_order_relaxed);
  return absl::OkStatus();
}

void Writer::Undo() {
  deps_.requests.Forget();
  if (deps_.connection->in_transaction()) deps_.connection->Control(kRollback).IgnoreError();
}

void Writer::Remember() {
  const std::optional<int> frames = deps_.connection->TakeCommittedFrames();
  if (deps_.synchronous != SqliteOptions::Synchronous::kFull) return;  // it is not on disk
  if (frames.has_value()) deps_.files.AfterCommit(static_cast<uint64_t>(*frames));
}

bool Writer::StopIfFatal(Batch& batch) {
  const std::optional<absl::Status>& fatal = deps_.connection->fatal();
  if (!fatal.has_value()) return false;
  const absl::Status health = WritesStopped(base::ToStd(fatal->message()));
  const bool first = Health().ok();
  Stop(batch, health);
  if (first && deps_.on_fatal) deps_.on_fatal(health);
  return true;
}

bool Writer::StopIfMoved(Batch& batch) {
  const absl::Status there = deps_.files.CheckThere();
  if (there.ok()) return false;
  Stop(batch, WritesStopped(base::ToStd(there.message())));
  return true;
}

void Writer::Stop(Batch& batch, const absl::Status& health) {
  bool first = false;
  {
    absl::MutexLock lock(&mu_);
    first = health_.ok();
    if (first) health_ = health;
  }
  Undo();
  deps_.connection->ForbidCheckpointOnClose();
  for (Item& item : batch) item.request.done(health);
  while (auto request = Take()) request->done(health);
  if (!first) return;
  telemetry::Log(telemetry::Level::error, "no more writes",
                 {{"reason", std::string(base::ToStd(health.message()))}});
}

void Writer::MaybeCheckpoint() {
  Connection& connection = *deps_.connection;
  const int frames = connection.wal_frames();
  if (frames < frames_at_checkpoint_) {  // the WAL started over
    frames_at_checkpoint_ = 0;
    checkpoint_at_ = deps_.blueprint.checkpoint_pages;
  }
  if (frames < checkpoint_at_ || !Health().ok()) return;
  const bool too_long = frames >= deps_.blueprint.checkpoint_pages_max;
  // Readers, or the disk, may keep it from starting over: the next try comes a step later.
  checkpoint_at_ = frames + std::max(1, deps_.blueprint.checkpoint_pages / 4);
  const bool paused = too_long && deps_.readers.Pause(kReadersPause);
  Checkpoint(connection, deps_.files,
             paused ? Connection::Checkpoint::kTruncate : Connection::Checkpoint::kPassive);
  if (paused) deps_.readers.Resume();
  fsyncs_.fetch_add(3, std::memory_order_relaxed);
  frames_at_checkpoint_ = connection.wal_frames();
  Batch none;
  StopIfFatal(none);
}

}  // namespace skyden::store::sqlite
