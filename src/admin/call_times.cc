// SPDX-License-Identifier: Apache-2.0
#include "skyden/admin/call_times.h"

namespace skyden::admin {

void CallTimes::Note(absl::StatusCode code, absl::Duration took) {
  switch (code) {
    case absl::StatusCode::kOk:
      return ok.Observe(took);
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return failed.Observe(took);
    default:
      return refused.Observe(took);
  }
}

}  // namespace skyden::admin
