// SPDX-License-Identifier: Apache-2.0
// A batch is one transaction. What can end it early:
//   a request's own error          its savepoint is rolled back; the others stay
//   a full disk                    SQLite gives the whole transaction up; the request that met it
//                                  is refused, the others run once more without it
//   a failed write, fsync, file    nothing of the batch is acknowledged, and nothing ever again
#include "store/sqlite/writer.h"

#include <pthread.h>
#include <sqlite3.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "skyden/base/limits.h"
#include "skyden/base/memory.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/errors.h"

namespace skyden::store::sqlite {

using enum StatementId;
namespace limits = base::limits;

namespace {

constexpr absl::Duration kReadersPause = absl::Milliseconds(500);
// Of a change of the audit: those who listen do so to all organizations.
constexpr model::TenantKey kNoTenant{-1};

// What the pages of deleted control planes took, in SQLite's cache and in the allocator's, goes
// back to the system.
void ReleaseMemory(Connection& connection) {
  sqlite3_db_release_memory(connection.handle());
  base::GiveBackFreeMemory();
}

}  // namespace

Writer::Writer(Deps deps, std::vector<TenantRef> remains)
    : deps_(std::move(deps)),
      remains_(std::make_move_iterator(remains.begin()), std::make_move_iterator(remains.end())),
      checkpoint_at_(deps_.blueprint.checkpoint_pages),
      queue_(limits::kWriteQueue, limits::kWriteQueuePerControlPlane),
      thread_([this] { Loop(); }) {
  pthread_setname_np(thread_.native_handle(), "store-writer");
}

Writer::~Writer() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  thread_.join();
}

void Writer::Submit(const Lane& lane, WriteRequest request) {
  absl::Status refused;
  {
    absl::MutexLock lock(&mu_);
    if (!health_.ok()) {
      refused = health_;
    } else if (stopping_) {
      refused = StoreClosed();
    } else if (!queue_.Push(lane, request)) {
      refused = WriteQueueFull();
    }
  }
  if (!refused.ok()) request.done(std::move(refused));
}

absl::Status Writer::Health() const {
  absl::MutexLock lock(&mu_);
  return health_;
}

std::optional<WriteRequest> Writer::Take() {
  absl::MutexLock lock(&mu_);
  return queue_.Pop();
}

void Writer::Loop() {
  bool remains = !remains_.empty();
  for (;;) {
    bool idle = false;
    {
      absl::MutexLock lock(&mu_);
      // With rows left to remove there is work even when nobody asks for any.
      if (!remains) mu_.Await(absl::Condition(this, &Writer::HasWork));
      idle = queue_.empty();
      if (idle && (stopping_ || !health_.ok())) return;
    }
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
  if (!whole) {
    Undo();
    return FailAll(batch, DiskFull());
  }
  const absl::Status committed = Commit(batch);
  if (StopIfFatal(batch)) return;
  if (!committed.ok()) {
    Undo();
    return FailAll(batch, committed);
  }
  Answer(batch);
}

bool Writer::FirstPass(Batch& batch) {
  const absl::Status begun = deps_.connection->Control(kBeginWrite);
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
    RunItem(item);
    bytes += item.outcome.bytes;
    if (!deps_.connection->in_transaction()) return false;
    if (deps_.connection->fatal().has_value()) return false;
  }
  return begun.ok();
}

bool Writer::SecondPass(Batch& batch) {
  if (deps_.connection->in_transaction()) Undo();
  if (!deps_.connection->Control(kBeginWrite).ok()) return false;
  for (Item& item : batch) {
    if (item.settled) continue;
    RunItem(item);
    if (!deps_.connection->in_transaction() || deps_.connection->fatal().has_value()) return false;
  }
  return true;
}

void Writer::RunItem(Item& item) {
  item.outcome = Outcome();
  item.status = InSavepoint(item);
  if (item.status.ok()) {
    deps_.chain.KeepRequest();
  } else {
    deps_.chain.AbandonRequest();
  }
  if (!deps_.connection->in_transaction()) {  // it took the transaction with it
    if (item.status.ok()) item.status = DiskFull();
    item.settled = true;
  }
  if (!item.status.ok()) item.outcome = Outcome();
}

absl::Status Writer::InSavepoint(Item& item) {
  Connection& connection = *deps_.connection;
  SKYDEN_RETURN_IF_ERROR(connection.Control(kSavepoint));
  connection.TakeFailure();
  absl::Status status = item.request.run(connection, item.outcome);
  if (const auto failure = connection.TakeFailure(); failure.has_value() && status.ok()) {
    status = *failure;  // the request went on after a statement failed; it may be half done
  }
  if (status.ok()) return connection.Control(kRelease);
  if (!connection.in_transaction()) return status;
  SKYDEN_RETURN_IF_ERROR(connection.Control(kRollbackTo));
  SKYDEN_RETURN_IF_ERROR(connection.Control(kRelease));
  return status;
}

absl::Status Writer::Commit(const Batch& batch) {
  bool wrote = false;
  for (const Item& item : batch) wrote |= item.status.ok() && item.outcome.wrote;
  SKYDEN_RETURN_IF_ERROR(deps_.chain.WriteEnds(*deps_.connection));
  SKYDEN_RETURN_IF_ERROR(deps_.connection->Control(kCommit));
  if (wrote) {
    commits_.fetch_add(1, std::memory_order_relaxed);
    fsyncs_.fetch_add(1, std::memory_order_relaxed);
  }
  return absl::OkStatus();
}

