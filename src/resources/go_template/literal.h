// SPDX-License-Identifier: Apache-2.0
// Literals as Go's strconv reads them.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "resources/go_template/lexer.h"
#include "resources/go_template/value.h"

namespace skyden::resources::go_template {

// A text in "quotes" or `backquotes`. INVALID_ARGUMENT with Go's words.
absl::StatusOr<std::string> Unquote(std::string_view literal);

// A number of kind kNumber, kComplex or kCharConstant.
struct Number {
  Value value;
  bool overflows = false;  // larger than an int: legal until it is used
};
absl::StatusOr<Number> ParseNumber(const Token& token);

}  // namespace skyden::resources::go_template
