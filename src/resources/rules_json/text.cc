// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/text.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "resources/go/net.h"

namespace skyden::resources::rules_json {
namespace {

bool IsAlnum(char c) { return absl::ascii_isalpha(c) || absl::ascii_isdigit(c); }
bool IsLowerAlnum(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c); }
bool In(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

bool IsLabel(std::string_view text) {
  return !text.empty() && IsLowerAlnum(text.front()) && IsLowerAlnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsLowerAlnum(c) || c == '-'; });
}

bool IsSubdomain(std::string_view text) {
  while (true) {
    const size_t dot = text.find('.');
    if (!IsLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::string NoMoreThan(size_t characters) {
  return fmt::format("must be no more than {} characters", characters);
}

bool IsPathSegmentChar(char c) { return IsAlnum(c) || In("-._", c); }

// The path of a SPIFFE ID, from its first slash.
std::string WhyNotSpiffePath(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    const bool last = slash == std::string_view::npos;
    if (segment.empty()) {
      return last ? "path cannot have a trailing slash" : "path cannot contain empty segments";
    }
    if (segment == "." || segment == "..") return "path cannot contain dot segments";
    if (!std::all_of(segment.begin(), segment.end(), IsPathSegmentChar)) {
      return "path segment characters are limited to letters, numbers, dots, dashes, and "
             "underscores";
    }
    path = last ? std::string_view() : path.substr(slash);
  }
  return "";
}

bool IsControl(char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; }

bool Matches(std::string_view text, const re2::RE2& pattern) {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

// Four numbers; some first ones belong to no host.
bool IsUrlIpv4(std::string_view host) {
  static const re2::RE2 kFirst("[1-9][0-9]?|1[0-9]{2}|2[01][0-9]|22[0-3]|24[0-9]|25[0-5]");
  static const re2::RE2 kOther("[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5]");
  for (int part = 0; part < 4; ++part) {
    const size_t dot = host.find('.');
    if ((dot == std::string_view::npos) != (part == 3)) return false;
    if (!Matches(host.substr(0, dot), part == 0 ? kFirst : kOther)) return false;
    if (part < 3) host.remove_prefix(dot + 1);
  }
  return true;
}

// A last word, perhaps with a dot and letters behind it; in front of it labels of ASCII, in which
// hyphens and underscores may stand. One dot may follow.
bool IsUrlHost(std::string_view host) {
  static const re2::RE2 kName(
      "(?:[a-zA-Z0-9][a-zA-Z0-9_-]*[a-zA-Z0-9](?:[-.][a-zA-Z0-9]+)*"
      "|www\\.|[a-zA-Z0-9]+(?:[-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\\.[a-zA-Z0-9]+)?"
      "(?:[a-zA-Z0-9\\x{a1}-\\x{ffff}]+-{0,2})*[a-zA-Z0-9\\x{a1}-\\x{ffff}]+"
      "(?:\\.[a-zA-Z\\x{a1}-\\x{ffff}]+)?\\.?");
  if (!host.empty() && host.front() == '[') {
    if (host.back() == '.') host.remove_suffix(1);
    return host.back() == ']' && IsIp(host.substr(1, host.size() - 2));
  }
  if (Matches(host, kName)) return true;
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  return IsUrlIpv4(host);
}

// Every '%' begins two hex digits.
bool AreEscapesRight(std::string_view text) {
  for (size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 1)) {
    if (i + 2 >= text.size() || !absl::ascii_isxdigit(text[i + 1]) ||
        !absl::ascii_isxdigit(text[i + 2]))
      return false;
  }
  return true;
}

// Of what follows the host: a query may hold anything.
bool IsUrlTail(std::string_view tail) {
  const size_t fragment = std::min(tail.find('#'), tail.size());
  const size_t query = std::min(tail.substr(0, fragment).find('?'), fragment);
  return AreEscapesRight(tail.substr(0, query)) && AreEscapesRight(tail.substr(fragment));
}

bool TakeScheme(std::string_view& rest) {
  for (const std::string_view scheme :
       {"ftp://", "tcp://", "udp://", "ws://", "wss://", "http://", "https://"}) {
    if (rest.starts_with(scheme)) {
      rest.remove_prefix(scheme.size());
      return true;
    }
  }
  return false;
}

size_t CharactersOf(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

bool IsWindowsPath(std::string_view text) {
  if (text.size() < 3 || !absl::ascii_isalpha(text[0]) || text[1] != ':' || text[2] != '\\')
    return false;
  text.remove_prefix(3);
  if (text.size() > 32767 || text.find_first_of("/:*?\"<>|\r\n") != std::string_view::npos) {
    return false;
  }
  return !text.starts_with('\\') && text.find("\\\\") == std::string_view::npos;
}

}  // namespace

std::vector<std::string> WhyNotDns1123Subdomain(std::string_view text) {
  std::vector<std::string> why;
  if (text.size() > 253) why.push_back(NoMoreThan(253));
  if (!IsSubdomain(text)) {
    why.emplace_back(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "
        "or '.', and must start and end with an alphanumeric character (e.g. 'example.com', "
        "regex used for validation is "
        "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
  }
  return why;
}

std::vector<std::string> WhyNotDns1123Label(std::string_view text) {
  std::vector<std::string> why;
  if (text.size() > 63) why.push_back(NoMoreThan(63));
  if (IsLabel(text)) return why;
  if (IsSubdomain(text)) {
    why.emplace_back("must not contain dots");
  } else {
    why.emplace_back(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
        "and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "
        "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
  }
  return why;
}

std::vector<std::string> WhyNotDns1035Label(std::string_view text) {
  std::vector<std::string> why;
  if (text.size() > 63) why.push_back(NoMoreThan(63));
  if (!IsLabel(text) || !absl::ascii_islower(text.front())) {
    why.emplace_back(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with "
        "an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or "
        "'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");
  }
  return why;
}

std::string WhyNotSpiffeId(std::string_view text) {
  if (text.empty()) return "cannot be empty";
  constexpr std::string_view kScheme = "spiffe://";
  if (!text.starts_with(kScheme)) return "scheme is missing or invalid";
  text.remove_prefix(kScheme.size());
  const size_t slash = text.find('/');
  const std::string_view domain = text.substr(0, slash);
  if (!std::all_of(domain.begin(), domain.end(),
                   [](char c) { return IsLowerAlnum(c) || In("-._", c); })) {
    return "trust domain characters are limited to lowercase letters, numbers, dots, dashes, and "
           "underscores";
  }
  if (domain.empty()) return "trust domain is missing";
  return slash == std::string_view::npos ? "" : WhyNotSpiffePath(text.substr(slash));
}

bool IsUrl(std::string_view text) {
  if (text.size() <= 3 || CharactersOf(text) >= 2083 || text.front() == '.') return false;
  if (text.find(' ') != std::string_view::npos) return false;
  if (std::any_of(text.begin(), text.end(), IsControl)) return false;
  std::string_view rest = text;
  const bool schemed = TakeScheme(rest);
  const size_t tail = rest.find_first_of("/?#");
  std::string_view authority = rest.substr(0, tail);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (at == 0) return false;
    authority.remove_prefix(at + 1);
  }
  const bool bracketed = !authority.empty() && authority.front() == '[';
  const size_t colon = authority.rfind(':');
  const bool ported =
      colon != std::string_view::npos && (!bracketed || colon > authority.rfind(']'));
  if (ported) {
    const std::string_view port = authority.substr(colon + 1);
    if (port.empty() || port.size() > 5 ||
        !std::all_of(port.begin(), port.end(), absl::ascii_isdigit)) {
      return false;
    }
    authority = authority.substr(0, colon);
  }
  // Without scheme and port it reads as a path, and that must look like a host.
  if (!schemed && !ported && text.find('.') == std::string_view::npos) return false;
  return IsUrlHost(authority) && (tail == std::string_view::npos || IsUrlTail(rest.substr(tail)));
}

bool IsFilePath(std::string_view text) {
  if (IsWindowsPath(text)) return true;
  return text.starts_with('/') && text.find('\0') == std::string_view::npos;
}

bool IsCidr(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || !IsIp(text.substr(0, slash))) return false;
  const std::string_view bits = text.substr(slash + 1);
  if (bits.empty() || bits.size() > 3 ||
      !std::all_of(bits.begin(), bits.end(), absl::ascii_isdigit)) {
    return false;
  }
  unsigned count = 0;
  std::from_chars(bits.data(), bits.data() + bits.size(), count);
  return count <= (text.substr(0, slash).find(':') == std::string_view::npos ? 32u : 128u);
}

bool IsPemCertificate(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kDashes = "-----";
  for (size_t at = text.find(kBegin); at != std::string_view::npos;
       at = text.find(kBegin, at + 1)) {
    if (at > 0 && text[at - 1] != '\n') continue;
    const std::string_view rest = text.substr(at + kBegin.size());
    const size_t line_end = rest.find('\n');
    const std::string_view line = rest.substr(0, line_end);
    const size_t dashes = line.find(kDashes);
    if (line_end == std::string_view::npos || dashes == std::string_view::npos) continue;
    const std::string_view label = line.substr(0, dashes);
    const std::string end = fmt::format("-----END {}-----", label);
    const size_t close = rest.find(end, line_end);
    if (close == std::string_view::npos) continue;
    const std::string_view body = rest.substr(line_end, close - line_end);
    const size_t digits = static_cast<size_t>(
        std::count_if(body.begin(), body.end(), [](char c) { return IsAlnum(c) || In("+/=", c); }));
    const bool clean = std::all_of(body.begin(), body.end(),
                                   [](char c) { return IsAlnum(c) || In("+/= \t\r\n", c); });
    if (!clean || digits % 4 != 0) continue;
    return !label.ends_with("PRIVATE KEY");
  }
  return false;
}

bool IsIpSloppy(std::string_view text) {
  if (IsIp(text)) return true;
  std::array<unsigned, 4> parts{};
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t dot = i + 1 < parts.size() ? text.find('.') : text.size();
    if (dot == std::string_view::npos || dot == 0) return false;
    const auto result = std::from_chars(text.data(), text.data() + dot, parts[i]);
    if (result.ec != std::errc() || result.ptr != text.data() + dot || parts[i] > 255) return false;
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return true;
}

}  // namespace skyden::resources::rules_json
