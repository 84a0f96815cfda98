// SPDX-License-Identifier: Apache-2.0
// Makes connections, and says when there is no database to make them to.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "store/postgres/connection.h"

namespace skyden::store::postgres {

// Thread-safe. Outlives its connections.
class Connector {
 public:
  Connector(Address app, Address system, std::span<const Statement> catalogue)
      : app_(std::move(app)), system_(std::move(system)), catalogue_(catalogue) {}

  // UNAVAILABLE while there is no database. After a failure one caller at a time tries again, and
  // not before kPause; the others are told at once.
  absl::StatusOr<std::unique_ptr<Connection>> Connect(Access access) ABSL_LOCKS_EXCLUDED(mu_);
  // Why the last try failed; OK once one went well.
  absl::Status state() const ABSL_LOCKS_EXCLUDED(mu_);
  // Of the newest primary that was seen.
  int64_t timeline() const ABSL_LOCKS_EXCLUDED(mu_);
  const StatementCounters& counters() const { return counters_; }

  static constexpr absl::Duration kPause = absl::Milliseconds(250);

 private:
  absl::StatusOr<std::unique_ptr<Connection>> Try(Access access) ABSL_LOCKS_EXCLUDED(mu_);
  // A primary that lost its place answers until it is stopped: its timeline is an older one.
  absl::Status CheckTimeline(Wire& wire) ABSL_LOCKS_EXCLUDED(mu_);

  const Address app_;
  const Address system_;
  const std::span<const Statement> catalogue_;
  const base::RealClock clock_;
  StatementCounters counters_;
  mutable absl::Mutex mu_;
  absl::Status state_ ABSL_GUARDED_BY(mu_);
  bool trying_ ABSL_GUARDED_BY(mu_) = false;  // while state_ is not OK
  absl::Duration next_try_ ABSL_GUARDED_BY(mu_) = absl::ZeroDuration();
  int64_t timeline_ ABSL_GUARDED_BY(mu_) = 0;  // the newest seen
};

}  // namespace skyden::store::postgres
