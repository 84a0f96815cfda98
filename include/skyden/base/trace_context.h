// SPDX-License-Identifier: Apache-2.0
// What callers may say of their request: an id of their own, and a W3C trace context.
#pragma once

#include <string>
#include <string_view>

namespace skyden::base {

// 1 to 128 letters, digits and "-_.:/+=@": harmless in logs and headers.
bool IsRequestId(std::string_view text);

// The trace id of a `traceparent` ("00-<32 hex>-<16 hex>-<2 hex>", lower case); empty when the text
// is none, or its ids are all zeros.
std::string TraceIdOf(std::string_view traceparent);

}  // namespace skyden::base
