// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>

#include "skyden/base/gzip.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kBound = 1u << 20;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto plain = skyden::base::Gunzip(bytes, kBound);
  if (plain.ok() && plain->size() > kBound) __builtin_trap();
  // And back: what is packed here comes out as it was.
  const auto again = skyden::base::Gunzip(skyden::base::Gzip(bytes), size);
  if (!again.ok() || *again != bytes) __builtin_trap();
  return 0;
}
