// SPDX-License-Identifier: Apache-2.0
#include "resources/go/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/ascii.h"

namespace skyden::resources {
namespace {

bool In(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

// Labels between dots; each non-empty, at most `max` long, its characters as `fits` says.
template <class Fits>
bool IsDotted(std::string_view text, size_t max, Fits fits) {
  while (true) {
    const size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (label.empty() || label.size() > max || !fits(label)) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool IsDnsLabel(std::string_view label) {
  const auto lower = [](char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'z'); };
  return lower(label.front()) && lower(label.back()) &&
         std::all_of(label.begin(), label.end(), [&](char c) { return lower(c) || c == '-'; });
}

// %XX and nothing else after a percent sign.
bool EscapesAreWhole(std::string_view text) {
  for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !absl::ascii_isxdigit(text[at + 1]) ||
        !absl::ascii_isxdigit(text[at + 2]))
      return false;
  }
  return true;
}

bool IsOptionalPort(std::string_view text) {
  if (text.empty()) return true;
  return text[0] == ':' && std::all_of(text.begin() + 1, text.end(), absl::ascii_isdigit);
}

bool IsUserinfo(std::string_view text) {
  return EscapesAreWhole(text) && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalpha(c) || absl::ascii_isdigit(c) || In("-._:~!$&'()*+,;=%@", c);
         });
}

// A host outside brackets; escapes may only stand for bytes beyond ASCII.
bool IsPlainHost(std::string_view text) {
  if (!EscapesAreWhole(text)) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (text[i + 1] < '8') return false;
      i += 2;
    } else if (static_cast<uint8_t>(c) < 0x80 && !absl::ascii_isalpha(c) &&
               !absl::ascii_isdigit(c) && !In("-_.~!$&'()*+,;=:[]<>\"", c)) {
      return false;
    }
  }
  return true;
}

std::optional<RequestUri> ParseAuthority(std::string_view authority) {
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (!IsUserinfo(authority.substr(0, at))) return std::nullopt;
    authority.remove_prefix(at + 1);
  }
  if (!authority.empty() && authority.front() == '[') {
    const size_t close = authority.rfind(']');
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view port = authority.substr(close + 1);
    std::string_view address = authority.substr(1, close - 1);
    address = address.substr(0, address.find("%25"));
    if (!IsOptionalPort(port) || !IsIp(address) || !In(address, ':')) return std::nullopt;
    return RequestUri{std::string(port.empty() ? port : port.substr(1))};
  }
  std::string_view port;
  if (const size_t colon = authority.find(':'); colon != std::string_view::npos) {
    port = authority.substr(colon);
    if (!IsOptionalPort(port)) return std::nullopt;
  }
  if (!IsPlainHost(authority)) return std::nullopt;
  return RequestUri{std::string(port.empty() ? port : port.substr(1))};
}

// The length of the scheme in front of a colon; 0 when there is none, nullopt when the colon
// stands first.
std::optional<size_t> SchemeLength(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (absl::ascii_isalpha(c)) continue;
    if (absl::ascii_isdigit(c) || In("+-.", c)) {
      if (i == 0) return 0;
      continue;
    }
    if (c != ':') return 0;
    if (i == 0) return std::nullopt;
    return i;
  }
  return 0;
}

}  // namespace

bool IsDomain(std::string_view text) { return IsDotted(text, text.size(), IsDnsLabel); }

std::optional<std::string> IpBytes(std::string_view text) {
  const std::string literal(text);
  if (literal.find('\0') != std::string::npos) return std::nullopt;
  std::array<uint8_t, 16> bytes{};
  in_addr v4{};
  if (inet_pton(AF_INET, literal.c_str(), &v4) == 1) {
    bytes[10] = bytes[11] = 0xFF;
    const auto* from = reinterpret_cast<const uint8_t*>(&v4.s_addr);
    std::copy(from, from + 4, bytes.begin() + 12);
  } else if (inet_pton(AF_INET6, literal.c_str(), bytes.data()) != 1) {
    return std::nullopt;
  }
  return std::string(bytes.begin(), bytes.end());
}

bool IsIp(std::string_view text) { return IpBytes(text).has_value(); }

bool IsDnsName(std::string_view text) {
  if (text.empty() || IsIp(text)) return false;
  const auto dots = static_cast<size_t>(std::count(text.begin(), text.end(), '.'));
  if (text.size() - dots > 255) return false;
  // A last dot or underscore stands for the root.
  if (text.size() > 1 && text.back() == '.') text.remove_suffix(1);
  const auto fits = [](std::string_view label) {
    return label.front() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
             return absl::ascii_isalpha(c) || absl::ascii_isdigit(c) || c == '_' || c == '-';
           });
  };
  if (IsDotted(text, 63, fits)) return true;
  return text.size() > 1 && text.back() == '_' &&
         IsDotted(text.substr(0, text.size() - 1), 63, fits);
}

std::optional<HostAndPort> SplitHostPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (!host.empty() && host.front() == '[') {
    const size_t close = text.find(']');
    if (close == std::string_view::npos || close + 1 != colon) return std::nullopt;
    host = text.substr(1, close - 1);
    if (host.find('[') != std::string_view::npos) return std::nullopt;
    if (port.find_first_of("[]") != std::string_view::npos) return std::nullopt;
  } else if (host.find_first_of(":[]") != std::string_view::npos ||
             port.find_first_of("[]") != std::string_view::npos) {
    return std::nullopt;
  }
  return HostAndPort{std::string(host), std::string(port)};
}

std::optional<RequestUri> ParseRequestUri(std::string_view text) {
  const bool control = std::any_of(
      text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; });
  if (text.empty() || control) return std::nullopt;
  if (text == "*") return RequestUri{};
  const std::optional<size_t> scheme = SchemeLength(text);
  if (!scheme.has_value()) return std::nullopt;
  std::string_view rest = *scheme == 0 ? text : text.substr(*scheme + 1);
  rest = rest.substr(0, rest.find('?'));
  if (rest.empty() || rest.front() != '/') {
    // Something like "mailto:x" is a URL, if an odd one.
    return *scheme == 0 ? std::nullopt : std::optional(RequestUri{});
  }
  RequestUri uri;
  if (*scheme != 0 && rest.starts_with("//")) {
    rest.remove_prefix(2);
    const size_t slash = std::min(rest.find('/'), rest.size());
    const std::optional<RequestUri> authority = ParseAuthority(rest.substr(0, slash));
    if (!authority.has_value()) return std::nullopt;
    uri = *authority;
    rest.remove_prefix(slash);
  }
  if (!EscapesAreWhole(rest)) return std::nullopt;
  return uri;
}

}  // namespace skyden::resources
