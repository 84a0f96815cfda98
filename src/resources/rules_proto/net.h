// SPDX-License-Identifier: Apache-2.0
// Addresses as Go and the validators of Kuma read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "resources/rules_proto/report.h"

namespace skyden::resources::rules {

bool IsIp(std::string_view text);       // IPv4 or IPv6 literal, no zone
bool IsDnsName(std::string_view text);  // loose: underscores and capitals pass; never an IP

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

// `address` field of a proxy, reported under `path`.address.
void CheckAddress(const Path& path, std::string_view address, Report& report);
void CheckPort(const Path& path, uint32_t port, Report& report);
// "*", "*.domain" or a domain in lower case.
void CheckHostname(const Path& path, std::string_view hostname, Report& report);

}  // namespace skyden::resources::rules
