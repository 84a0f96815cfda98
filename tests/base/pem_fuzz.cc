// SPDX-License-Identifier: Apache-2.0
// Keys and certificates from strangers: two texts, divided by the first zero byte.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "skyden/base/crypto.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::base;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t zero = text.find('\0');
  const std::string_view first = text.substr(0, zero);
  const std::string_view second = zero == std::string_view::npos ? text : text.substr(zero + 1);
  CheckCertificates(first).IgnoreError();
  CheckCaPair(first, second).IgnoreError();
  CheckKeyPair(first, second).IgnoreError();
  const auto public_key = RsaPublicKeyPem(first);
  if (public_key.ok()) {
    RsaVerifySha256(*public_key, "data", second).IgnoreError();
    static_cast<void>(RsaSignSha256(first, "data").ok());
  }
  RsaVerifySha256(first, "data", second).IgnoreError();
  return 0;
}
