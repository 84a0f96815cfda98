// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"

namespace skyden::admin {

absl::Status TwoCredentials();
absl::Status TooManyCalls();
absl::Status BadField(const std::string& field, const std::string& reason);

}  // namespace skyden::admin
