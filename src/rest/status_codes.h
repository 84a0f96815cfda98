// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"

namespace skyden::rest {

// One meaning per code, for both APIs.
int HttpStatusOf(absl::StatusCode code);

}  // namespace skyden::rest
