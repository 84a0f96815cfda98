// SPDX-License-Identifier: Apache-2.0
// Whole resources that name their own type.
#include <catch2/catch.hpp>

#include "resources/envoy/resource.h"
#include "tests/resources/envoy/testing.h"

namespace skyden::resources::envoy {
namespace {

TEST_CASE("a resource that names its type is read and checked as that", "[envoy]") {
  if (Api() == nullptr) return;
  const std::string cluster = "'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster\n";
  CHECK(WhyNotPacked(cluster + "name: c\nconnectTimeout: 1s").empty());
  CHECK(WhyNotPacked(cluster) == "invalid Cluster.Name: value length must be at least 1 runes");
  CHECK(WhyNotPacked(cluster + "name: [c]") ==
        "can't unmarshal Any nested proto type.googleapis.com/envoy.config.cluster.v3.Cluster: "
        "json: cannot unmarshal array into Go value of type string");
  CHECK(WhyNotPacked("{'@type': a/envoy.config.route.v3.RouteConfiguration, virtualHosts: [{}]}") ==
        "invalid RouteConfiguration.VirtualHosts[0]: embedded message failed validation | caused "
        "by: invalid VirtualHost.Name: value length must be at least 1 runes");
}

TEST_CASE("any type that Kuma knows may be named, and no other", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(WhyNotPacked("{'@type': a/google.protobuf.Struct, value: {}}").empty());
  CHECK(WhyNotPacked("{'@type': a/kuma.mesh.v1alpha1.TrafficRoute, conf: {}}").empty());
  CHECK(WhyNotPacked("{'@type': a/envoy.api.v2.Cluster}") ==
        "invalid Cluster.Name: value length must be at least 1 bytes");
  CHECK(WhyNotPacked("{'@type': a/envoy.nothing.v3.Nothing}") ==
        "could not resolve Any message type: a/envoy.nothing.v3.Nothing");
  CHECK(WhyNotPacked("{'@type': a/envoy.config.core.v3.TrafficDirection}") ==
        "proto:\u00a0found wrong type: got enum, want message");
  CHECK(WhyNotPacked("name: c") == "Any JSON doesn't have '@type'");
  CHECK(WhyNotPacked("null") == "proto:\u00a0invalid empty type URL");
  CHECK(WhyNotPacked("word") ==
        "json: cannot unmarshal string into Go value of type map[string]json.RawMessage");
  CHECK(WhyNotPacked("%") == "invalid character '%' looking for beginning of value");
}

}  // namespace
}  // namespace skyden::resources::envoy
