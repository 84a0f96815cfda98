// SPDX-License-Identifier: Apache-2.0
#include "kds/names.h"

#include <catch2/catch.hpp>

#include "kds/json_scan.h"
#include "kds/node_metadata.h"
#include "kds/wire.h"
#include "skyden/base/limits.h"

using namespace skyden;
using namespace skyden::kds;

TEST_CASE("hashed names are those that Kuma makes", "[kds]") {
  CHECK(HashedName("default", "default-timeout-global", {}) ==
        "default-timeout-global-54dbd4c66zwbcf9c");
  CHECK(HashedName("default", "redis-zone-1", {{"kuma.io/zone", "zone-1"}}) ==
        "redis-zone-1-2v6wfvvcvbc9f55d");
  CHECK(HashedName("default", "default-timeout-zone-1", {{"kuma.io/zone", "zone-1"}}) ==
        "default-timeout-zone-1-c58w24w4vw27f454");
  CHECK(HashedName("", "synced-mesh-multi-zone-service", {}) ==
        "synced-mesh-multi-zone-service-4244v574644557w2");
  CHECK(HashedName("payments", "ms-1", {{"kuma.io/zone", "zone-east"}}) == "ms-1-wz2d9b7z4bcc78wd");
}

TEST_CASE("a hashed name is never longer than a name may be", "[kds]") {
  const std::string name = HashedName("default", std::string(253, 'a'), {});
  CHECK(name.size() == 253);
  CHECK(name.substr(0, 237) == std::string(236, 'a') + "-");
}

TEST_CASE("a member is found whatever stands around it", "[kds]") {
  const std::string json = R"( {"a":"}\"{", "b" : {"c":[1,{"d":"x"}],"d":true}, "e":null} )";
  CHECK(JsonMember(json, "e") == "null");
  CHECK(JsonPath(json, {"b", "d"}) == "true");
  CHECK(JsonPath(json, {"b", "c"}) == R"([1,{"d":"x"}])");
  CHECK_FALSE(JsonPath(json, {"a", "d"}).has_value());
  CHECK_FALSE(JsonMember("[1]", "a").has_value());
  CHECK_FALSE(JsonMember(R"({"a":)", "a").has_value());
  CHECK_FALSE(JsonMember(R"({"a":[[[[)", "a").has_value());
}

TEST_CASE("nesting costs no stack", "[kds]") {
  const std::string deep = R"({"a":)" + std::string(1'000'000, '[');
  CHECK_FALSE(JsonMember(deep, "b").has_value());
}

TEST_CASE("the credential is read from the address that the zone dials", "[kds]") {
  const auto config = [](const std::string& url) {
    return R"({"mode":"zone","multizone":{"zone":{"globalAddress":")" + url + R"("}}})";
  };
  const auto credential = CredentialIn(config("grpcs://some-id:sksat_a_b%2Fc@host:5685"));
  REQUIRE(credential.has_value());
  CHECK(credential->control_plane == "some-id");
  CHECK(credential->token == "sksat_a_b/c");
  CHECK_FALSE(CredentialIn(config("grpcs://host:5685")).has_value());
  CHECK_FALSE(CredentialIn(config("grpcs://token@host:5685")).has_value());
  CHECK_FALSE(CredentialIn("{}").has_value());
  CHECK_FALSE(CredentialIn("not json").has_value());
}

TEST_CASE("no form of the credential stays in a masked configuration", "[kds]") {
  const std::string plain =
      R"({"x":"secret-token","multizone":{"zone":{"globalAddress":"grpcs://id:secret-token@h"}}})";
  const std::string masked = MaskCredential(plain);
  CHECK(masked.find("secret-token") == std::string::npos);
  CHECK(masked.find("grpcs://id:*****@h") != std::string::npos);
  const std::string escaped =
      R"({"multizone":{"zone":{"globalAddress":"grpcs://id:\u0073ecret-token@h"}}})";
  CHECK(MaskCredential(escaped).find("ecret-token") == std::string::npos);
  const std::string percent =
      R"({"multizone":{"zone":{"globalAddress":"grpcs://id:%73ecret-token@h"}}})";
  CHECK(MaskCredential(percent).find("ecret-token") == std::string::npos);
}

TEST_CASE("what a zone takes in one message is read from its configuration, within bounds",
          "[kds]") {
  const auto taken = [](const std::string& kds) {
    std::string fields, entry, value;
    wire::AppendBytes(value, 3, R"({"multizone":{"zone":{"kds":)" + kds + "}}}");
    wire::AppendBytes(entry, 1, "config");
    wire::AppendBytes(entry, 2, value);
    wire::AppendBytes(fields, 1, entry);
    return ReadNodeMetadata(fields)->message_bytes_max;
  };
  CHECK(taken(R"({"maxMsgSize":10485760})") == 10u << 20);
  CHECK(taken(R"({"a":1,"maxMsgSize":20971520})") == 20u << 20);
  CHECK(taken(R"({"maxMsgSize":4294967295})") == base::limits::kKdsFirstStateBytes);
  CHECK(taken(R"({"maxMsgSize":99999999999999999999999})") == base::limits::kKdsFirstStateBytes);
  CHECK(taken(R"({"maxMsgSize":0})") == 64u << 10);
  for (const char* said : {"{}", R"({"maxMsgSize":"x"})", R"({"maxMsgSize":-1})",
                           R"({"maxMsgSize":1.5})", R"({"maxMsgSize":null})", "[]"}) {
    CHECK(taken(said) == base::limits::kKdsMessageBytes);
  }
}

TEST_CASE("released versions far away are marked, others are not", "[kds]") {
  CHECK(VersionIsCompatible("2.14.3"));
  CHECK(VersionIsCompatible("2.12.0"));
  CHECK(VersionIsCompatible("2.16.9"));
  CHECK_FALSE(VersionIsCompatible("2.11.9"));
  CHECK_FALSE(VersionIsCompatible("2.17.0"));
  // What comes after 2.14 is 3.0.
  CHECK(VersionIsCompatible("3.0.0"));
  CHECK(VersionIsCompatible("3.1.4"));
  CHECK_FALSE(VersionIsCompatible("3.2.0"));
  CHECK_FALSE(VersionIsCompatible("4.0.0"));
  CHECK_FALSE(VersionIsCompatible("1.14.0"));
  // A release that is not out yet is judged as that release.
  CHECK(VersionIsCompatible("3.0.0-dev.348b6528b"));
  CHECK(VersionIsCompatible("2.14.0-rc1"));
  CHECK_FALSE(VersionIsCompatible("2.9.0-rc1"));
  CHECK_FALSE(VersionIsCompatible("3.5.0-rc.1+build"));
  CHECK(VersionIsCompatible("0.0.0-preview.vabc"));
  CHECK(VersionIsCompatible("dev"));
  CHECK(VersionIsCompatible(""));
  // As a global of Kuma 3 sees it.
  for (const char* taken : {"2.14.0", "2.15.1", "3.0.1", "3.0.0-dev.348b6528b", "3.2.9", "dev"}) {
    INFO(taken);
    CHECK(VersionIsCompatible(taken, model::KumaVersion::kThree));
  }
  for (const char* other : {"2.13.9", "3.3.0", "4.0.0"}) {
    INFO(other);
    CHECK_FALSE(VersionIsCompatible(other, model::KumaVersion::kThree));
  }
}
