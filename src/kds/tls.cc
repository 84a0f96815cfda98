// SPDX-License-Identifier: Apache-2.0
#include "kds/tls.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <fstream>
#include <iterator>
#include <string>

#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"

namespace skyden::kds {
namespace {

constexpr unsigned kReloadSeconds = 5;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.good() && !file.eof()) {
    return absl::InvalidArgumentError(fmt::format("{}: cannot be read", path));
  }
  if (text.empty()) return absl::InvalidArgumentError(fmt::format("{}: is empty", path));
  return text;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const KdsOptions& options) {
  if (options.certificate_file.empty() && options.key_file.empty()) {
    return grpc::InsecureServerCredentials();
  }
  if (options.certificate_file.empty() || options.key_file.empty()) {
    return absl::InvalidArgumentError("a certificate file and a key file come together");
  }
  SKYDEN_ASSIGN_OR_RETURN(const std::string certificate, ReadFile(options.certificate_file));
  SKYDEN_ASSIGN_OR_RETURN(const std::string key, ReadFile(options.key_file));
  if (const absl::Status s = base::CheckCertificates(certificate); !s.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {}", options.certificate_file, base::ToStd(s.message())));
  }
  if (key.find("PRIVATE KEY-----") == std::string::npos) {
    return absl::InvalidArgumentError(fmt::format("{}: is not a private key", options.key_file));
  }
  auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      options.key_file, options.certificate_file, kReloadSeconds);
  grpc::experimental::TlsServerCredentialsOptions tls(provider);
  tls.watch_identity_key_cert_pairs();
  tls.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  return grpc::experimental::TlsServerCredentials(tls);
}

}  // namespace skyden::kds
