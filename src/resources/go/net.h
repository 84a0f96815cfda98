// SPDX-License-Identifier: Apache-2.0
// Addresses as Go and the validators of Kuma read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skyden::resources {

bool IsIp(std::string_view text);       // IPv4 or IPv6 literal, no zone
bool IsDnsName(std::string_view text);  // loose: underscores and capitals pass; never an IP
bool IsDomain(std::string_view text);   // dots between labels of RFC 1123 in lower case

// The canonical bytes of an IP literal, IPv4 in its IPv6 form; nullopt when it is none.
std::optional<std::string> IpBytes(std::string_view text);

struct HostAndPort {
  std::string host;
  std::string port;
};
// As Go's net.SplitHostPort.
std::optional<HostAndPort> SplitHostPort(std::string_view text);

struct RequestUri {
  std::string port;
};
// As Go's url.ParseRequestURI: an absolute URL, or a path.
std::optional<RequestUri> ParseRequestUri(std::string_view text);

}  // namespace skyden::resources
