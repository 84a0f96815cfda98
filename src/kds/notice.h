// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "skyden/model/resource.h"

namespace skyden::kds {

inline constexpr size_t kTypesMax = 128;
using TypeSet = std::bitset<kTypesMax>;

// What streams are told of changes, which are gathered for a moment. Plain value.
struct Notice {
  TypeSet types;         // may have changed
  absl::Duration since;  // when the first of it was committed, on the monotonic clock
  // Of each of `types`, by index: no change of it is of an earlier revision, but for those that
  // notices before this one told of.
  std::vector<std::pair<size_t, model::Revision>> first{};
  // A change up to here is in this notice, was in one before, or is of no type that zones get.
  model::Revision until = 0;
};

}  // namespace skyden::kds
