// SPDX-License-Identifier: Apache-2.0
// Removes entries of the audit that are older, or more, than they need to be.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/store/store.h"

namespace skyden::audit {

struct RetentionDeps {
  store::Store& store;
  base::Clock& clock;
  absl::Duration keep;  // 0: for ever
  std::string reader;   // entries that this reader has not had yet stay; empty: no reader counts
  uint64_t keep_bytes = 0;  // of each organization, on disk; 0: all
};

// Once, for every organization, in transactions of their own that do not hold others up. The chain
// stays verifiable: where it begins now is marked, and an entry says that it was done. Blocks.
absl::Status Prune(const RetentionDeps& deps);

// Prunes now, then every hour, and whenever the audit has grown by much, until it is destroyed.
class Retention {
 public:
  Retention(RetentionDeps deps, base::Timers& timers, base::Executor& workers);
  ~Retention();

 private:
  class State;
  const std::shared_ptr<State> state_;
};

}  // namespace skyden::audit
