// SPDX-License-Identifier: Apache-2.0
// For shutting down in order: what tasks and writes still answer into must outlive them.
#pragma once

#include "skyden/base/executor.h"
#include "skyden/store/store.h"

namespace skyden::store {

// Blocks until the tasks of `workers`, which has `threads` threads, and the writes they leave
// behind are through. Nothing new may come in from elsewhere. Must not be called on one of the
// threads.
void Settle(Store& store, base::Executor& workers, int threads);

}  // namespace skyden::store
