// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "resources/envoy/descriptions.h"
#include "resources/envoy/resource.h"

namespace skyden::resources::envoy {

// Envoy's API as it is compiled in; null, with a warning in the test's output, when it is not.
const Descriptions* Api();

// What is wrong with a whole cluster, listener and so on; "" when nothing is.
std::string Cluster(std::string_view text);
std::string Listener(std::string_view text);
std::string VirtualHost(std::string_view text);
std::string NetworkFilter(std::string_view text);
std::string HttpFilter(std::string_view text);

}  // namespace skyden::resources::envoy
