// SPDX-License-Identifier: Apache-2.0
// What can be said of Envoy's resources without the descriptions of its API: the names and kinds of
// the outermost members, and what they must not lack.
#pragma once

#include <string>
#include <string_view>

#include "resources/envoy/resource.h"

namespace skyden::resources::envoy {

// `json`: one valid value. "" when nothing is wrong, else the reason in Kuma's words.
std::string WhyNotOutside(std::string_view json, Resource resource, Completeness completeness);
std::string WhyNotPackedOutside(std::string_view json);

}  // namespace skyden::resources::envoy
