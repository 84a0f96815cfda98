// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/certificate_end.h"

#include <ctime>

#include "base/crypto_internal.h"

namespace skyden::base {

absl::StatusOr<absl::Time> CertificateEnd(std::string_view pem) {
  const crypto::ErrorQueueGuard guard;
  const crypto::Bio bio = crypto::ReadOnlyBio(pem);
  const crypto::Certificate certificate(PEM_read_bio_X509(
      bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr));
  std::tm end{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
    return absl::InvalidArgumentError("there is no certificate");
  }
  return absl::FromTM(end, absl::UTCTimeZone());
}

}  // namespace skyden::base
