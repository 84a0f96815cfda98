// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/quota_exceeded.h"

#include "absl/strings/cord.h"

namespace skyden::base {
namespace {

constexpr char kUrl[] = "skyden/quota-exceeded";

}  // namespace

absl::Status QuotaExceeded(absl::string_view message) {
  absl::Status status = absl::ResourceExhaustedError(message);
  status.SetPayload(kUrl, absl::Cord());
  return status;
}

bool IsQuotaExceeded(const absl::Status& status) { return status.GetPayload(kUrl).has_value(); }

}  // namespace skyden::base
