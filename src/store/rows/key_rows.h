// SPDX-License-Identifier: Apache-2.0
// Each secrets key has sealed a word in the database, so that a key file that cannot open what is
// stored is refused when the database is opened.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/store/sealer.h"

namespace skyden::store::rows {

// Names of such rows begin so; the key's id follows.
inline constexpr std::string_view kKeyRow = "key/";

struct KeyRows {
  std::string newest;            // the row of the key that seals
  std::string sealed;            // what is to be written there; empty when it is there
  std::vector<std::string> old;  // rows of other keys
};
// `stored`: names and values of all rows of keys. DATA_LOSS when `sealer` does not open one.
absl::StatusOr<KeyRows> CheckKeys(const std::vector<std::pair<std::string, std::string>>& stored,
                                  const Sealer& sealer);

// DATA_LOSS, saying what to do.
absl::Status WrongKey(std::string_view why);

}  // namespace skyden::store::rows
