// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "skyden/base/clock.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/store.h"

namespace skyden::kds {

// Closes the subscriptions that an instance of the daemon left open when it ended without notice:
// no zone is connected before the listener opens. What cannot be closed is logged. Blocks.
void CloseAbandonedSubscriptions(store::Store& store, const model::TypeRegistry& registry,
                                 const base::Clock& clock);

}  // namespace skyden::kds
