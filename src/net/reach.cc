// SPDX-License-Identifier: Apache-2.0
#include "skyden/net/reach.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace skyden::net {
namespace {

struct Network {
  uint32_t address;
  int bits;
};

constexpr uint32_t Ip(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr std::array kInside = {
    Network{Ip(0, 0, 0, 0), 8},           // this network
    Network{Ip(127, 0, 0, 0), 8},         // loopback
    Network{Ip(169, 254, 0, 0), 16},      // the link; metadata of most providers
    Network{Ip(224, 0, 0, 0), 3},         // multicast, reserved, broadcast
    Network{Ip(100, 100, 100, 200), 32},  // metadata
    Network{Ip(168, 63, 129, 16), 32},    // the same
    Network{Ip(192, 0, 0, 192), 32},      // the same
};

bool IsInside(uint32_t ip) {
  return std::any_of(kInside.begin(), kInside.end(), [ip](const Network& network) {
    return ip >> (32 - network.bits) == network.address >> (32 - network.bits);
  });
}

using Bytes = std::array<uint8_t, 16>;

bool BeginsWith(const Bytes& ip, std::initializer_list<uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), ip.begin());
}

bool IsInside(const Bytes& ip) {
  const auto v4_at = [&ip](size_t at) { return Ip(ip[at], ip[at + 1], ip[at + 2], ip[at + 3]); };
  const bool link = ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
  if (link || ip[0] == 0xff) return true;
  // ::, ::1 and ::a.b.c.d; ::ffff:a.b.c.d is IPv4 by now.
  if (BeginsWith(ip, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})) return IsInside(v4_at(12));
  if (BeginsWith(ip, {0x00, 0x64, 0xff, 0x9b})) return IsInside(v4_at(12));  // NAT64
  if (BeginsWith(ip, {0x20, 0x02})) return IsInside(v4_at(2));               // 6to4
  return BeginsWith(ip, {0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54});
}

}  // namespace

bool IsOutside(const SocketAddress& address) {
  if (address.is_v6()) {
    Bytes bytes{};
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(address.get())->sin6_addr,
                bytes.size());
    return !IsInside(bytes);
  }
  return !IsInside(ntohl(reinterpret_cast<const sockaddr_in*>(address.get())->sin_addr.s_addr));
}

}  // namespace skyden::net
