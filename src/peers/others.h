// SPDX-License-Identifier: Apache-2.0
// Which other daemons there are, and where they are asked.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "skyden/store/daemons.h"

namespace skyden::peers {

struct Other {
  std::string id;
  std::string instance;
  std::string address;  // empty: it cannot be asked
};

// Thread-safe.
class Others {
 public:
  explicit Others(store::Daemons& daemons);

  // Reads who is there if that changed. Blocks.
  absl::Status Refresh() ABSL_LOCKS_EXCLUDED(mu_);
  // Refresh, as far as it goes: while the database is away, those that were known.
  std::vector<Other> Now();
  std::vector<Other> Known() const ABSL_LOCKS_EXCLUDED(mu_);
  // This daemon's; empty until the first Refresh that went well.
  std::string self() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  store::Daemons& daemons_;
  std::atomic<bool> changed_{true};
  mutable absl::Mutex mu_;
  std::string self_ ABSL_GUARDED_BY(mu_);
  std::vector<Other> others_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<store::Subscription> subscription_;  // last: it uses changed_
};

// nullopt: no such daemon lives.
std::optional<Other> WithInstance(const std::vector<Other>& others, const std::string& instance);

}  // namespace skyden::peers
