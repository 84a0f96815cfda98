// SPDX-License-Identifier: Apache-2.0
// What an account may do, and by which of its roles.
#pragma once

#include <string>
#include <vector>

#include "skyden/store/records.h"

namespace skyden::rest {

// `control_planes`: those whose names the caller may know.
std::string EffectiveAccessJson(
    const store::AccountRecord& account, const std::vector<store::RoleRecord>& roles,
    const std::vector<const store::ControlPlaneRecord*>& control_planes);

}  // namespace skyden::rest
