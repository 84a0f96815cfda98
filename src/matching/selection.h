// SPDX-License-Identifier: Apache-2.0
// Which listeners of a proxy a policy's targetRef selects.
#pragma once

#include <string>
#include <vector>

#include "matching/mesh_data.h"
#include "skyden/matching/mesh_model.h"

namespace skyden::matching {

struct Selection {
  std::vector<Listener> listeners;
  bool delegated_gateway = false;  // a gateway that has no listeners of its own
  std::string error;               // why the target could not be resolved

  bool any() const { return delegated_gateway || !listeners.empty(); }
};

// The MeshGateway that configures the proxy; nullptr when there is none. With `kOfItsZone`, those
// that another zone made do not count.
enum class GatewayScope { kOfItsZone, kAll };
const Gateway* GatewayOf(const MeshModel& mesh, const Proxy& proxy, GatewayScope scope);

// `gateway`: the proxy's, if it is to be considered one.
Selection Select(const MeshModel& mesh, const Policy& policy, const Proxy& proxy,
                 const Gateway* gateway);

}  // namespace skyden::matching
