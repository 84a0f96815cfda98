// SPDX-License-Identifier: Apache-2.0
// A stream of YAML documents as JSON texts, within budgets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace skyden::resources {

struct YamlDocument {
  size_t number = 0;  // among those that are not empty, from 1
  size_t line = 0;    // of its first line in the stream, from 1
  std::string json;
};

// Every document that is not empty. A scalar without quotes is what it looks like (YAML 1.1, but
// for y and n), one with quotes a string; aliases are expanded. INVALID_ARGUMENT that names
// document and line when something is not YAML or has no place in JSON (other tags, merge keys,
// infinity), a key comes twice, or a budget of limits::kImport... is spent.
absl::StatusOr<std::vector<YamlDocument>> ReadYamlDocuments(std::string_view text);

}  // namespace skyden::resources
