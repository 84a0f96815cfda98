// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "control_planes/validation.h"
#include "skyden/control_planes/control_plane_service.h"

namespace skyden::control_planes {

// Adds a violation for each filter on a field that has none, or with an operator it does not take.
void CheckFilters(const std::vector<ListControlPlanes::Filter>& filters, Violations& violations);

// True when `record` passes all of them.
bool Matches(const store::ControlPlaneRecord& record,
             const std::vector<ListControlPlanes::Filter>& filters);

}  // namespace skyden::control_planes
