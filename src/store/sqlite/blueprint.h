// SPDX-License-Identifier: Apache-2.0
// What an engine is built from. The daemon uses the defaults; tests take parts out to see that
// something notices.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "skyden/base/limits.h"
#include "skyden/store/sqlite_store.h"
#include "store/catalogue.h"
#include "store/sqlite/controls.h"
#include "store/sqlite/migrations.h"

namespace skyden::store::sqlite {

struct Blueprint {
  std::span<const Migration> migrations = EmbeddedMigrations();
  std::span<const Statement> catalogue = Catalogue();
  std::span<const ControlStatement> controls = Controls();

  // The WAL is moved into the database when it has so many pages ...
  int checkpoint_pages = 4096;
  // ... and, when readers kept it from starting over, readers are held off for it from here on.
  int checkpoint_pages_max = 16384;
  size_t tombstones_per_type_max = base::limits::kTombstonesPerType;
  // Kept free on the disk for deletions: what a checkpoint of all that may add to the database, and
  // as much again for the WAL.
  uint64_t ballast_bytes = 32u << 20;
  size_t removals_per_batch = 128;  // rows of deleted control planes removed between two batches
};

absl::StatusOr<std::unique_ptr<Store>> OpenStore(SqliteOptions options,
                                                 const model::TypeRegistry& registry,
                                                 const Sealer& sealer, const Blueprint& blueprint);

}  // namespace skyden::store::sqlite
