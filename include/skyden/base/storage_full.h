// SPDX-License-Identifier: Apache-2.0
// A full disk, told apart from a rate or a quota that has the same code.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace skyden::base {

// RESOURCE_EXHAUSTED, marked: trying again does not help before somebody makes room.
absl::Status StorageFull(absl::string_view message);
bool IsStorageFull(const absl::Status& status);

}  // namespace skyden::base
