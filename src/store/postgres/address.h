// SPDX-License-Identifier: Apache-2.0
// Where a server is, and how long it may be silent.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace skyden::store::postgres {

struct Address {
  std::string conninfo;  // may hold a password: not to be logged
  std::string ca_file;   // empty: as `conninfo` says
  absl::Duration silence = absl::Seconds(5);
};

// Of who changes a whole database: one statement may take minutes, and nobody waits for it.
inline constexpr absl::Duration kSilenceOfLongWork = absl::Minutes(10);

}  // namespace skyden::store::postgres
