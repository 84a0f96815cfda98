// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/reader_pool.h"

#include <utility>

namespace skyden::store::sqlite {

ReaderPool::ReaderPool(std::vector<std::unique_ptr<Connection>> connections)
    : connections_(std::move(connections)) {
  absl::MutexLock lock(&mu_);
  for (const auto& connection : connections_) idle_.push_back(connection.get());
}

ReaderPool::~ReaderPool() {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(this, &ReaderPool::AllIdle));
}

ReaderPool::Loan ReaderPool::Borrow() {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(this, &ReaderPool::MayBorrow));
  Connection* const connection = idle_.back();
  idle_.pop_back();
  return Loan(*this, *connection);
}

void ReaderPool::Return(Connection& connection) {
  absl::MutexLock lock(&mu_);
  idle_.push_back(&connection);
  if (paused_ && AllIdle()) all_idle_.SignalAll();
}

absl::Status ReaderPool::Loan::Begin() { return connection_.Control(ControlId::kBeginRead); }

ReaderPool::Loan::~Loan() {
  // Nothing was written: a failure here has nothing to undo, and the next BEGIN would tell.
  if (connection_.in_transaction()) connection_.Control(ControlId::kCommit).IgnoreError();
  pool_.Return(connection_);
}

ReaderPool::LongRead::LongRead(ReaderPool& pool) : pool_(pool) {
  absl::MutexLock lock(&pool_.mu_);
  pool_.mu_.Await(absl::Condition(&pool_, &ReaderPool::NotPaused));
  ++pool_.long_reads_;
}

ReaderPool::LongRead::~LongRead() {
  absl::MutexLock lock(&pool_.mu_);
  --pool_.long_reads_;
}

bool ReaderPool::Pause(absl::Duration wait) {
  absl::MutexLock lock(&mu_);
  if (long_reads_ > 0) return false;
  paused_ = true;
  const auto all_idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return AllIdle(); };
  if (all_idle_.AwaitFor(mu_, wait, all_idle)) return true;
  paused_ = false;
  return false;
}

void ReaderPool::Resume() {
  absl::MutexLock lock(&mu_);
  paused_ = false;
}

}  // namespace skyden::store::sqlite
