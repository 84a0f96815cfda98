// SPDX-License-Identifier: Apache-2.0
// Reading of protobuf policies, gateways and their routes.
#pragma once

#include <memory>

#include "matching/mesh_data.h"

namespace skyden::matching {

// Whether it selects by sources and destinations, or by selectors.
bool IsLegacyPolicy(const model::TypeDescriptor& type);

// Each: nullptr when the spec does not decode.
std::shared_ptr<const LegacyPolicy> ReadLegacyPolicy(const model::TypeDescriptor& type,
                                                     Item resource);
std::shared_ptr<const Gateway> ReadGateway(Item resource);
std::shared_ptr<const GatewayRoute> ReadGatewayRoute(Item resource);

}  // namespace skyden::matching
