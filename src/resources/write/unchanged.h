// SPDX-License-Identifier: Apache-2.0
// Writes on condition that what they were thought out over is still so.
#pragma once

#include "absl/status/status.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {

// ABORTED, titled "Conflict" and naming what it was, when something that people write was written
// or deleted in the control plane after `since`, or when nobody knows any more. What zones sync
// does not count, nor what is computed, nor a Zone, which may come by itself. A query for each
// type, but none when nothing at all changed.
absl::Status CheckUnchanged(store::ReadTx& tx, const model::TypeRegistry& registry,
                            model::Revision since);

}  // namespace skyden::resources
