// SPDX-License-Identifier: Apache-2.0
// Texts as Go prints them: Kuma's answers quote strings and numbers with Go's rules.
#pragma once

#include <string>
#include <string_view>

namespace skyden::resources {

// As fmt's %q: "a\"b", control characters and invalid UTF-8 escaped.
std::string GoQuote(std::string_view text);

// As encoding/json prints a string: also escapes <, >, & and the two Unicode line separators.
std::string GoJsonString(std::string_view text);

// As encoding/json prints a number: shortest form, exponents only below 1e-6 and from 1e21 on.
std::string GoJsonNumber(double value);
std::string GoJsonNumber(float value);

// `text` with every byte that is not part of a UTF-8 character replaced by U+FFFD.
std::string ToValidUtf8(std::string_view text);

}  // namespace skyden::resources
