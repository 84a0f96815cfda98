// SPDX-License-Identifier: Apache-2.0
// What stands for characters in a regular expression of Go. Each takes what it reads off the text;
// errors are Go's words.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace skyden::resources::go_regexp {

absl::Status Wrong(std::string_view what, std::string_view where);

// A letter or digit.
bool IsAsciiWord(uint32_t c);

// The next character; U+FFFD at the end.
absl::StatusOr<uint32_t> TakeRune(std::string_view& text);
absl::Status CheckUtf8(std::string_view text);

// `\d`, `\pL`, `\p{Greek}`; false when it is none of these.
absl::StatusOr<bool> TakeClassEscape(std::string_view& text);

// `\n`, `\x{41}`, `\.`
absl::StatusOr<uint32_t> TakeEscape(std::string_view& text);

// `[a-z]`
absl::Status TakeClass(std::string_view& text);

}  // namespace skyden::resources::go_regexp
