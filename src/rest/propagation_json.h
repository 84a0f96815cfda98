// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "skyden/kds/deliveries.h"
#include "skyden/model/type_registry.h"

namespace skyden::rest {

// `kOpen`: of the zones only those that count and have not arrived.
enum class PropagationShown { kAll, kOpen };

std::string PropagationJson(const model::TypeRegistry& registry, std::string_view epoch,
                            const kds::Propagation& propagation, PropagationShown shown,
                            absl::Time asked_at);
std::string ZoneDeliveryJson(const model::TypeRegistry& registry, std::string_view epoch,
                             const kds::ZoneDelivery& delivery);

}  // namespace skyden::rest
