// SPDX-License-Identifier: Apache-2.0
#include "admin/tls.h"

#include <fmt/format.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <fstream>
#include <iterator>

#include "skyden/base/crypto.h"
#include "skyden/base/status.h"

namespace skyden::admin {
namespace {

namespace tls = grpc::experimental;

// The library looks at the files this often; it offers no notification.
constexpr unsigned kReloadSeconds = 2;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file || text.empty()) {
    return absl::InvalidArgumentError(fmt::format("cannot read {}", path));
  }
  return text;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const std::string& certificate_file, const std::string& key_file,
    const std::string& client_ca_file) {
  if (certificate_file.empty() && key_file.empty()) {
    if (!client_ca_file.empty()) {
      return absl::InvalidArgumentError("a client authority needs a certificate and a key");
    }
    return grpc::InsecureServerCredentials();
  }
  if (certificate_file.empty() || key_file.empty()) {
    return absl::InvalidArgumentError("a certificate and a key are given together");
  }
  // The library would take anything, and then fail every handshake.
  SKYDEN_ASSIGN_OR_RETURN(const std::string certificate, ReadFile(certificate_file));
  SKYDEN_ASSIGN_OR_RETURN(const std::string key, ReadFile(key_file));
  const absl::Status fits = base::CheckKeyPair(certificate, key);
  if (!fits.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("{} and {}: {}", certificate_file, key_file, std::string(fits.message())));
  }
  if (!client_ca_file.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(const std::string authorities, ReadFile(client_ca_file));
    const absl::Status parse = base::CheckCertificates(authorities);
    if (!parse.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {}", client_ca_file, std::string(parse.message())));
    }
  }
  tls::TlsServerCredentialsOptions options(std::make_shared<tls::FileWatcherCertificateProvider>(
      key_file, certificate_file, client_ca_file, kReloadSeconds));
  options.watch_identity_key_cert_pairs();
  if (client_ca_file.empty()) {
    options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  } else {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return tls::TlsServerCredentials(options);
}

}  // namespace skyden::admin
