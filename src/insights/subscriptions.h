// SPDX-License-Identifier: Apache-2.0
// What insights of all kinds have in common: a list of connections, of which an open one means
// online.
#pragma once

#include <algorithm>

namespace skyden::insights {

template <class Insight>
bool IsOnline(const Insight& insight) {
  const auto& all = insight.subscriptions();
  return std::any_of(all.begin(), all.end(), [](const auto& subscription) {
    return subscription.has_connect_time() && !subscription.has_disconnect_time();
  });
}

}  // namespace skyden::insights
