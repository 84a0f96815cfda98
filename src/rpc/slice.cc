// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "skyden/rpc/server.h"

namespace skyden::rpc {

Slice Slice::Of(std::string bytes) {
  auto owner = std::make_shared<const std::string>(std::move(bytes));
  const std::string_view view = *owner;
  return {std::move(owner), view};
}

std::optional<std::string_view> CallHead::Find(std::string_view name) const {
  const auto found = std::find_if(metadata.begin(), metadata.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  if (found == metadata.end()) return std::nullopt;
  return found->second;
}

}  // namespace skyden::rpc
