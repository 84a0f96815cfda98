// SPDX-License-Identifier: Apache-2.0
// A quota that would be passed, told apart from a rate or a full disk that has the same code.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace skyden::base {

// RESOURCE_EXHAUSTED, marked: trying again does not help before something goes or somebody raises
// the quota.
absl::Status QuotaExceeded(absl::string_view message);
bool IsQuotaExceeded(const absl::Status& status);

}  // namespace skyden::base
