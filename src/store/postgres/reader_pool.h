// SPDX-License-Identifier: Apache-2.0
// Connections that read, lent out one at a time and made anew when they were lost.
#pragma once

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "store/postgres/connector.h"

namespace skyden::store::postgres {

// Thread-safe.
class ReaderPool {
 public:
  // kOne: all statements of a loan see one point in time.
  enum class Points { kOne, kEach };
  ReaderPool(Connector& connector, Access access, Points points, int size);
  ~ReaderPool();

  // UNAVAILABLE when there is no database; else what `fn` returns. Waits for a connection.
  absl::Status With(absl::FunctionRef<absl::Status(Session&)> fn) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Place = std::unique_ptr<Connection>;
  class Loan;

  Place* Take() ABSL_LOCKS_EXCLUDED(mu_);
  void Return(Place* place) ABSL_LOCKS_EXCLUDED(mu_);
  bool AnyIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !idle_.empty(); }
  bool AllIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return idle_.size() == places_.size(); }

  Connector& connector_;
  const Access access_;
  const Points points_;
  std::vector<Place> places_;  // each touched by its borrower only
  absl::Mutex mu_;
  std::vector<Place*> idle_ ABSL_GUARDED_BY(mu_);  // the last returned is lent first
};

}  // namespace skyden::store::postgres
