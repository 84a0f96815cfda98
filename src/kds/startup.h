// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "skyden/base/clock.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/store.h"

namespace skyden::kds {

// Closes the subscriptions that daemons left open which ended without notice: all but those of
// daemons that have the same database open. What cannot be closed is logged; false when it is worth
// another try. Blocks.
bool CloseAbandonedSubscriptions(store::Store& store, const model::TypeRegistry& registry,
                                 const base::Clock& clock);

}  // namespace skyden::kds
