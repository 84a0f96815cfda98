// SPDX-License-Identifier: Apache-2.0
#include "server/listen_address.h"

#include <arpa/inet.h>

namespace skyden::server {

std::optional<net::SocketAddress> ParseListenAddress(std::string_view text) {
  const auto address = net::SocketAddress::Parse(text);
  // Stricter than sockets need: where an IPv6 address ends is for brackets to say.
  if (!address.ok() || address->is_v6() != text.starts_with('[')) return std::nullopt;
  return *address;
}

bool IsIp(const std::string& text) {
  in_addr v4{};
  in6_addr v6{};
  return inet_pton(AF_INET, text.c_str(), &v4) == 1 || inet_pton(AF_INET6, text.c_str(), &v6) == 1;
}

}  // namespace skyden::server
