// SPDX-License-Identifier: Apache-2.0
#include "resources/envoy/descriptions.h"

#include <catch2/catch.hpp>

#include "resources/envoy/rules.h"
#include "skyden/base/gzip.h"
#include "tests/resources/envoy/testing.h"

namespace skyden::resources::envoy {
namespace {

TEST_CASE("every message can be made, and every rule is understood", "[envoy]") {
  const Descriptions* const api = Api();
  if (api == nullptr) return;
  const RuleBook rules(*api);
  const std::vector<std::string> names = api->MessageNames();
  CHECK(names.size() > 2000);
  size_t with_rules = 0;
  for (const std::string& name : names) {
    INFO(name);
    const auto message = api->Find(name);
    REQUIRE(message.ok());
    REQUIRE(*message != nullptr);
    REQUIRE((*message)->GetDescriptor()->full_name() == name);
    const MessageRules* const about = rules.Of(*(*message)->GetDescriptor());
    if (about == nullptr) continue;
    ++with_rules;
    CHECK(about->unknown.empty());
  }
  CHECK(with_rules > 1700);
}

TEST_CASE("there is what Kuma has, and nothing else", "[envoy]") {
  const Descriptions* const api = Api();
  if (api == nullptr) return;
  for (const char* name : {
           "envoy.config.cluster.v3.Cluster",
           "envoy.api.v2.Cluster",
           "envoy.config.cluster.v3.Cluster.CommonLbConfig",
           "google.protobuf.Struct",
           "google.protobuf.Empty",
           "xds.type.v3.TypedStruct",
           "kuma.mesh.v1alpha1.TrafficRoute",
           "opentelemetry.proto.trace.v1.Span",
           // Not in the package, but in Envoy 1.37:
           "envoy.extensions.filters.network.dynamic_modules.v3.DynamicModuleNetworkFilter",
       }) {
    INFO(name);
    const auto message = api->Find(name);
    REQUIRE(message.ok());
    CHECK(*message != nullptr);
  }
  for (const char* name : {
           "", "envoy", "envoy.config.cluster.v3", "envoy.config.cluster.v3.Nothing",
           "envoy.config.cluster.v3.Cluster.name", "kuma.mesh.v1alpha1.Nothing",
           "udpa.type.v1.TypedStruct",  // in the package, but not in Kuma
           "envoy.config.trace.v3.OpenCensusConfig",
           "envoy.config.core.v3.Metadata.FilterMetadataEntry",  // of a map
       }) {
    INFO(name);
    const auto message = api->Find(name);
    REQUIRE(message.ok());
    CHECK(*message == nullptr);
  }
  const auto other = api->Find("envoy.config.core.v3.TrafficDirection");
  CHECK(other.status().message() == "proto:\u00a0found wrong type: got enum, want message");
}

TEST_CASE("what is no set of descriptions is refused", "[envoy]") {
  CHECK(!Descriptions::Load("").ok());
  CHECK(!Descriptions::Load("text").ok());
  CHECK(!Descriptions::Load(base::Gzip("text")).ok());
  CHECK(!Descriptions::Load(base::Gzip(std::string("\x0a\x7f\x0a", 3))).ok());
  CHECK(Descriptions::Load(base::Gzip("")).ok());
}

}  // namespace
}  // namespace skyden::resources::envoy
