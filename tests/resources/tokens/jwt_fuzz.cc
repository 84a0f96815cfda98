// SPDX-License-Identifier: Apache-2.0
// A token from a stranger: whatever the bytes, it is taken apart or refused, and what is taken
// apart is what was signed.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "resources/tokens/jwt.h"
#include "skyden/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::resources;
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  const auto parsed = ParseJwt(token);
  if (parsed.ok()) {
    SKYDEN_CHECK(token.starts_with(parsed->signing_input));
    static_cast<void>(ParseClaims(parsed->claims).ok());
  }
  static_cast<void>(ParseClaims(token).ok());
  return 0;
}
