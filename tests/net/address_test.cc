// SPDX-License-Identifier: Apache-2.0
#include "skyden/net/address.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "skyden/net/address_limits.h"

namespace skyden::net {
namespace {

TEST_CASE("an address is read and written", "[net]") {
  const auto [text, written] = GENERATE(table<std::string, std::string>({
      {"127.0.0.1:80", "127.0.0.1:80"},
      {"localhost:1", "127.0.0.1:1"},
      {"0.0.0.0:65535", "0.0.0.0:65535"},
      {"[::1]:0", "[::1]:0"},
      {"::1:7", "[::1]:7"},
      {"[2001:DB8:0::1]:443", "[2001:db8::1]:443"},
  }));
  const auto address = SocketAddress::Parse(text);
  INFO(text);
  REQUIRE(address.ok());
  CHECK(address->ToString() == written);
}

TEST_CASE("what only this machine reaches is known", "[net]") {
  for (const char* text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1"}) {
    CHECK(SocketAddress::Parse(text)->is_loopback());
  }
  for (const char* text : {"0.0.0.0:1", "128.0.0.1:1", "[::]:1", "[::ffff:127.0.0.1]:1"}) {
    CHECK_FALSE(SocketAddress::Parse(text)->is_loopback());
  }
}

TEST_CASE("what is no address is refused, saying what one is", "[net]") {
  const std::string text =
      GENERATE("", "80", ":80", "a.example:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
               "127.0.0.1:-1", "127.0.0.1:8o", "[::1:80", "1.2.3:80", "127.0.0.1: 80");
  INFO(text);
  const auto address = SocketAddress::Parse(text);
  CHECK(address.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(address.status().message()).find("host:port") != std::string::npos);
}

TEST_CASE("a place is an IPv4 address or the /64 of an IPv6 one", "[net]") {
  const auto [ip, key] = GENERATE(table<std::string, std::string>({
      {"10.0.0.9", "10.0.0.9"},
      {"::ffff:10.0.0.9", "10.0.0.9"},
      {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
      {"2001:db8:1:2::", "2001:db8:1:2::/64"},
      {"2001:db8:1:3::1", "2001:db8:1:3::/64"},
      {"::1", "::/64"},
      {"not an address", "not an address"},
  }));
  CHECK(AddressKey(ip) == key);
}

TEST_CASE("connections are counted in all and by place", "[net]") {
  AddressLimits limits(4, 2);
  CHECK(limits.Enter("2001:db8::1"));
  CHECK(limits.Enter("2001:db8::2"));
  CHECK_FALSE(limits.Enter("2001:db8::3"));  // the same place
  CHECK(limits.Enter("2001:db8:0:1::1"));
  CHECK(limits.Enter("10.0.0.1"));
  CHECK_FALSE(limits.Enter("10.0.0.2"));  // too many in all
  CHECK(limits.refused() == 2);
  CHECK(limits.Leave("2001:db8::9") == 3);
  CHECK(limits.Enter("::ffff:10.0.0.1"));
  CHECK(limits.total() == 4);
}

TEST_CASE("listening picks a port, and says where it cannot", "[net]") {
  const auto first = ListenAt(*SocketAddress::Parse("127.0.0.1:0"), {});
  REQUIRE(first.ok());
  CHECK(first->address.find("127.0.0.1:") == 0);
  CHECK(first->address != "127.0.0.1:0");
  const auto second = ListenAt(*SocketAddress::Parse(first->address), {});
  CHECK(second.status().code() == absl::StatusCode::kUnavailable);
  CHECK(std::string(second.status().message()).find(first->address) != std::string::npos);
  close(first->fd);
}

}  // namespace
}  // namespace skyden::net
