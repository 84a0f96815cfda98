// SPDX-License-Identifier: Apache-2.0
// Any bytes as a request, whole and cut in two: the same outcome, within the limits.
#include <cstddef>
#include <cstdint>
#include <string>

#include "http/parser.h"
#include "skyden/base/limits.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using skyden::http::RequestParser;
  if (size < 1) return 0;
  const size_t cut = std::min<size_t>(data[0], size - 1);
  const char* text = reinterpret_cast<const char*>(data) + 1;
  const size_t length = size - 1;

  RequestParser whole;
  size_t consumed = 0;
  const auto outcome = whole.Put(text, length, consumed);
  if (consumed > length) __builtin_trap();
  if (whole.request().body.size() > skyden::base::limits::kRequestBodyBytes) __builtin_trap();

  RequestParser pieces;
  auto second = pieces.Put(text, cut, consumed);
  if (second == RequestParser::Outcome::kNeedMore) {
    size_t more = 0;
    second = pieces.Put(text + consumed, length - consumed, more);
  }
  if ((outcome == RequestParser::Outcome::kComplete) !=
      (second == RequestParser::Outcome::kComplete)) {
    __builtin_trap();
  }
  if (outcome == RequestParser::Outcome::kComplete &&
      whole.request().body != pieces.request().body) {
    __builtin_trap();
  }
  return 0;
}
