// SPDX-License-Identifier: Apache-2.0
// How the identity API ends a call with what a service gave.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rest/call.h"
#include "rest/json_writer.h"
#include "rest/problem.h"
#include "rest/refusal.h"

namespace skyden::rest {

// Answers `status` with what `write` writes of the value, or why there is none.
template <class T, class Write>
void Answer(CallPtr call, int status, const absl::StatusOr<T>& value, Write write) {
  if (!value.ok()) return call->Finish(Refusal(value.status(), *call));
  JsonWriter json;
  write(*value, json);
  call->Finish(ManagerJson(status, json.Take()));
}

// Answers 204, or why it was not done.
inline void AnswerDone(CallPtr call, const absl::Status& status) {
  call->Finish(status.ok() ? http::Response{.status = 204} : Refusal(status, *call));
}

}  // namespace skyden::rest
