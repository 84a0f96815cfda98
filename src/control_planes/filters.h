// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "control_planes/validation.h"
#include "skyden/control_planes/control_plane_service.h"

namespace skyden::control_planes {

// Adds a violation for each filter on a field that has none, or for there being too many.
void CheckFilters(const std::vector<ListControlPlanes::Filter>& filters, Violations& violations);

}  // namespace skyden::control_planes
