// SPDX-License-Identifier: Apache-2.0
// Durations, times and base64 from strangers: refused, or the same again after being printed.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "skyden/base/crypto.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::base;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto duration = ParseGoDuration(text);
  if (duration.ok()) {
    const auto again = ParseGoDuration(FormatGoDuration(*duration));
    if (!again.ok() || *again != *duration) __builtin_trap();
  }
  const auto time = ParseRfc3339(text);
  if (time.ok()) {
    const auto again = ParseRfc3339(FormatRfc3339(*time));
    if (!again.ok() || *again != *time) __builtin_trap();
  }
  const auto bytes = Base64Decode(text);
  if (bytes.ok() && Base64Encode(*bytes) != text) __builtin_trap();
  const auto url_bytes = Base64UrlDecode(text);
  if (url_bytes.ok() && Base64UrlEncode(*url_bytes) != text) __builtin_trap();
  IsValidUtf8(text);
  return 0;
}
