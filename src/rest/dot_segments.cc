// SPDX-License-Identifier: Apache-2.0
// What net/http's ServeMux of Go 1.22 and later does: the cleaned path is that of the escaped text,
// and becomes the unescaped one of the new address.
#include "rest/dot_segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rest/characters.h"
#include "skyden/base/html.h"

namespace skyden::rest {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

// Go's shouldEscape of a path, the other way round.
bool StaysInPath(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         IsOneOf(c, "-_.~$&+,/:;=@");
}

std::string EscapedBytes(std::string_view path) {
  std::string out;
  for (const char c : path) {
    out += StaysInPath(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<uint8_t>(c));
  }
  return out;
}

// Go's EscapedPath: the text as sent if all of it may stand in a path, else escaped anew.
std::string EscapedOnce(std::string_view path) {
  const bool valid = std::all_of(path.begin(), path.end(),
                                 [](char c) { return StaysInPath(c) || IsOneOf(c, "!'()*[]%"); });
  if (valid) return std::string(path);
  std::string out;
  for (size_t at = 0; at < path.size(); ++at) {
    const bool escape = path[at] == '%' && at + 2 < path.size() &&
                        IsOneOf(path[at + 1], kHexDigits) && IsOneOf(path[at + 2], kHexDigits);
    if (escape) {
      out += path.substr(at, 3);
      at += 2;
    } else {
      out += EscapedBytes(path.substr(at, 1));
    }
  }
  return out;
}

// path.Clean, but for a slash at the end, which stays.
std::string Clean(std::string_view path) {
  std::vector<std::string_view> kept;
  const bool slash = path.ends_with('/');
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string clean;
  for (const std::string_view segment : kept) clean.append("/").append(segment);
  if (slash || clean.empty()) clean += '/';
  return clean;
}

bool HasDots(std::string_view path) {
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
  }
  return false;
}

// Go's hexEscapeNonASCII, for a header.
std::string InAscii(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    out += byte < 0x80 ? std::string(1, c) : fmt::format("%{:02x}", byte);
  }
  return out;
}

}  // namespace

std::optional<http::Response> WithoutDots(const http::Request& request, std::string_view path) {
  if (!HasDots(path)) return std::nullopt;
  const std::string_view root =
      std::string_view(request.path).substr(0, request.path.size() - path.size());
  std::string address = std::string(root) + EscapedBytes(Clean(EscapedOnce(path)));
  if (!request.query.empty()) address += "?" + request.query;
  http::Response response{.status = 307, .headers = {{"Location", InAscii(address)}}};
  if (request.method == http::Method::kGet) {
    response.content_type = "text/html; charset=utf-8";
    response.body =
        fmt::format("<a href=\"{}\">Temporary Redirect</a>.\n\n", base::EscapeHtml(address));
  }
  return response;
}

}  // namespace skyden::rest
