// SPDX-License-Identifier: Apache-2.0
#include "skyden/net/reach.h"

#include <catch2/catch.hpp>

namespace skyden::net {
namespace {

bool IsOutside(const std::string& ip) {
  const std::string text = ip.find(':') == std::string::npos ? ip + ":443" : "[" + ip + "]:443";
  const auto address = SocketAddress::Parse(text);
  INFO(ip);
  REQUIRE(address.ok());
  return net::IsOutside(
      SocketAddress::Of(reinterpret_cast<const sockaddr_storage&>(*address->get())));
}

}  // namespace

TEST_CASE("nobody is led to this host, its link or what tells a machine about itself", "[net]") {
  for (const char* ip : {"127.0.0.1",
                         "127.9.9.9",
                         "0.0.0.0",
                         "0.1.2.3",
                         "169.254.169.254",
                         "169.254.0.1",
                         "224.0.0.1",
                         "255.255.255.255",
                         "240.0.0.1",
                         "100.100.100.200",
                         "168.63.129.16",
                         "192.0.0.192",
                         "::",
                         "::1",
                         "fe80::1",
                         "febf::1",
                         "ff02::1",
                         "fd00:ec2::254",
                         "::ffff:127.0.0.1",
                         "::ffff:169.254.169.254",
                         "::127.0.0.1",
                         "64:ff9b::a9fe:a9fe",
                         "2002:7f00:1::"}) {
    INFO(ip);
    CHECK_FALSE(IsOutside(ip));
  }
}

TEST_CASE("networks of whoever runs the daemon are outside of it", "[net]") {
  for (const char* ip : {"10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "168.63.129.17",
                         "1.1.1.1", "223.255.255.255", "2001:db8::1", "fc00::1", "fd00:ec2::253",
                         "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "fec0::1"}) {
    INFO(ip);
    CHECK(IsOutside(ip));
  }
}

}  // namespace skyden::net
