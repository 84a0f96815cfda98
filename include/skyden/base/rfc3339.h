// SPDX-License-Identifier: Apache-2.0
// Times as Go prints them in JSON: UTC, `Z`, up to nanoseconds, trailing zeros trimmed.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace skyden::base {

std::string FormatRfc3339(absl::Time time);
absl::StatusOr<absl::Time> ParseRfc3339(std::string_view text);

}  // namespace skyden::base
