// SPDX-License-Identifier: Apache-2.0
// Values as Go's fmt package prints them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resources/go_template/value.h"

namespace skyden::resources::go_template {

// Next to each other, with a space between two that are no texts.
std::string Sprint(const std::vector<Value>& values);

// With a space between them, and a newline.
std::string Sprintln(const std::vector<Value>& values);

// `format` with its verbs. Once over `bytes_max`, the result ends somewhere behind that.
std::string Sprintf(std::string_view format, const std::vector<Value>& values, size_t bytes_max);

}  // namespace skyden::resources::go_template
