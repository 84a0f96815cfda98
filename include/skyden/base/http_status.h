// SPDX-License-Identifier: Apache-2.0
// How the codes of our errors are said in HTTP.
#pragma once

#include "absl/status/status.h"

namespace skyden::base {

// One meaning per code, for every API. 200 for OK; 507 for a full disk (storage_full.h).
int HttpStatusOf(const absl::Status& status);

}  // namespace skyden::base
