// SPDX-License-Identifier: Apache-2.0
// An authorization value from a stranger: what looks like a token of ours is letters, digits and
// underscores, whatever came.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "skyden/identity/tokens.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::identity;
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  const std::string_view credential = CredentialOf(value);
  if (value.find(credential) == std::string_view::npos) __builtin_trap();
  LooksLikeJwt(credential);
  const auto parsed = ParseToken(credential);
  if (!parsed.ok()) return 0;
  if (credential.find_first_not_of(kLetters) != std::string_view::npos) __builtin_trap();
  if (credential.find(parsed->id.str()) == std::string_view::npos) __builtin_trap();
  return 0;
}
