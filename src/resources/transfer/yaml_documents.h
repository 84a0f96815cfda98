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
  size_t line = 0;    // of its first value in the stream, from 1
  std::string json;
};

// Every document that is not empty, read as kumactl reads it, but that nothing is left out: a name
// that comes twice in a mapping is a mistake, and so is what follows "...". INVALID_ARGUMENT that
// names document and line when something is not YAML or has no place in JSON (infinity), or a
// budget of limits::kImport... is spent.
absl::StatusOr<std::vector<YamlDocument>> ReadYamlDocuments(std::string_view text);

}  // namespace skyden::resources
