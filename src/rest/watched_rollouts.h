// SPDX-License-Identifier: Apache-2.0
// What one who watches is told of rollouts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "skyden/resources/rollouts.h"

namespace skyden::rest {

// Strand-bound.
class WatchedRollouts {
 public:
  // The events that tell of what is otherwise than was told; at first, of those that are not over.
  // `mesh` empty: of every mesh.
  std::vector<std::string> News(const std::vector<resources::Rollout>& now,
                                const std::string& mesh);

 private:
  bool begun_ = false;
  std::map<std::string, std::string> told_;  // by id
};

}  // namespace skyden::rest
