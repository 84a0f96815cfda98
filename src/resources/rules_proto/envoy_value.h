// SPDX-License-Identifier: Apache-2.0
// Pieces of Envoy configuration, written as YAML or JSON inside a resource.
#pragma once

#include <string>
#include <string_view>

namespace skyden::resources::rules {

enum class EnvoyMessage { kAny, kCluster, kHttpFilter, kListener, kNetworkFilter, kVirtualHost };
enum class EnvoyUse { kWhole, kPatch };  // a patch need not be complete

// What is wrong with `value` as far as its outer form tells; empty when nothing is.
std::string EnvoyValueProblem(std::string_view value, EnvoyMessage message, EnvoyUse use);

}  // namespace skyden::resources::rules
