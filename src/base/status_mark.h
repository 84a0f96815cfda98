// SPDX-License-Identifier: Apache-2.0
// What tells a status apart from others of its code, for those that handle it; clients never see
// it.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/cord.h"

namespace skyden::base {

inline absl::Status WithMark(absl::Status status, const char* url) {
  status.SetPayload(url, absl::Cord());
  return status;
}

inline bool HasMark(const absl::Status& status, const char* url) {
  return status.GetPayload(url).has_value();
}

}  // namespace skyden::base
