// SPDX-License-Identifier: Apache-2.0
// What a control plane of Kuma 2 exported becomes what one of Kuma 3 can be given.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/rest/deps.h"
#include "skyden/upgrade/finding.h"

namespace skyden::rest {

struct TurnedDocuments {
  std::string body;  // as an import takes it
  // Why it is not what it was. None is a person's to settle.
  std::vector<upgrade::Finding> findings;
  uint64_t left_out = 0;  // what zones made: they tell it again when they connect
};
// As an upgrade turns them, over what the control plane holds. INVALID_ARGUMENT when they are not
// valid in Kuma 2, and, naming each thing, when somebody has to decide about something first.
// FAILED_PRECONDITION in a control plane of Kuma 2. Blocks on the disk, and takes long.
absl::StatusOr<TurnedDocuments> TurnDocuments(const Deps& deps, const model::TenantScope& scope,
                                              std::string body);

}  // namespace skyden::rest
