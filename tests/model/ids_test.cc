// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/ids.h"

#include <catch2/catch.hpp>

namespace skyden::model {
namespace {

TEST_CASE("a control plane id is a UUID and is kept in lower case", "[model]") {
  REQUIRE(ParseControlPlaneId("0B6C41D0-5F6E-4F0B-9B57-9A4A6D6CF5A1")->str() ==
          "0b6c41d0-5f6e-4f0b-9b57-9a4a6d6cf5a1");
  for (const char* wrong :
       {"", "x", "0b6c41d05f6e4f0b9b579a4a6d6cf5a1", "0b6c41d0-5f6e-4f0b-9b57-9a4a6d6cf5ag",
        "0b6c41d0_5f6e-4f0b-9b57-9a4a6d6cf5a1"}) {
    CAPTURE(wrong);
    REQUIRE_FALSE(ParseControlPlaneId(wrong).ok());
  }
}

TEST_CASE("a zone name is a DNS label", "[model]") {
  for (const char* right : {"z", "zone-1", "1zone", "a--b"}) {
    CAPTURE(right);
    REQUIRE(ParseZoneName(right).ok());
  }
  const std::string long_name(64, 'a');
  for (const char* wrong : {"", "-a", "a-", "Zone", "a.b", "a_b", "a b", long_name.c_str()}) {
    CAPTURE(wrong);
    REQUIRE_FALSE(ParseZoneName(wrong).ok());
  }
  REQUIRE(ParseZoneName(std::string(63, 'a')).ok());
}

}  // namespace
}  // namespace skyden::model
