// SPDX-License-Identifier: Apache-2.0
// Reading and printing the YAML file: one flat map of scalars.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace skyden::server {

struct ConfigLine {
  std::string key;
  std::string value;
  int number = 0;  // from 1
};

// INVALID_ARGUMENT, one line with the place, when the file cannot be read, is no map of scalars, or
// gives a key twice.
absl::StatusOr<std::vector<ConfigLine>> ReadConfigFile(const std::string& path);

// `text` as a YAML scalar, quoted when it needs to be.
std::string YamlScalar(std::string_view text);

// "grpcs://user:password@host" -> "grpcs://***@host"; any other text unchanged.
std::string MaskUserinfo(std::string_view text);

}  // namespace skyden::server
