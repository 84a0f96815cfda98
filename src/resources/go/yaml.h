// SPDX-License-Identifier: Apache-2.0
// YAML as JSON text, as sigs.k8s.io/yaml makes it: what Kuma and kumactl read YAML with.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "resources/go/yaml_nodes.h"

namespace skyden::resources {

struct YamlRules {
  enum class Duplicates { kLastCounts, kRefused };
  size_t nodes_max = 0;  // once aliases are followed
  size_t json_bytes_max = 0;
  Duplicates duplicates = Duplicates::kLastCounts;  // names that a mapping itself has twice
};

// Members are sorted by name. Merge keys and aliases are followed.
std::optional<YamlProblem> YamlToJson(const YamlTree& tree, const YamlRules& rules,
                                      std::string& json);

// The first document of `text`, "null" when there is none, up to limits::kSpecBytes of result.
// INVALID_ARGUMENT when it is not YAML, has no place in JSON, is nested deeper than
// limits::kJsonDepth or grows too big.
absl::StatusOr<std::string> YamlToJson(std::string_view text);

}  // namespace skyden::resources
