// SPDX-License-Identifier: Apache-2.0
// Members of a body that nothing was made of. Kuma says nothing of them; we do.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "skyden/base/limits.h"

namespace skyden::resources {

class DroppedMembers {
 public:
  // Of more than these nothing is said, and of what is longer only the beginning.

  bool full() const { return paths_.size() >= base::limits::kDroppedMembersTold; }
  void Add(std::string path) {
    if (full()) return;
    if (path.size() > base::limits::kDroppedPathBytes) path.resize(base::limits::kDroppedPathBytes);
    paths_.push_back(std::move(path));
  }
  std::vector<std::string> Take() { return std::move(paths_); }

  // What an answer has beside a resource's own members: clients send it back as it came.
  static bool IsOfAnswers(std::string_view name) {
    static constexpr std::array<std::string_view, 10> kNames = {
        "type", "mesh", "name", "labels", "spec", "status", "creationTime", "modificationTime",
        "kri",  "snis"};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
  }

 private:
  std::vector<std::string> paths_;
};

}  // namespace skyden::resources
