// SPDX-License-Identifier: Apache-2.0
// Whether somebody else's wish may lead the daemon to an address.
#pragma once

#include "skyden/net/address.h"

namespace skyden::net {

// False for this host itself, its link, what belongs to nobody or to many, and the addresses at
// which providers of machines tell those about themselves: whoever may have the daemon connect to
// where they like must not get there. Also where one of those stands inside an IPv6 address.
bool IsOutside(const SocketAddress& address);

}  // namespace skyden::net
