// SPDX-License-Identifier: Apache-2.0
// What several daemons say of the same zones, as one. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "skyden/kds/deliveries.h"

namespace skyden::peers {

inline bool IsConnected(kds::Standing standing) {
  return standing != kds::Standing::kOffline && standing != kds::Standing::kNever;
}

struct Merged {
  kds::Propagation propagation;
  // By zone: which of those who told said so.
  std::vector<size_t> said_by;
};

// All told of the same revision. Of a zone that is connected somewhere that counts; if two have it,
// which is while it moves, it has not arrived before it has at both.
Merged Merge(std::vector<kds::Propagation> told);

}  // namespace skyden::peers
