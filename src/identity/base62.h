// SPDX-License-Identifier: Apache-2.0
// Random and checksum text in the digits 0-9A-Za-z.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace skyden::identity {

// `count` digits, each of log2(62) = 5.95 random bits.
std::string RandomBase62(size_t count);
bool IsBase62(std::string_view text);
// `value` in exactly six digits, the most significant first.
std::string Base62OfUint32(uint32_t value);

}  // namespace skyden::identity
