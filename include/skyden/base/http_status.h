// SPDX-License-Identifier: Apache-2.0
// How the codes of our errors are said in HTTP.
#pragma once

#include "absl/status/status.h"

namespace skyden::base {

// One meaning per code, for every API. 200 for OK.
int HttpStatusOf(absl::StatusCode code);

}  // namespace skyden::base
