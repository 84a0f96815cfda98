// SPDX-License-Identifier: Apache-2.0
// The files of schema/resources/, compiled in (schema/resources/embed.cmake writes the other half).
#pragma once

#include <string_view>
#include <vector>

namespace skyden::model {

struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

// In order of their names, folder by folder.
std::vector<EmbeddedFile> EmbeddedTypeFiles();

}  // namespace skyden::model
