// SPDX-License-Identifier: Apache-2.0
// Proxies put together by what happens to them.
#pragma once

#include <map>
#include <tuple>
#include <vector>

#include "skyden/preview/effects.h"

namespace skyden::preview {

// Thread-compatible.
class Groups {
 public:
  using Key = std::tuple<Group::Subject, Group::Fate, std::vector<Part>>;
  struct Members {
    Tally tally;
    std::vector<model::ResourceKey> first;
    // Where `parts` of the key had the proxy's own address left out: the first one's.
    std::vector<Part> shown;
  };

  explicit Groups(size_t names) : names_(names) {}

  // Never null. Stays where it is.
  Members* Find(Group::Subject subject, Group::Fate fate, const std::vector<Part>& parts);
  void Add(Members& members, const model::ResourceKey& proxy, const Tally& where);
  // Of all parts.
  size_t text_bytes() const { return text_bytes_; }
  // The largest first; Dataplanes before gateways. Nothing is left.
  std::vector<Group> Take();

 private:
  const size_t names_;
  size_t text_bytes_ = 0;
  std::map<Key, Members> members_;
};

}  // namespace skyden::preview
