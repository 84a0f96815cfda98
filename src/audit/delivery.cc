// SPDX-License-Identifier: Apache-2.0
#include "audit/delivery.h"

#include <fmt/format.h>

namespace skyden::audit {

absl::Status CheckTaken(const http::Incoming& answer) {
  if (answer.status >= 200 && answer.status <= 299) return absl::OkStatus();
  return absl::UnavailableError(fmt::format("answered {}", answer.status));
}

}  // namespace skyden::audit
