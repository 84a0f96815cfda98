// SPDX-License-Identifier: Apache-2.0
// Durations as Go writes them ("1h0m0s", "1.5s", "250ms"): Kuma's REST API reads and prints these.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace skyden::base {

// As Go's Duration.String: "0s", "1m30s", "1.5ms".
std::string FormatGoDuration(absl::Duration duration);
// As Go's time.ParseDuration, with its error text ("time: invalid duration \"x\"").
absl::StatusOr<absl::Duration> ParseGoDuration(std::string_view text);

}  // namespace skyden::base
