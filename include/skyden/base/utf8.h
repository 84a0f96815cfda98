// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace skyden::base {

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsValidUtf8(std::string_view bytes);

// Bytes of the character that begins with `first`; 0 when none can.
size_t Utf8LengthOf(char first);

// Code points in valid UTF-8.
size_t CountCharacters(std::string_view utf8);

}  // namespace skyden::base
