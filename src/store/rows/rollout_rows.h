// SPDX-License-Identifier: Apache-2.0
// Rows of table `rollout`.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/store/rollouts.h"
#include "store/session.h"

namespace skyden::store::rows {

// The oldest first.
absl::StatusOr<std::vector<RolloutRecord>> ListRolloutRows(Session& session,
                                                           const Binding& binding);
absl::Status PutRolloutRow(Session& session, const Binding& binding, const RolloutRecord& record);

}  // namespace skyden::store::rows
