// SPDX-License-Identifier: Apache-2.0
#include "server/certificate_file.h"

#include <fstream>
#include <iterator>

#include "skyden/base/certificate_end.h"

namespace skyden::server {

absl::StatusOr<absl::Time> CertificateEndOf(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return base::CertificateEnd(pem);
}

}  // namespace skyden::server
