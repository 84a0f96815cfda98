// SPDX-License-Identifier: Apache-2.0
#include "identity/base62.h"

#include <algorithm>

#include "skyden/base/crypto.h"

namespace skyden::identity {
namespace {

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// The largest multiple of 62 that a byte can hold: what is not below it would favour some digits.
constexpr uint8_t kFairBelow = 248;
constexpr size_t kUint32Digits = 6;  // 62^6 > 2^32

}  // namespace

std::string RandomBase62(size_t count) {
  std::string text;
  text.reserve(count);
  while (text.size() < count) {
    for (const char c : base::RandomBytes(count + count / 8)) {
      const auto byte = static_cast<uint8_t>(c);
      if (byte < kFairBelow && text.size() < count) text += kDigits[byte % kDigits.size()];
    }
  }
  return text;
}

bool IsBase62(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

std::string Base62OfUint32(uint32_t value) {
  std::string text(kUint32Digits, '0');
  for (size_t i = kUint32Digits; i-- > 0; value /= 62) text[i] = kDigits[value % 62];
  return text;
}

}  // namespace skyden::identity
