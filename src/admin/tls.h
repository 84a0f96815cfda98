// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace skyden::admin {

// Plaintext when both paths are empty. TLS 1.2 or newer otherwise; the files are read again when
// they change. With `client_ca_file` only clients whose certificate it vouches for come in.
// INVALID_ARGUMENT names the file that does not read or parse.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const std::string& certificate_file, const std::string& key_file,
    const std::string& client_ca_file);

}  // namespace skyden::admin
