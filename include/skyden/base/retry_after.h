// SPDX-License-Identifier: Apache-2.0
// When it is worth asking again, carried by a status.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace skyden::base {

// Rounded up to whole seconds, at least one.
absl::Status WithRetryAfter(absl::Status status, absl::Duration wait);
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);

}  // namespace skyden::base
