// SPDX-License-Identifier: Apache-2.0
// Policies whose `from` is about sidecars and whose `to` is about gateways: both act where requests
// come in.
#pragma once

#include "resources/rules_json/node.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {

using ConfCheck = void (*)(const Node& conf, Report& report);

// Each item's targetRef must be of `kinds`; its `default` is for `check_conf` to judge.
void CheckFromOfSidecars(const Node& spec, Kinds kinds, ConfCheck check_conf, Report& report);
void CheckToOfGateways(const Node& spec, Kinds kinds, ConfCheck check_conf, Report& report);

}  // namespace skyden::resources::rules_json
