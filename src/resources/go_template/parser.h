// SPDX-License-Identifier: Apache-2.0
// Reads a template into trees.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "resources/go_template/node.h"

namespace skyden::resources::go_template {

// A tree by the name of each template; that of the text itself is "".
using Trees = std::map<std::string, NodePtr, std::less<>>;

// `functions`: names of functions beside the builtin ones. INVALID_ARGUMENT with Go's words.
absl::StatusOr<Trees> Parse(std::string_view text, const std::vector<std::string>& functions);

}  // namespace skyden::resources::go_template
