// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "skyden/net/address.h"

namespace skyden::peers {

// Whether "host:port" leads to this machine alone.
inline bool IsLoopback(const std::string& address) {
  const auto parsed = net::SocketAddress::Parse(address);
  return parsed.ok() && parsed->is_loopback();
}

}  // namespace skyden::peers
