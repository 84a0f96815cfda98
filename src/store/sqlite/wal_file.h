// SPDX-License-Identifier: Apache-2.0
// Looks into a WAL without SQLite, which takes whatever it can use of one and never says what it
// could not. Format: sqlite.org/fileformat2.html, section 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "store/sqlite/state_file.h"

namespace skyden::store::sqlite {

struct WalContent {
  WalSalts salts;
  uint64_t frames = 0;  // up to the last commit that is whole
};

// What a recovery would find in `path`. nullopt: nothing, because there is no file, it is empty, or
// its header is not whole. Reads it all.
absl::StatusOr<std::optional<WalContent>> ReadWal(const std::string& path);
// The header alone.
std::optional<WalSalts> ReadWalSalts(const std::string& path);

}  // namespace skyden::store::sqlite
