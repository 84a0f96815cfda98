// SPDX-License-Identifier: Apache-2.0
// How the rules of single values make up those of whole messages, seen on Envoy's own.
#include "resources/envoy/rules.h"

#include <catch2/catch.hpp>

#include "tests/resources/envoy/testing.h"

namespace skyden::resources::envoy {
namespace {

TEST_CASE("what is broken is found in messages in messages", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(Cluster("{name: c, loadAssignment: {clusterName: c, endpoints: [{}, {lbEndpoints: "
                "[{endpoint: {address: {socketAddress: {address: a, portValue: 70000}}}}]}]}}") ==
        "invalid Cluster.LoadAssignment: embedded message failed validation | caused by: "
        "invalid ClusterLoadAssignment.Endpoints[1]: embedded message failed validation | caused "
        "by: invalid LocalityLbEndpoints.LbEndpoints[0]: embedded message failed validation | "
        "caused by: invalid LbEndpoint.Endpoint: embedded message failed validation | caused by: "
        "invalid Endpoint.Address: embedded message failed validation | caused by: invalid "
        "Address.SocketAddress: embedded message failed validation | caused by: invalid "
        "SocketAddress.PortValue: value must be less than or equal to 65535");
}

TEST_CASE("a message may be wanted, and be empty", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(VirtualHost("{name: v, domains: [a], routes: [{directResponse: {status: 200}}]}") ==
        "invalid VirtualHost.Routes[0]: embedded message failed validation | caused by: invalid "
        "Route.Match: value is required");
  // The type of a type in a type.
  CHECK(Cluster("{name: c, commonLbConfig: {zoneAwareLbConfig: {}, healthyPanicThreshold: "
                "{value: 101}}}") ==
        "invalid Cluster.CommonLbConfig: embedded message failed validation | caused by: invalid "
        "Cluster_CommonLbConfig.HealthyPanicThreshold: embedded message failed validation | caused "
        "by: invalid Percent.Value: value must be inside range [0, 100]");
}

TEST_CASE("one of several may be wanted", "[envoy]") {
  if (Api() == nullptr) return;
  const std::string start = "{name: v, domains: [a], routes: [{match: ";
  const std::string end = ", directResponse: {status: 200}}]}";
  CHECK(VirtualHost(start + "{prefix: /}" + end).empty());
  CHECK(VirtualHost(start + "{}" + end) ==
        "invalid VirtualHost.Routes[0]: embedded message failed validation | caused by: invalid "
        "Route.Match: embedded message failed validation | caused by: invalid "
        "RouteMatch.PathSpecifier: value is required");
  // Of two that exclude each other the one that is declared last counts.
  CHECK(VirtualHost(start + "{path: /a, prefix: /b}" + end).empty());
  // Rules of those that are not chosen do not count.
  CHECK(Listener("{address: {pipe: {path: p}, socketAddress: {address: ''}}}").empty());
  CHECK(Listener("{address: {socketAddress: {address: ''}}}") ==
        "invalid Listener.Address: embedded message failed validation | caused by: invalid "
        "Address.SocketAddress: embedded message failed validation | caused by: invalid "
        "SocketAddress.Address: value length must be at least 1 runes");
  // They come after all that stand alone, wherever they are declared.
  CHECK(VirtualHost("{name: v, domains: [a], routes: [{match: {path: /, "
                    "queryParameters: [{name: ''}]}, route: {}}]}") ==
        "invalid VirtualHost.Routes[0]: embedded message failed validation | caused by: invalid "
        "Route.Match: embedded message failed validation | caused by: invalid "
        "RouteMatch.QueryParameters[0]: embedded message failed validation | caused by: invalid "
        "QueryParameterMatcher.Name: value length must be at least 1 runes");
}

TEST_CASE("lists and maps have sizes, and what is in them rules", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(VirtualHost("name: v") ==
        "invalid VirtualHost.Domains: value must contain at least 1 "
        "item(s)");
  CHECK(VirtualHost("{name: v, domains: [a, \"b\\nc\"]}") ==
        R"(invalid VirtualHost.Domains[1]: value does not match regex pattern "^[^\x00\n\r]*$")");
  CHECK(Cluster("{name: c, lbSubsetConfig: {subsetSelectors: [{keys: [a, b]}], "
                "fallbackPolicy: NO_FALLBACK}}")
            .empty());
  CHECK(Cluster("{name: c, dnsResolutionConfig: {resolvers: []}}") ==
        "invalid Cluster.DnsResolutionConfig: embedded message failed validation | caused by: "
        "invalid DnsResolutionConfig.Resolvers: value must contain at least 1 item(s)");
  CHECK(Listener("{listenerFilters: [{name: f, filterDisabled: {orMatch: {rules: [{}]}}}]}") ==
        "invalid Listener.ListenerFilters[0]: embedded message failed validation | caused by: "
        "invalid ListenerFilter.FilterDisabled: embedded message failed validation | caused by: "
        "invalid ListenerFilterChainMatchPredicate.OrMatch: embedded message failed validation | "
        "caused by: invalid ListenerFilterChainMatchPredicate_MatchSet.Rules: value must contain "
        "at least 2 item(s)");
}

TEST_CASE("the keys of a map are looked at in their order", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(Cluster("{name: c, typedExtensionProtocolOptions: {b: {'@type': "
                "a/google.protobuf.Empty, value: {}}}}")
            .empty());
  CHECK(Cluster("{name: c, loadAssignment: {clusterName: c, namedEndpoints: {"
                "z: {address: {}}, b: {address: {pipe: {}}}}}}") ==
        "invalid Cluster.LoadAssignment: embedded message failed validation | caused by: invalid "
        "ClusterLoadAssignment.NamedEndpoints[b]: embedded message failed validation | caused by: "
        "invalid Endpoint.Address: embedded message failed validation | caused by: invalid "
        "Address.Pipe: embedded message failed validation | caused by: invalid Pipe.Path: value "
        "length must be at least 1 runes");
}

TEST_CASE("rules of a wrapper are those of what is in it", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(Cluster("{name: c, maglevLbConfig: {tableSize: 65537}}").empty());
  CHECK(Cluster("{name: c, maglevLbConfig: {}}").empty());
  CHECK(Cluster("{name: c, maglevLbConfig: {tableSize: 5000012}}") ==
        "invalid Cluster.MaglevLbConfig: embedded message failed validation | caused by: invalid "
        "Cluster_MaglevLbConfig.TableSize: value must be less than or equal to 5000011");
  // Zero in a wrapper is a value.
  CHECK(Cluster("{name: c, healthChecks: [{timeout: 1s, interval: 1s, unhealthyThreshold: 0, "
                "tcpHealthCheck: {}}]}") ==
        "invalid Cluster.HealthChecks[0]: embedded message failed validation | caused by: invalid "
        "HealthCheck.HealthyThreshold: value is required");
}

TEST_CASE("enums hold what they define", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(Cluster("{name: c, lbPolicy: 2}").empty());
  CHECK(Cluster("{name: c, lbPolicy: 77}") ==
        "invalid Cluster.LbPolicy: value must be one of the defined enum values");
  // One without a rule may hold any number.
  CHECK(Listener("{trafficDirection: 77}").empty());
}

TEST_CASE("what an Any holds is decoded, but its rules are not looked at", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(HttpFilter("{name: f, typedConfig: {'@type': a/envoy.config.cluster.v3.Cluster}}").empty());
}

}  // namespace
}  // namespace skyden::resources::envoy
