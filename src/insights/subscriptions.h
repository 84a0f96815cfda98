// SPDX-License-Identifier: Apache-2.0
// What insights of all kinds have in common: a list of connections, of which an open one means
// online.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>

#include "absl/time/time.h"

namespace skyden::insights {

inline absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

template <class Insight>
bool IsOnline(const Insight& insight) {
  const auto& all = insight.subscriptions();
  return std::any_of(all.begin(), all.end(), [](const auto& subscription) {
    return subscription.has_connect_time() && !subscription.has_disconnect_time();
  });
}

}  // namespace skyden::insights
