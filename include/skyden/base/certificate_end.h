// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace skyden::base {

// Until when the first certificate of PEM text is valid. INVALID_ARGUMENT when there is none.
absl::StatusOr<absl::Time> CertificateEnd(std::string_view pem);

}  // namespace skyden::base
