// SPDX-License-Identifier: Apache-2.0
// Rollouts as the API takes and shows them.
#pragma once

#include <string>
#include <string_view>

#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "skyden/kds/deliveries.h"
#include "skyden/resources/rollouts.h"

namespace skyden::rest {

Decoded<resources::RolloutRequest> DecodeRollout(std::string_view body);

void WriteRollout(const resources::Rollout& rollout, JsonWriter& json);
// With its zones; `propagation` of its revision, nullptr: of no zone it is known how far it is.
std::string RolloutJson(const resources::Rollout& rollout, const kds::Propagation* propagation);

}  // namespace skyden::rest
