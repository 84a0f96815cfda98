// SPDX-License-Identifier: Apache-2.0
// The read-only connections, lent out one at a time.
#pragma once

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/cond_var.h"
#include "store/sqlite/connection.h"

namespace skyden::store::sqlite {

// Thread-safe.
class ReaderPool {
 public:
  explicit ReaderPool(std::vector<std::unique_ptr<Connection>> connections);
  ~ReaderPool();

  // A connection with a read transaction open, for as long as the loan lives.
  class Loan {
   public:
    Loan(ReaderPool& pool, Connection& connection) : pool_(pool), connection_(connection) {}
    ~Loan();
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Connection& connection() { return connection_; }
    absl::Status Begin();

   private:
    ReaderPool& pool_;
    Connection& connection_;
  };
  // Waits for a connection.
  Loan Borrow() ABSL_LOCKS_EXCLUDED(mu_);

  // For as long as it lives, some other connection reads: nobody waits for it, so Pause is false.
  class LongRead {
   public:
    // Waits while readers are held off.
    explicit LongRead(ReaderPool& pool);
    ~LongRead();
    LongRead(const LongRead&) = delete;
    LongRead& operator=(const LongRead&) = delete;

   private:
    ReaderPool& pool_;
  };

  // Holds new readers off and waits for those under way. False, and nobody held off, when they did
  // not finish in time. Resume must follow a true.
  bool Pause(absl::Duration wait) ABSL_LOCKS_EXCLUDED(mu_);
  void Resume() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Return(Connection& connection) ABSL_LOCKS_EXCLUDED(mu_);
  bool MayBorrow() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !paused_ && !idle_.empty(); }
  bool NotPaused() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !paused_; }
  bool AllIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return idle_.size() == connections_.size();
  }

  const std::vector<std::unique_ptr<Connection>> connections_;
  absl::Mutex mu_;
  base::CondVar all_idle_;
  std::vector<Connection*> idle_ ABSL_GUARDED_BY(mu_);  // the last returned is lent first
  bool paused_ ABSL_GUARDED_BY(mu_) = false;
  int long_reads_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace skyden::store::sqlite
