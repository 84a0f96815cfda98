// SPDX-License-Identifier: Apache-2.0
// A built-in gateway in the older forms of inspection.
#pragma once

#include <string>
#include <vector>

#include "skyden/matching/attachments.h"

namespace skyden::rest {

// Its listeners, hosts and routes, with the policies of where they lead to.
std::string GatewayJson(const matching::GatewayView& view);

// What `{policy}/{name}/dataplanes` shows of it: where in it the policy is attached.
std::vector<std::string> GatewayItems(const matching::GatewayView& view,
                                      const model::ResourceKey& dataplane,
                                      const model::TypeDescriptor& type,
                                      const model::ResourceKey& policy);

}  // namespace skyden::rest
