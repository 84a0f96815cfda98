// SPDX-License-Identifier: Apache-2.0
// Runs the trees of a template.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "resources/go_template/evaluator.h"
#include "resources/go_template/parser.h"
#include "resources/go_template/value.h"

namespace skyden::resources::go_template {

// `text` is what the trees were read from. INVALID_ARGUMENT with Go's words, or when the template
// takes or prints more than limits.h allows.
absl::StatusOr<std::string> Execute(std::string_view text, const Trees& trees, const Data& data,
                                    const LabelFunction& label);

}  // namespace skyden::resources::go_template
