// SPDX-License-Identifier: Apache-2.0
// Moving from the embedded engine to PostgreSQL.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/store/sqlite_store.h"

namespace skyden::store {

struct TakenTable {
  std::string name;
  uint64_t rows = 0;
  std::string sha256;  // over all rows in the order of their key, in hex; empty without rows
};

struct TakenOver {
  std::vector<TakenTable> tables;
  bool was_there = false;  // an earlier run had come to its end
};

// Puts every row of the database in `directory` (which `held` holds, and which a Store has opened
// and closed) into the PostgreSQL database that `owner` leads to, as somebody who may become
// skyden_owner, reads them back, compares the two row by row, and commits: in one transaction, so
// that whatever cuts it short leaves nothing, and it can be run again. Keys, revisions and sealed
// bytes stay what they are; the epoch does not. Then skyden.db is called skyden.db.taken-over, so
// that no daemon goes on with it. `on_progress` hears of each table and of every 10,000 of its
// rows. Blocks.
// FAILED_PRECONDITION when the target holds other rows, or its schema is not this version's;
// UNAVAILABLE when it cannot be reached, or a daemon serves it; PERMISSION_DENIED; DATA_LOSS when
// what was read back is not what was written.
absl::StatusOr<TakenOver> TakeOver(
    const std::string& directory, const HeldDatabase& held, const std::string& owner,
    const std::function<void(const std::string& table, uint64_t rows)>& on_progress);

}  // namespace skyden::store
