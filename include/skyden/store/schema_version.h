// SPDX-License-Identifier: Apache-2.0
// Which schema a database has, and which this program brings: whether the two go together, without
// opening it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace skyden::store {

struct SchemaVersion {
  int64_t stored = 0;
  int64_t known = 0;  // to this program, whose start brings an older database there
};

// Of a file of SQLite, whether a daemon runs on it or not; of one that was killed, as it was when
// its WAL was last taken up. NOT_FOUND when there is no file, FAILED_PRECONDITION when it is not a
// database of ours.
absl::StatusOr<SchemaVersion> SqliteSchemaVersion(const std::string& file);

}  // namespace skyden::store
