// SPDX-License-Identifier: Apache-2.0
#include "resources/go/net.h"

#include <catch2/catch.hpp>

namespace skyden::resources {
namespace {

TEST_CASE("addresses are read as Go reads them", "[resources][net]") {
  for (const char* ip : {"1.2.3.4", "::1", "::ffff:1.2.3.4", "fe80::1"}) CHECK(IsIp(ip));
  for (const char* text : {"", "1.2.3", "01.2.3.4", "1.2.3.4:80", "fe80::1%eth0", "[::1]"}) {
    INFO(text);
    CHECK(!IsIp(text));
  }
  for (const char* name : {"a", "A_b.c-d", "a.b.", "_x", "1a"}) CHECK(IsDnsName(name));
  for (const char* text : {"", "-a", "a..b", ".a", "1.2.3.4", "a b", "a/b"}) {
    INFO(text);
    CHECK(!IsDnsName(text));
  }
  CHECK(SplitHostPort("[::1]:80")->host == "::1");
  CHECK(SplitHostPort("h:")->port.empty());
  for (const char* text : {"h", "::1", "a:b:c", "[::1]", "[::1:80", "a]:1"}) {
    INFO(text);
    CHECK(!SplitHostPort(text).has_value());
  }
  CHECK(ParseRequestUri("http://h:80/p?q")->port == "80");
  CHECK(ParseRequestUri("/p")->port.empty());
  for (const char* text : {"", "p", "://h", "http://[::1", "http://h:8a", "/%g0", "a\x01"}) {
    INFO(text);
    CHECK(!ParseRequestUri(text).has_value());
  }
}

}  // namespace
}  // namespace skyden::resources
