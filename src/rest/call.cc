// SPDX-License-Identifier: Apache-2.0
#include "rest/call.h"

#include <fmt/format.h>

namespace skyden::rest {

void Proceed(base::Executor& executor, const base::Lane& lane, CallPtr call, const Action& action) {
  call->share = fmt::format("{}/{}", lane.kind, lane.number);
  if (!call->request.body_waits) {
    return executor.HandOver(
        lane, [&action, call = std::move(call)]() mutable { action(std::move(call)); });
  }
  const Call& waits = *call;  // stays where it is
  waits.request.TakeBody(waits.share, [&executor, lane, &action,
                                       call = std::move(call)](std::string body) mutable {
    call->request.body = std::move(body);
    call->request.body_waits = false;
    executor.PostIn(lane, [&action, call = std::move(call)]() mutable { action(std::move(call)); });
  });
}

}  // namespace skyden::rest
