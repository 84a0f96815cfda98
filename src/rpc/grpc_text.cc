// SPDX-License-Identifier: Apache-2.0
#include "rpc/grpc_text.h"

#include <cstdint>

namespace skyden::rpc {
namespace {

std::optional<absl::Duration> UnitOf(char c) {
  switch (c) {
    case 'H':
      return absl::Hours(1);
    case 'M':
      return absl::Minutes(1);
    case 'S':
      return absl::Seconds(1);
    case 'm':
      return absl::Milliseconds(1);
    case 'u':
      return absl::Microseconds(1);
    case 'n':
      return absl::Nanoseconds(1);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string EncodeMessage(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '%') {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4];
    encoded += kHex[byte & 15];
  }
  return encoded;
}

std::optional<absl::Duration> ParseTimeout(std::string_view text) {
  constexpr size_t kDigits = 8;
  if (text.size() < 2 || text.size() > kDigits + 1) return std::nullopt;
  int64_t value = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  const auto unit = UnitOf(text.back());
  if (!unit.has_value()) return std::nullopt;
  return *unit * value;
}

bool IsGrpcContentType(std::string_view text) {
  constexpr std::string_view kType = "application/grpc";
  if (text.substr(0, kType.size()) != kType) return false;
  text.remove_prefix(kType.size());
  return text.empty() || text.front() == '+' || text.front() == ';';
}

}  // namespace skyden::rpc
