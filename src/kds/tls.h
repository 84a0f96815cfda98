// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/status/statusor.h"
#include "skyden/kds/kds_server.h"

namespace skyden::kds {

// Plaintext when no files are given. Files are read again when they change.
// INVALID_ARGUMENT when they cannot be read or are not what they should be.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const KdsOptions& options);

}  // namespace skyden::kds
