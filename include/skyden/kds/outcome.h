// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "skyden/kds/deliveries.h"

namespace skyden::kds {

// What zones come to, by those that count.
Propagation::Outcome OutcomeOf(const std::vector<ZoneStanding>& zones);

}  // namespace skyden::kds
