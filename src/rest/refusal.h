// SPDX-License-Identifier: Apache-2.0
// Why a call of the manager API is not done.
#pragma once

#include "rest/call.h"
#include "rest/object_reader.h"
#include "rest/problem.h"

namespace skyden::rest {

// What was asked does not read.
template <class T>
http::Response Refusal(const Decoded<T>& decoded, const Call& call) {
  return Problem(400, decoded.detail, call.request.request_id, decoded.invalid);
}

// A service said no.
inline http::Response Refusal(const absl::Status& status, const Call& call) {
  return Problem(status, call.request.request_id);
}

}  // namespace skyden::rest
