// SPDX-License-Identifier: Apache-2.0
#include "http/outgoing_url.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace skyden::http {
namespace {

absl::Status NoHost() { return absl::InvalidArgumentError("the URL has no usable host"); }

bool IsPort(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0 && value < 65536;
}

// What would end the request line, or mean something to a reader of it.
bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7f && c != '\\' && c != '"' && c != '<' && c != '>';
  });
}

}  // namespace

absl::StatusOr<OutgoingUrl> ParseOutgoingUrl(const std::string& url) {
  OutgoingUrl parsed;
  parsed.tls = url.starts_with("https://");
  if (!parsed.tls && !url.starts_with("http://")) {
    return absl::InvalidArgumentError("the URL must begin with http:// or https://");
  }
  if (!IsPlain(url)) {
    return absl::InvalidArgumentError("the URL holds characters that have to be escaped");
  }
  const size_t begin = url.find("://") + 3;
  const size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  parsed.authority = url.substr(begin, end - begin);
  parsed.target = url.substr(end, url.find('#', end) - end);
  if (!parsed.target.starts_with('/')) parsed.target.insert(0, 1, '/');

  std::string_view rest = parsed.authority;
  if (rest.starts_with('[')) {
    const size_t close = rest.find(']');
    if (close == std::string_view::npos) return NoHost();
    parsed.host = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
  } else {
    const size_t colon = std::min(rest.find(':'), rest.size());
    parsed.host = rest.substr(0, colon);
    rest.remove_prefix(colon);
  }
  parsed.port = parsed.tls ? "443" : "80";
  if (!rest.empty()) {
    if (!rest.starts_with(':') || !IsPort(rest.substr(1))) return NoHost();
    parsed.port = rest.substr(1);
  }
  // A password in a URL would be sent to nobody: it has no place here.
  if (parsed.host.empty() || parsed.host.find('@') != std::string::npos) return NoHost();
  return parsed;
}

}  // namespace skyden::http
