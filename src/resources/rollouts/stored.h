// SPDX-License-Identifier: Apache-2.0
// Between rollouts and their rows.
#pragma once

#include "absl/status/statusor.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/rollouts.h"
#include "skyden/store/rollouts.h"

namespace skyden::resources {

// INTERNAL when it does not read. Items of types that this version does not know are left out of
// one that is over.
absl::StatusOr<Rollout> DecodeRollout(const model::TypeRegistry& registry,
                                      const store::RolloutRecord& record);
// Of one that is over, what it would have written is left out.
store::RolloutRecord EncodeRollout(const Rollout& rollout);
// What `rollout` would write, as it is stored: what counts against limits::kRolloutBytes.
size_t ContentBytes(const Rollout& rollout);

}  // namespace skyden::resources
