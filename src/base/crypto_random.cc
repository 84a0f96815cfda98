// SPDX-License-Identifier: Apache-2.0
#include <openssl/rand.h>

#include "skyden/base/check.h"
#include "skyden/base/crypto.h"

namespace skyden::base {

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  // Going on without randomness would hand out guessable tokens and keys.
  SKYDEN_CHECK(count == 0 || RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                                        static_cast<int>(count)) == 1);
  return bytes;
}

std::string RandomUuid() {
  std::string bytes = RandomBytes(16);
  // RFC 4122 section 4.4: version 4 in the high nibble of byte 6, variant 10 in byte 8.
  bytes[6] = static_cast<char>((static_cast<uint8_t>(bytes[6]) & 0x0fu) | 0x40u);
  bytes[8] = static_cast<char>((static_cast<uint8_t>(bytes[8]) & 0x3fu) | 0x80u);
  const std::string hex = HexLower(bytes);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

}  // namespace skyden::base
