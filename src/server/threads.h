// SPDX-License-Identifier: Apache-2.0
// Where the tasks of services run: as many threads as they have in a daemon, and one order in which
// they end.
#pragma once

#include <memory>

#include "skyden/base/executor.h"
#include "skyden/store/store.h"

namespace skyden::server {

// Outlives those whose tasks it runs.
class Threads {
 public:
  explicit Threads(int workers);
  ~Threads();

  base::WorkerPool& workers() { return *workers_; }
  base::WorkerPool& transfers() { return *transfers_; }  // imports and exports
  base::Timers& timers() { return *timers_; }

  // Blocks until tasks, and the writes that they leave behind, are through: whoever makes new ones
  // is gone.
  void Settle(store::Store& store);

 private:
  const int count_;
  const std::unique_ptr<base::Timers> timers_;  // last tasks may still ask for some: they get none
  const std::unique_ptr<base::WorkerPool> workers_;
  const std::unique_ptr<base::WorkerPool> transfers_;
};

}  // namespace skyden::server
