// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace skyden::server {

// base::CertificateEnd of a PEM file, as it is now.
absl::StatusOr<absl::Time> CertificateEndOf(const std::string& file);

}  // namespace skyden::server
