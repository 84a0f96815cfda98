// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/settle.h"

#include "absl/synchronization/barrier.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/directory_tx.h"

namespace skyden::store {
namespace {

// Each thread has to come by, and it does so when nothing else waits.
void AwaitPosted(base::Executor& workers, int threads) {
  auto* all_here = new absl::Barrier(threads + 1);
  const auto arrive = [all_here] {
    if (all_here->Block()) delete all_here;  // the last to leave
  };
  for (int i = 0; i < threads; ++i) workers.PostIn(base::kLastLane, arrive);
  arrive();
}

}  // namespace

void Settle(Store& store, base::Executor& workers, int threads) {
  // A task may write, and what comes after the write may be a task again: three of each is more
  // than any request takes.
  constexpr int kRounds = 3;
  const auto nobody = model::SystemScope::For("shutdown").In(model::OrganizationKey{0});
  for (int round = 0; round < kRounds; ++round) {
    AwaitPosted(workers, threads);
    store.WriteDirectory(nobody, [](DirectoryTx&) { return absl::OkStatus(); }).IgnoreError();
  }
}

}  // namespace skyden::store
