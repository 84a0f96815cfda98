// SPDX-License-Identifier: Apache-2.0
#include "server/threads.h"

#include "skyden/base/limits.h"
#include "skyden/store/settle.h"

namespace skyden::server {
namespace {

constexpr int kTransfersNice = 2;  // others first, but an answer has its time too

}  // namespace

Threads::Threads(int workers)
    : count_(workers),
      timers_(base::MakeTimers()),
      workers_(std::make_unique<base::WorkerPool>("worker", workers)),
      transfers_(std::make_unique<base::WorkerPool>("transfer", base::limits::kTransfersAtOnce,
                                                    kTransfersNice)) {}

// Then the pools run what they still hold, and go.
Threads::~Threads() { timers_->Close(); }

void Threads::Settle(store::Store& store) {
  store::Settle(store, *transfers_, base::limits::kTransfersAtOnce);
  store::Settle(store, *workers_, count_);
}

}  // namespace skyden::server
