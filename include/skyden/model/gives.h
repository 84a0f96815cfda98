// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "skyden/model/access.h"

namespace skyden::model {

// Whether by this grant alone something may be done in a control plane; kNoTenant: on all of them.
bool Gives(const Grant& grant, Action action, TenantKey tenant);
// Whether a narrowed grant gives it for some of the resources there.
bool GivesInParts(const Grant& grant, Action action, TenantKey tenant);

}  // namespace skyden::model
