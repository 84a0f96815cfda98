// SPDX-License-Identifier: Apache-2.0
// How far zones are, as messages and back.
#pragma once

#include "peers/convert.h"
#include "skyden/kds/deliveries.h"

namespace skyden::peers {

pb::ReadPropagationRequest ToMessage(const model::TenantScope& scope,
                                     const kds::PropagationQuery& query, absl::Duration wait);
kds::PropagationQuery FromMessage(const pb::ReadPropagationRequest& request);

pb::ReadPropagationResponse ToMessage(const model::TypeRegistry& registry,
                                      const kds::Propagation& propagation);
// The outcome is what the zones come to.
kds::Propagation FromMessage(const model::TypeRegistry& registry,
                             const pb::ReadPropagationResponse& response);

pb::ReadZoneResponse ToMessage(const model::TypeRegistry& registry,
                               const kds::ZoneDelivery& delivery);
kds::ZoneDelivery FromMessage(const model::TypeRegistry& registry,
                              const pb::ReadZoneResponse& response);

}  // namespace skyden::peers
