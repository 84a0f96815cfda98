// SPDX-License-Identifier: Apache-2.0
// The order of folders within a module that has one: src/resources.
#pragma once

#include <string>
#include <string_view>

namespace skyden::layering {

// The complaint about a private file of resources ("codec/meta.cc") that includes another
// ("json/value.h"), or a public header of resources ("labels.h"); empty when it is allowed. What
// lies in no known folder, and a public header that no folder is known to define, are complaints.
std::string CheckFolder(std::string_view from, std::string_view included, bool is_public);

// The complaint about a private file of resources that lies in no known folder.
std::string CheckPlaceOf(std::string_view file);

}  // namespace skyden::layering
