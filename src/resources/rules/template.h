// SPDX-License-Identifier: Apache-2.0
// The part of Go's text/template that resources use: text with actions in `{{ }}`, each a field
// (`.Name`) or `label "key"`, possibly piped or in parentheses.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace skyden::resources::spec_rules {

// "" when `text` is a template; Go's words otherwise.
std::string WhyNotTemplate(std::string_view text);

// Fills in `fields` by name and every label as `label`. INVALID_ARGUMENT in Go's words when the
// template names another field. `text` must be a template.
absl::StatusOr<std::string> RenderTemplate(
    std::string_view text, const std::map<std::string, std::string, std::less<>>& fields,
    std::string_view label);

// The same, with what `label` says of each key; its error is the template's.
using LabelFunction = std::function<absl::StatusOr<std::string>(std::string_view key)>;
absl::StatusOr<std::string> RenderTemplate(
    std::string_view text, const std::map<std::string, std::string, std::less<>>& fields,
    const LabelFunction& label);

}  // namespace skyden::resources::spec_rules
