// SPDX-License-Identifier: Apache-2.0
// https://www.w3.org/TR/trace-context/: a version that is not known yet may be longer, and is read
// as version 00 is; "ff" is none.
#include "skyden/base/trace_context.h"

#include <algorithm>

#include "skyden/base/limits.h"

namespace skyden::base {
namespace {

constexpr size_t kTraceAt = 3;
constexpr size_t kTraceDigits = 32;
constexpr size_t kParentAt = kTraceAt + kTraceDigits + 1;
constexpr size_t kParentDigits = 16;
constexpr size_t kFlagsAt = kParentAt + kParentDigits + 1;
constexpr size_t kLength = kFlagsAt + 2;

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

}  // namespace

bool IsRequestId(std::string_view text) {
  if (text.empty() || text.size() > limits::kRequestIdBytes) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') ||
           std::string_view("-_.:/+=@").find(c) != std::string_view::npos;
  });
}

std::string TraceIdOf(std::string_view traceparent) {
  if (traceparent.size() < kLength) return "";
  const std::string_view version = traceparent.substr(0, 2);
  const bool longer = traceparent.size() > kLength;
  if (!IsHex(version) || version == "ff") return "";
  if (longer && (version == "00" || traceparent[kLength] != '-')) return "";
  const std::string_view trace = traceparent.substr(kTraceAt, kTraceDigits);
  const std::string_view parent = traceparent.substr(kParentAt, kParentDigits);
  if (traceparent[kTraceAt - 1] != '-' || traceparent[kParentAt - 1] != '-' ||
      traceparent[kFlagsAt - 1] != '-') {
    return "";
  }
  if (!IsHex(trace) || !IsHex(parent) || !IsHex(traceparent.substr(kFlagsAt, 2))) return "";
  return IsZero(trace) || IsZero(parent) ? "" : std::string(trace);
}

}  // namespace skyden::base
