// SPDX-License-Identifier: Apache-2.0
#include "resources/rules/envoy_resource.h"

#include <catch2/catch.hpp>
#include <string>

namespace skyden::resources::spec_rules {
namespace {

constexpr auto kPart = Completeness::kPart;
constexpr auto kWhole = Completeness::kWhole;

TEST_CASE("a part of an Envoy resource may be anything that has its shape", "[envoy]") {
  CHECK(WhyNotEnvoyResource("connectTimeout: 2s", EnvoyResource::kCluster, kPart).empty());
  CHECK(WhyNotEnvoyResource(R"({"connect_timeout":"2s"})", EnvoyResource::kCluster, kPart).empty());
  CHECK(WhyNotEnvoyResource("", EnvoyResource::kCluster, kPart).empty());
  CHECK(WhyNotEnvoyResource("later: {a: 1}", EnvoyResource::kListener, kPart).empty());
  CHECK(WhyNotEnvoyResource("word", EnvoyResource::kCluster, kPart) ==
        "json: cannot unmarshal string into Go value of type map[string]json.RawMessage");
  CHECK(WhyNotEnvoyResource("[1]", EnvoyResource::kCluster, kPart).find("array") !=
        std::string::npos);
  CHECK(WhyNotEnvoyResource("name: 7", EnvoyResource::kCluster, kPart) ==
        "json: cannot unmarshal number into Go value of type string");
  CHECK(WhyNotEnvoyResource("connectTimeout: soon", EnvoyResource::kCluster, kPart) ==
        "bad Duration: time: invalid duration \"soon\"");
  CHECK(WhyNotEnvoyResource("filterChains: {}", EnvoyResource::kListener, kPart).find("[]json") !=
        std::string::npos);
}

TEST_CASE("a whole Envoy resource has what Envoy wants of it", "[envoy]") {
  CHECK(WhyNotEnvoyResource("connectTimeout: 2s", EnvoyResource::kCluster, kWhole) ==
        "invalid Cluster.Name: value length must be at least 1 runes");
  CHECK(WhyNotEnvoyResource("name: c\nconnectTimeout: 0s", EnvoyResource::kCluster, kWhole) ==
        "invalid Cluster.ConnectTimeout: value must be greater than 0s");
  CHECK(WhyNotEnvoyResource("name: c", EnvoyResource::kCluster, kWhole).empty());
  CHECK(WhyNotEnvoyResource("{}", EnvoyResource::kListener, kWhole).empty());
  CHECK(WhyNotEnvoyResource("name: v", EnvoyResource::kVirtualHost, kWhole) ==
        "invalid VirtualHost.Domains: value must contain at least 1 item(s)");
  CHECK(WhyNotEnvoyResource("{}", EnvoyResource::kHttpFilter, kWhole) ==
        "invalid HttpFilter.Name: value length must be at least 1 runes");
}

TEST_CASE("what is neither YAML nor JSON is refused as JSON", "[envoy]") {
  CHECK(WhyNotEnvoyResource("*", EnvoyResource::kCluster, kPart) ==
        "invalid character '*' looking for beginning of value");
  CHECK(WhyNotEnvoyResource("%x", EnvoyResource::kCluster, kPart) ==
        "invalid character '%' looking for beginning of value");
  for (const char* open : {"[", "{", "\"", "\"x", R"({"a")"}) {
    INFO(open);
    CHECK(WhyNotEnvoyResource(open, EnvoyResource::kCluster, kPart) == "unexpected EOF");
  }
  CHECK(WhyNotEnvoyResource("'", EnvoyResource::kCluster, kPart) ==
        "invalid character '\\'' looking for beginning of value");
  CHECK(WhyNotEnvoyResource("'a': 1", EnvoyResource::kCluster, kPart).empty());
  CHECK(!WhyNotEnvoyResource("[a]:b", EnvoyResource::kCluster, kPart).empty());
  CHECK(!WhyNotEnvoyResource(std::string(2000, '['), EnvoyResource::kCluster, kPart).empty());
  // Aliases that would unfold into gigabytes.
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 20; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 9; ++j) bomb += (j > 0 ? ",*a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  CHECK(!WhyNotEnvoyResource(bomb, EnvoyResource::kCluster, kPart).empty());
}

}  // namespace
}  // namespace skyden::resources::spec_rules