void Writer::Undo() {
  deps_.chain.Forget();
  if (deps_.connection->in_transaction()) deps_.connection->Control(kRollback).IgnoreError();
}

// Subscribers hear before the requesters do: who reads after its write was acknowledged must find
// every cache already told.
void Writer::Answer(Batch& batch) {
  absl::flat_hash_map<model::TenantKey, size_t> seen;
  std::vector<Change> changes;
  for (Item& item : batch) {
    if (!item.status.ok()) continue;
    for (Change& change : item.outcome.changes) {
      const auto [place, is_new] = seen.try_emplace(change.tenant, changes.size());
      if (is_new) {
        changes.push_back(std::move(change));
        continue;
      }
      Change& merged = changes[place->second];
      merged.revision = std::max(merged.revision, change.revision);
      std::vector<model::TypeId> types;
      std::set_union(merged.types.begin(), merged.types.end(), change.types.begin(),
                     change.types.end(), std::back_inserter(types));
      merged.types = std::move(types);
    }
    for (TenantRef& tenant : item.outcome.gone) remains_.push_back(std::move(tenant));
  }
  for (const Change& change : changes) deps_.hub.Publish(change);
  for (const auto& [organization, last] : deps_.chain.TakeCommitted()) {
    deps_.audit_hub.Publish({kNoTenant, {}, last, organization});
  }
  for (Item& item : batch) {
    if (item.status.ok()) {
      item.request.done(item.outcome.revision);
    } else {
      item.request.done(std::move(item.status));
    }
  }
}

void Writer::FailAll(Batch& batch, const absl::Status& status) {
  for (Item& item : batch) item.request.done(item.status.ok() ? status : item.status);
}

bool Writer::StopIfFatal(Batch& batch) {
  const std::optional<absl::Status>& fatal = deps_.connection->fatal();
  if (!fatal.has_value()) return false;
  const absl::Status health = WritesStopped(base::ToStd(fatal->message()));
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
  if (first) {
    telemetry::Log(telemetry::Level::error, "writes stopped for good",
                   {{"reason", std::string(base::ToStd(fatal->message()))}});
    if (deps_.on_fatal) deps_.on_fatal(health);
  }
  return true;
}

// One bounded step of removing what deleted control planes left. True while there is more.
bool Writer::RemoveRemains() {
  if (remains_.empty()) return false;
  Batch none;
  bool emptied = false;
  absl::Status status = deps_.connection->Control(kBeginWrite);
  if (status.ok()) status = RemoveSome(remains_.front(), emptied);
  if (status.ok()) status = deps_.connection->Control(kCommit);
  if (StopIfFatal(none)) return false;
  if (!status.ok()) {
    Undo();
    telemetry::Log(telemetry::Level::warning, "rows of a deleted control plane stay for now",
                   {{"reason", std::string(base::ToStd(status.message()))}});
    return false;  // tried again after the next batch
  }
  commits_.fetch_add(1, std::memory_order_relaxed);
  fsyncs_.fetch_add(1, std::memory_order_relaxed);
  if (emptied) remains_.pop_front();
  if (remains_.empty()) ReleaseMemory(*deps_.connection);
  return !remains_.empty();
}

absl::Status Writer::RemoveSome(const TenantRef& tenant, bool& emptied) {
  Connection& connection = *deps_.connection;
  struct Key {
    std::string type, mesh, name;
  };
  std::vector<Key> keys;
  SKYDEN_RETURN_IF_ERROR(connection.Run(
      tenant.binding(), kListRemains, {Param::Unsigned(deps_.blueprint.removals_per_batch)},
      [&keys](const Row& row) {
        keys.push_back({row.String(1), row.String(2), row.String(3)});
        return absl::OkStatus();
      }));
  for (const Key& key : keys) {
    SKYDEN_RETURN_IF_ERROR(
        connection.Run(tenant.binding(), kRemoveResource,
                       {Param::Text(key.type), Param::Text(key.mesh), Param::Text(key.name)}));
  }
  if (!keys.empty()) return absl::OkStatus();
  for (const StatementId id :
       {kRemoveCounts, kRemoveTombstoneState, kRemovePendingKeys, kRemoveControlPlane}) {
    SKYDEN_RETURN_IF_ERROR(connection.Run(tenant.binding(), id));
  }
  emptied = true;
  return absl::OkStatus();
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
  const bool paused = too_long && deps_.readers.Pause(kReadersPause);
  connection
      .RunCheckpoint(paused ? Connection::Checkpoint::kTruncate : Connection::Checkpoint::kPassive)
      .IgnoreError();  // what matters is left in fatal()
  if (paused) deps_.readers.Resume();
  fsyncs_.fetch_add(2, std::memory_order_relaxed);
  // Readers may have kept it from starting over: the next try comes a step later, not at once.
  frames_at_checkpoint_ = connection.wal_frames();
  checkpoint_at_ = frames + std::max(1, deps_.blueprint.checkpoint_pages / 4);
  Batch none;
  StopIfFatal(none);
}

}  // namespace skyden::store::sqlite
