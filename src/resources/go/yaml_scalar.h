// SPDX-License-Identifier: Apache-2.0
// What a YAML scalar means to Go's YAML.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"

namespace skyden::resources {

// A plain scalar says itself what it is; one in quotes is a string, unless it has a tag.
enum class YamlStyle { kPlain, kQuoted };

// monostate: null. uint64_t only beyond int64_t.
using YamlScalar = std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string>;

// `tag`: in full ("tag:yaml.org,2002:int"), or "". Tags that Go does not know leave a string.
// INVALID_ARGUMENT in Go's words when the text is not what its tag says.
absl::StatusOr<YamlScalar> ResolveYamlScalar(std::string_view tag, YamlStyle style,
                                             std::string_view text);

// nullopt for what JSON cannot say: infinity, "not a number".
std::optional<std::string> YamlScalarToJson(const YamlScalar& scalar);

// As the name of a member. nullopt for null and for numbers beyond int64_t, which cannot be names.
std::optional<std::string> YamlScalarToKey(const YamlScalar& scalar);

// A scalar without quotes or tag as JSON.
std::optional<std::string> PlainScalarToJson(std::string_view text);

}  // namespace skyden::resources
