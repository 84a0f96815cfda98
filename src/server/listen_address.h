// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "skyden/net/address.h"

namespace skyden::server {

// "127.0.0.1:5681", "[::1]:0", "localhost:80". nullopt for anything else: a daemon must not depend
// on a name server to know what it listens on.
std::optional<net::SocketAddress> ParseListenAddress(std::string_view text);

// "10.0.0.1" or "fe80::1".
bool IsIp(const std::string& text);

}  // namespace skyden::server
