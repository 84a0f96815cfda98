// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace skyden::resources {

// Where the descriptions of Envoy's API come from that Envoy's resources in policies are checked
// against, e.g. "xds-protos 1.85.0"; "" when the program was built without them: then only the
// outermost members are.
std::string_view EnvoyApiName();

}  // namespace skyden::resources
