// SPDX-License-Identifier: Apache-2.0
// JSON as YAML for people: blocks, sorted names, quotes only where they are needed.
#pragma once

#include <string>
#include <string_view>

namespace skyden::resources {

// Appends the members of an object (`raw`: JSON text that passed go_json::CheckValid), one a line;
// an empty object as "{}".
void AppendYaml(std::string_view raw, std::string& out);

}  // namespace skyden::resources
