// SPDX-License-Identifier: Apache-2.0
// How it is asked what control planes used.
#pragma once

#include <string_view>

#include "absl/time/time.h"
#include "rest/object_reader.h"
#include "skyden/http/uri.h"
#include "skyden/insights/usage.h"

namespace skyden::rest {

enum class UsageForm { kJson, kCsv };
struct UsageAsked {
  insights::UsageRequest request;
  UsageForm form = UsageForm::kJson;
};
// `taken`: what the client says that it takes; `format` wins. Without `from` and `to` it is this
// month until `now`.
Decoded<UsageAsked> DecodeUsage(const http::Query& query, UsageForm taken, absl::Time now);

}  // namespace skyden::rest
