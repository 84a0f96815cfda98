// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/pkce.h"

#include "skyden/base/crypto.h"

namespace skyden::base {

namespace {
constexpr size_t kRandomBytes = 32;
}

std::string RandomOneTimeText() { return Base64UrlEncode(RandomBytes(kRandomBytes)); }

std::string CodeChallenge(std::string_view verifier) {
  const auto digest = Sha256(verifier);
  return Base64UrlEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace skyden::base
