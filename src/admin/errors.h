// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"

namespace skyden::admin {

absl::Status TwoCredentials();
absl::Status TooManyCalls();
// What is asked for does not fit into a message that clients take.
absl::Status AnswerTooLarge();
absl::Status BadField(const std::string& field, const std::string& reason);

}  // namespace skyden::admin
