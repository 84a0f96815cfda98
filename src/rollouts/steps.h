// SPDX-License-Identifier: Apache-2.0
// What is due of one rollout.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "rollouts/gate.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/resources/rollouts.h"
#include "skyden/rollouts/driver.h"

namespace skyden::rollouts {

// A question to proxies that a rollout waits for, and then its answer.
struct Question {
  size_t wave = 0;       // that was released when it was asked
  bool of_next = false;  // about the wave that is to be released next
  std::optional<absl::StatusOr<Measured>> answer{};
};

// What became of it.
struct Next {
  bool is_over = false;                                  // it is not live any more
  absl::Duration look_after = absl::InfiniteDuration();  // without news
  // What is waited for, to be looked at again when it is there.
  std::vector<std::string> missing{};
  model::Revision revision = 0;
  // To be asked, and looked at again with the answer; the zones of which wave, from 0.
  std::optional<size_t> ask_wave{};
};

// Does what is due of a live one, which may be several steps. `asked` is what it waits for, or has:
// taken when it is used. Blocks on the disk.
Next DriveOn(const DriverDeps& deps, const model::TenantScope& scope, resources::Rollout rollout,
             std::optional<Question>& asked);

}  // namespace skyden::rollouts
