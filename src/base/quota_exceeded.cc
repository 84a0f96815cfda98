// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/quota_exceeded.h"

#include "base/status_mark.h"

namespace skyden::base {
namespace {

constexpr char kQuotaExceededUrl[] = "skyden/quota-exceeded";

}  // namespace

absl::Status QuotaExceeded(absl::string_view message) {
  return WithMark(absl::ResourceExhaustedError(message), kQuotaExceededUrl);
}

bool IsQuotaExceeded(const absl::Status& status) { return HasMark(status, kQuotaExceededUrl); }

}  // namespace skyden::base
