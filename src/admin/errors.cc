// SPDX-License-Identifier: Apache-2.0
#include "admin/errors.h"

#include <fmt/format.h>

#include "skyden/base/status.h"

namespace skyden::admin {

absl::Status TwoCredentials() {
  return absl::UnauthenticatedError("more than one `authorization` was sent");
}

absl::Status TooManyCalls() {
  return absl::ResourceExhaustedError("too many admin calls are waiting; try again");
}

absl::Status AnswerTooLarge() {
  return absl::ResourceExhaustedError(
      "the answer is larger than a message may be: ask the REST API for it");
}

absl::Status BadField(const std::string& field, const std::string& reason) {
  return base::WithViolations(absl::InvalidArgumentError(fmt::format("{}: {}", field, reason)),
                              {{field, reason}});
}

}  // namespace skyden::admin
