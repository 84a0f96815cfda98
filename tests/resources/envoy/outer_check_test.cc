// SPDX-License-Identifier: Apache-2.0
#include "resources/envoy/outer_check.h"

#include <catch2/catch.hpp>
#include <string>

namespace skyden::resources::envoy {
namespace {

constexpr auto kPart = Completeness::kPart;
constexpr auto kWhole = Completeness::kWhole;

TEST_CASE("a part of an Envoy resource may be anything that has its shape", "[envoy]") {
  CHECK(WhyNotOutside(R"({"connectTimeout":"2s"})", Resource::kCluster, kPart).empty());
  CHECK(WhyNotOutside(R"({"connect_timeout":"2s"})", Resource::kCluster, kPart).empty());
  CHECK(WhyNotOutside("null", Resource::kCluster, kPart).empty());
  CHECK(WhyNotOutside(R"({"later":{"a":1}})", Resource::kListener, kPart).empty());
  CHECK(WhyNotOutside(R"("word")", Resource::kCluster, kPart) ==
        "json: cannot unmarshal string into Go value of type map[string]json.RawMessage");
  CHECK(WhyNotOutside("[1]", Resource::kCluster, kPart).find("array") != std::string::npos);
  CHECK(WhyNotOutside(R"({"name":7})", Resource::kCluster, kPart) ==
        "json: cannot unmarshal number into Go value of type string");
  CHECK(WhyNotOutside(R"({"connectTimeout":"soon"})", Resource::kCluster, kPart) ==
        "bad Duration: time: invalid duration \"soon\"");
  CHECK(WhyNotOutside(R"({"filterChains":{}})", Resource::kListener, kPart).find("[]json") !=
        std::string::npos);
}

TEST_CASE("a whole Envoy resource has what Envoy wants of it", "[envoy]") {
  CHECK(WhyNotOutside(R"({"connectTimeout":"2s"})", Resource::kCluster, kWhole) ==
        "invalid Cluster.Name: value length must be at least 1 runes");
  CHECK(WhyNotOutside(R"({"name":"c","connectTimeout":"0s"})", Resource::kCluster, kWhole) ==
        "invalid Cluster.ConnectTimeout: value must be greater than 0s");
  CHECK(WhyNotOutside(R"({"name":"c"})", Resource::kCluster, kWhole).empty());
  CHECK(WhyNotOutside("{}", Resource::kListener, kWhole).empty());
  CHECK(WhyNotOutside(R"({"name":"v"})", Resource::kVirtualHost, kWhole) ==
        "invalid VirtualHost.Domains: value must contain at least 1 item(s)");
  CHECK(WhyNotOutside("{}", Resource::kHttpFilter, kWhole) ==
        "invalid HttpFilter.Name: value length must be at least 1 runes");
}

TEST_CASE("of a packed resource only the name of its type is seen", "[envoy]") {
  CHECK(WhyNotPackedOutside(R"({"@type":"a/envoy.config.cluster.v3.Cluster"})").empty());
  CHECK(WhyNotPackedOutside(R"({"@type":"a/other.Type"})") ==
        "could not resolve Any message type: a/other.Type");
  CHECK(WhyNotPackedOutside("{}") == "Any JSON doesn't have '@type'");
  CHECK(WhyNotPackedOutside(R"({"@type":5})") == "can't unmarshal Any's '@type': \"5\"");
}

}  // namespace
}  // namespace skyden::resources::envoy
