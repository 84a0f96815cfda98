// SPDX-License-Identifier: Apache-2.0
// What deliveries of the audit have in common, whoever they go to.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "skyden/http/fetch.h"

namespace skyden::audit {

inline constexpr size_t kEntriesPerDelivery = 100;

// Whether a delivery was taken: UNAVAILABLE, saying how it was answered, unless it was 2xx.
absl::Status CheckTaken(const http::Incoming& answer);

}  // namespace skyden::audit
