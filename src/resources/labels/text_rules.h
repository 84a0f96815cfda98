// SPDX-License-Identifier: Apache-2.0
// Rules on names, label keys and label values, with the wording that Kuma's clients know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skyden::resources {

// Lower-case letters, digits, '-' and '.', each dot-separated part beginning and ending with a
// letter or digit.
bool IsDnsSubdomain(std::string_view text);
// Letters, digits, '-', '_' and '.', beginning and ending with a letter or digit.
bool IsQualifiedNamePart(std::string_view text);

// What is wrong with it; nothing when it is right.
std::vector<std::string> CheckLabelKey(std::string_view key);
std::vector<std::string> CheckLabelValue(std::string_view value);
// "" when `name` may name a resource.
std::string CheckResourceName(std::string_view name);
// "" when `name` may be the mesh of a resource (older meshes may have '_').
std::string CheckMeshOfResource(std::string_view name);

}  // namespace skyden::resources
