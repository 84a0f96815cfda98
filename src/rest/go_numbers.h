// SPDX-License-Identifier: Apache-2.0
// Numbers, booleans and quotes in queries, as Kuma's clients know them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skyden::rest {

struct GoInt {
  std::optional<int64_t> value;
  std::string_view error;  // "invalid syntax", "value out of range"
};
// Decimal, with a sign or without.
GoInt ReadGoInt(std::string_view text);
// "1", "t", "true", "TRUE"... nullopt when it is none of them.
std::optional<bool> ReadGoBool(std::string_view text);
// In double quotes, with what cannot be printed escaped.
std::string GoQuoted(std::string_view text);

}  // namespace skyden::rest
