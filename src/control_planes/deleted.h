// SPDX-License-Identifier: Apache-2.0
// Control planes that were deleted and can be had back.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/ids.h"
#include "skyden/store/directory_tx.h"

namespace skyden::control_planes {

// Ends one for good, with an entry in its audit. NOT_FOUND.
absl::Status EndDeleted(store::DirectoryTx& tx, const model::ControlPlaneId& id, absl::Time now);

// Its own name, or one like it that none of `there` has. NOT_FOUND.
absl::StatusOr<std::string> FreeName(store::DirectoryReadTx& tx, const model::ControlPlaneId& id,
                                     const std::vector<store::ControlPlaneRecord>& there);

}  // namespace skyden::control_planes
