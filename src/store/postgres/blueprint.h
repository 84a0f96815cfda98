// SPDX-License-Identifier: Apache-2.0
// What this engine is built from. The daemon uses the defaults; tests take parts out to see that
// something notices.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "skyden/base/limits.h"
#include "skyden/store/postgres_store.h"
#include "store/catalogue.h"
#include "store/postgres/self_check.h"

namespace skyden::store::postgres {

struct Blueprint {
  std::span<const Statement> catalogue = Catalogue();
  size_t tombstones_per_type_max = base::limits::kTombstonesPerType;
  // kByStatement: nothing is fetched ahead, and each statement waits for its answer.
  enum class Batches { kPlanned, kByStatement } batches = Batches::kPlanned;
  // kOneByOne: each row that a planned batch fetches or writes is a statement of its own.
  enum class Rows { kTogether, kOneByOne } rows = Rows::kTogether;
  // How others' commits are found. Only by the snapshot of the read itself are none missed.
  enum class News { kBySnapshot, kByHighest, kByAnotherSnapshot } news = News::kBySnapshot;
  // kSkipped: a fresh read does not wait for what others wrote.
  enum class Barrier { kAwaited, kSkipped } barrier = Barrier::kAwaited;
  // kAtCommit: what ends somebody's access is acknowledged before other daemons have heard of it.
  enum class Revocations { kOnceHeard, kAtCommit } revocations = Revocations::kOnceHeard;
  size_t removals_per_batch = 128;  // rows of deleted control planes removed between two batches
  enum class SelfCheck { kRefuses, kSkipped } self_check = SelfCheck::kRefuses;
  SelfCheckScope checks = {};
};

absl::StatusOr<std::unique_ptr<Store>> OpenStore(PostgresOptions options,
                                                 const model::TypeRegistry& registry,
                                                 const Sealer& sealer, const Blueprint& blueprint);

}  // namespace skyden::store::postgres
