// SPDX-License-Identifier: Apache-2.0
#include "kds/refusal_text.h"

#include <catch2/catch.hpp>

#include "skyden/base/limits.h"
#include "tests/kds/dialogue.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

std::string Shown(const std::string& text, const char* type = "MeshTimeout") {
  return ShownReason(*Registry().FindByName(type), text);
}

}  // namespace

TEST_CASE("each refused resource has a line of the zone's words", "[kds]") {
  const auto lines = ReadRefusal(
      "user error\nspec.from: no; spec.to: no\nspec: at least one of 'to' or 'rules'\n"
      "spec.appendModifications[0]: yaml: unmarshal errors:\n  line 1: no\n");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].text == "spec.from: no; spec.to: no");
  CHECK(lines[0].name.empty());
  CHECK(lines[2].text == "spec.appendModifications[0]: yaml: unmarshal errors:\n  line 1: no");
}

TEST_CASE("a store's refusal says the name", "[kds]") {
  const auto lines = ReadRefusal(
      "user error\nresource already exists: type=\"MeshService\" name=\"ms-abc\" mesh=\"default\"\n"
      "meshtimeouts.kuma.io \"t-xyz.kuma-system\" is forbidden: exceeded quota");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].name == "ms-abc");
  CHECK(lines[1].name == "t-xyz.kuma-system");
}

TEST_CASE("any text of a zone is read, within bounds", "[kds]") {
  for (const std::string& text : {std::string(), std::string("\n\n \n"), std::string("name=\""),
                                  std::string(" name=\"\"\n name="), std::string(3, '\0')}) {
    for (const RefusedLine& line : ReadRefusal(text)) CHECK(line.text.size() <= text.size());
    CHECK_FALSE(Shown(text).empty());
  }
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "spec: no\n";
  CHECK(ReadRefusal(many).size() == base::limits::kRefusedPerZone);
  CHECK(Shown(many).size() <= base::limits::kNackTextBytes);
}

TEST_CASE("secrets are not shown, whatever a zone says", "[kds]") {
  CHECK(Shown("data: c2VjcmV0 is no key", "Secret").find("c2VjcmV0") == std::string::npos);
  CHECK(Shown("data: c2VjcmV0 is no key", "GlobalSecret").find("c2VjcmV0") == std::string::npos);
  const std::string base64 = "MIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun";
  const std::string hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  for (const std::string& secret :
       {base64, hex,
        std::string("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----"),
        std::string("eyJhbGciOi.eyJzdWIi.c2ln"), std::string("sksat_abc-def.ghi")}) {
    const std::string shown = Shown("spec.tls: value '" + secret + "' is not supported");
    CHECK(shown == "spec.tls: value '*****' is not supported");
  }
  // Cut in the middle of one.
  const std::string cut = Shown(std::string(1010, 'x') + " " + base64);
  CHECK(cut.find("MII") == std::string::npos);
}

TEST_CASE("names and paths of a refusal stay readable", "[kds]") {
  for (const std::string text :
       {"spec.to[0].rules[1].default.filters[0].requestMirror.backendRef.labels: must be set",
        "resource already exists: type=\"T\" name=\"mesh-timeout-all-default-w8vd4c6z8b2fx9kq\"",
        "spec.x: in body should match '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'",
        "spec: spiffe://default.east.mesh.local/ns/backend/sa/a-rather-long-name-of-an-account"}) {
    CHECK(Shown(text) == text);
  }
  CHECK(Shown("tab\there \x01 and \xff") == "tab?here ? and ?");
}
