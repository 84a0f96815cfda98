// SPDX-License-Identifier: Apache-2.0
// What a start that fails says.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace skyden::server {

// `status`, naming the setting that is at fault.
absl::Status About(std::string_view setting, const absl::Status& status);

}  // namespace skyden::server
