// SPDX-License-Identifier: Apache-2.0
// Dataplanes, zone proxies and external services.
#include <catch2/catch.hpp>

#include "tests/resources/rules_proto/testing.h"

namespace skyden::resources::testing {
namespace {

// A dataplane at 10.0.0.1 with these further members of its networking.
Strings Networking(const std::string& more) {
  return Problems("Dataplane", R"("networking":{"address":"10.0.0.1")" + more + "}");
}

TEST_CASE("a dataplane has an address", "[resources][rules][dataplane]") {
  CHECK(Problems("Dataplane", "") == Strings{"networking: must be defined"});
  CHECK(Problems("Dataplane", R"("networking":{})") ==
        Strings{"networking.address: address can't be empty"});
  CHECK(Problems("Dataplane", R"("networking":{"address":"a b"})") ==
        Strings{"networking.address: address has to be valid IP address or domain name"});
}

TEST_CASE("inbounds have ports, tags and a protocol that fit", "[resources][rules][dataplane]") {
  const auto inbound = [](const std::string& text) {
    return Networking(R"(,"inbound":[)" + text + "]");
  };
  const std::string at = "networking.inbound[0].";
  CHECK(inbound(R"({"port":80})").empty());
  CHECK(inbound(R"({"port":80,"tags":{"v":"1"}})") ==
        Strings{at + "tags[\"kuma.io/service\"]: tag has to exist"});
  CHECK(inbound(R"({"servicePort":70000,"serviceAddress":"x","address":"y","protocol":"smtp"})") ==
        Strings{at + "port: port must be in the range [1, 65535]",
                at + "servicePort: port must be in the range [1, 65535]",
                at + "serviceAddress: serviceAddress has to be valid IP address",
                at + "address: address has to be valid IP address",
                at + "protocol: has an invalid value \"smtp\". Allowed values: grpc, http, http2, "
                     "kafka, tcp"});
  CHECK(inbound(R"({"port":80,"serviceAddress":"10.0.0.1"})") ==
        Strings{at + "serviceAddress: serviceAddress and servicePort has to differ from address "
                     "and port"});
  CHECK(inbound(R"({"port":80,"address":"10.0.0.2","serviceAddress":"10.0.0.2","servicePort":81})")
            .empty());
  CHECK(inbound(R"({"port":80,"tags":{"kuma.io/service":"*","kuma.io/protocol":"x"}})") ==
        Strings{at + "tags[\"kuma.io/protocol\"]: tag \"kuma.io/protocol\" has an invalid value "
                     "\"x\". Allowed values: grpc, http, http2, kafka, tcp",
                at + "tags[\"kuma.io/service\"]: tag value must consist of alphanumeric "
                     "characters, dots, dashes and underscores"});
  CHECK(inbound(R"({"port":80,"serviceProbe":{"interval":"0s","timeout":"0s",)"
                R"("unhealthyThreshold":0,"healthyThreshold":0}})") ==
        Strings{at + "serviceProbe.interval: must have a positive value",
                at + "serviceProbe.timeout: must have a positive value",
                at + "serviceProbe.unhealthyThreshold: must have a positive value",
                at + "serviceProbe.healthyThreshold: must have a positive value"});
}

TEST_CASE("outbounds name a service or a backend", "[resources][rules][dataplane]") {
  const auto outbound = [](const std::string& text) {
    return Networking(R"(,"outbound":[)" + text + "]");
  };
  const std::string at = "networking.outbound[0].";
  CHECK(outbound(R"({"port":1,"tags":{"kuma.io/service":"a"}})").empty());
  CHECK(outbound(R"({"port":1,"backendRef":{"kind":"MeshExternalService","name":"a"}})").empty());
  CHECK(outbound(R"({"address":"h"})") ==
        Strings{at + "port: port must be in the range [1, 65535]",
                at + "address: address has to be valid IP address",
                at + "tags: mandatory tag \"kuma.io/service\" is missing"});
  CHECK(outbound(R"({"port":1,"tags":{"a":"b"},"backendRef":{"kind":"Mesh"}})") ==
        Strings{at + "backendRef.kind: invalid value. Available values are: "
                     "MeshExternalService,MeshMultiZoneService,MeshService",
                at + "backendRef: either 'name' or 'labels' should be specified",
                at + "backendRef.port: port must be in the range [1, 65535]",
                at + "backendRef: both backendRef and tags/service cannot be defined"});
}

TEST_CASE("reachable backends are named or labelled", "[resources][rules][dataplane]") {
  const auto refs = [](const std::string& text) {
    return Networking(R"(,"transparentProxying":{"reachableBackends":{"refs":[)" + text + "]}}");
  };
  const std::string at = "networking.transparentProxing.reachableBackends.refs[0].";
  CHECK(refs(R"({"kind":"MeshService","labels":{"a":"b"}})").empty());
  CHECK(refs("{}") == Strings{at + "kind: invalid value. Available values are: "
                                   "MeshExternalService,MeshMultiZoneService,MeshService",
                              at + "name: name or labels are required"});
  CHECK(refs(R"({"kind":"MeshService","name":"A","namespace":"n","labels":{"a":"b"}})") ==
        Strings{at + "name: invalid characters. A lowercase RFC 1123 subdomain must consist of "
                     "lower case alphanumeric characters, '-' or '.', and must start and end with "
                     "an alphanumeric character",
                at + "labels: labels cannot be defined when name is specified"});
  CHECK(refs(R"({"kind":"MeshService","namespace":"n"})") ==
        Strings{at + "name: name is required, when namespace is defined"});
}

TEST_CASE("the admin port is nobody else's", "[resources][rules][dataplane]") {
  CHECK(Problems("Dataplane", R"("networking":{"address":"127.0.0.1","admin":{"port":9901},)"
                              R"("inbound":[{"port":9901}],"outbound":[)"
                              R"({"port":9901,"tags":{"kuma.io/service":"a"}}]})") ==
        Strings{"networking.admin.port: must differ from inbound",
                "networking.admin.port: must differ from outbound"});
  CHECK(Networking(R"(,"admin":{"port":9901},"inbound":[{"port":9901}])").empty());
}

TEST_CASE("gateways have no inbounds of their own", "[resources][rules][dataplane]") {
  const std::string tags = R"("tags":{"kuma.io/service":"g"})";
  CHECK(Networking(R"(,"gateway":{)" + tags + "}").empty());
  // As zones of Kuma 3 make them.
  CHECK(Networking(R"(,"gateway":{})").empty());
  CHECK(Networking(R"(,"gateway":{"tags":{"kuma.io/zone":"east"}})").empty());
  CHECK(Networking(R"(,"gateway":{"type":"BUILTIN","tags":{"kuma.io/zone":"east"}})") ==
        Strings{"networking.gateway.tags: mandatory tag \"kuma.io/service\" is missing"});
  CHECK(Networking(R"(,"gateway":{"tags":{"a":"b"}},"inbound":[{"port":1}],"listeners":[{}])") ==
        Strings{"networking.inbound: inbound cannot be defined for delegated gateways",
                "networking.listeners: listeners cannot be defined for delegated gateways",
                "networking.gateway.tags: mandatory tag \"kuma.io/service\" is missing"});
  CHECK(Problems("Dataplane", R"("probes":{},"networking":{"address":"10.0.0.1",)"
                              R"("gateway":{"type":"BUILTIN","tags":{"kuma.io/service":"g",)"
                              R"("kuma.io/protocol":"http"}},"inbound":[{"port":1}],)"
                              R"("outbound":[{"port":1,)" +
                                  tags + R"(}],"listeners":[{}]})") ==
        Strings{"networking.inbound: inbound cannot be defined for builtin gateways",
                "networking.outbound: outbound cannot be defined for builtin gateways",
                "networking.listeners: listeners cannot be defined for builtin gateways",
                "networking.probes: probes cannot be defined for builtin gateways",
                "networking.gateway.tags[\"kuma.io/protocol\"]: other values than tcp are not "
                "allowed, provided value \"http\""});
}

TEST_CASE("probes and metrics of a sidecar are complete", "[resources][rules][dataplane]") {
  CHECK(Problems("Dataplane", R"("networking":{"address":"10.0.0.1"},"metrics":{"type":"x"},)"
                              R"("probes":{"endpoints":[{"inboundPath":"a","path":"/ok"}]})") ==
        Strings{"probes.port: port must be in the range [1, 65535]",
                "probes.endpoints[0].inboundPort: port must be in the range [1, 65535]",
                "probes.endpoints[0].inboundPath: should be a valid URL Path",
                "metrics.type: unknown backend type. Available backends: \"prometheus\""});
}

TEST_CASE("listeners do not share places or names", "[resources][rules][dataplane]") {
  CHECK(Networking(R"(,"inbound":[{"port":80},{"port":81,"name":"web"}],"listeners":[)"
                   R"({"type":"ZoneIngress","address":"10.0.0.1","port":80,"name":"80"},)"
                   R"({"type":"ZoneIngress","address":"10.0.0.2","port":1,"name":"web"},)"
                   R"({"type":"ZoneIngress","address":"10.0.0.2","port":1},)"
                   R"({"type":"ZoneEgress","address":"10.0.0.2","port":1},{}])") ==
        Strings{"networking.listeners[0].name: name \"80\" must be unique across inbounds and "
                "listeners",
                "networking.listeners[0]: address:port 10.0.0.1:80 collides with an inbound "
                "listener",
                "networking.listeners[1].name: name \"web\" must be unique across inbounds and "
                "listeners",
                "networking.listeners[2]: address:port 10.0.0.2:1 is already used by another "
                "listener",
                "networking.listeners[3]: address:port 10.0.0.2:1 is used by listeners of "
                "different types",
                "networking.listeners[4].type: type must be ZoneIngress or ZoneEgress",
                "networking.listeners[4].address: address can't be empty",
                "networking.listeners[4].port: port must be in the range [1, 65535]"});
}

TEST_CASE("zone proxies have a port, and both or no advertised parts",
          "[resources][rules][zone_proxies]") {
  CHECK(Problems("ZoneIngress", R"("networking":{"port":1})").empty());
  CHECK(Problems("ZoneIngress", R"("networking":{"address":"0.0.0.0","port":9,"admin":{"port":9},)"
                                R"("advertisedPort":70000},"availableServices":[{}])") ==
        Strings{"networking.admin.port: must differ from port",
                "networking.advertisedAddress: has to be defined with advertisedPort",
                "networking.address.address: must not be 0.0.0.0 or ::",
                "networking.advertisedPort: port must be in the range [1, 65535]",
                "availableService[0].tags: mandatory tag \"kuma.io/service\" is missing"});
  CHECK(Problems("ZoneIngress", R"("networking":{"port":1,"advertisedAddress":"a b"})") ==
        Strings{"networking.advertisedPort: has to be defined with advertisedAddress",
                "networking.advertisedAddress.address: address has to be valid IP address or "
                "domain name"});
  CHECK(Problems("ZoneEgress", R"("networking":{"address":"127.0.0.1","admin":{}})") ==
        Strings{"networking.admin.port: must differ from port",
                "networking.port: port must be in the range [1, 65535]"});
}

TEST_CASE("an external service has an address and a service tag", "[resources][rules]") {
  const auto service = [](const std::string& networking, const std::string& tags) {
    return Problems("ExternalService",
                    R"("networking":)" + networking + R"(,"tags":{)" + tags + "}");
  };
  const std::string tag = R"("kuma.io/service":"es")";
  CHECK(service(R"({"address":"[::1]:80"})", tag).empty());
  CHECK(service("null", "") == Strings{"networking: should have networking",
                                       "tags: mandatory tag \"kuma.io/service\" is missing"});
  CHECK(service("{}", tag) == Strings{"networking.address: address can't be empty"});
  CHECK(service(R"({"address":"h"})", tag) ==
        Strings{"networking.address: unable to parse address",
                "networking.address: address has to be a valid IP address or a domain name",
                "networking.address: unable to parse port in address",
                "networking.address: port must be in the range [1, 65535]"});
  CHECK(service(R"({"address":"h:70000"})", tag) ==
        Strings{"networking.address: port must be in the range [1, 65535]"});
  CHECK(service(R"({"address":"h:99999999999"})", tag) ==
        Strings{"networking.address: unable to parse port in address",
                "networking.address: port must be in the range [1, 65535]"});
  CHECK(service(R"({"address":"es:80"})", tag) ==
        Strings{"tags[\"kuma.io/service\"]: cannot be the same as networking.address"});
  CHECK(service(R"({"address":"h:80","tls":{"serverName":"","caCert":{},"clientCert":{"file":""},)"
                R"("clientKey":{"secret":"s"}}})",
                tag) == Strings{"networking.tls.serverName: cannot be empty",
                                "networking.tls.caCert: data source cannot be empty",
                                "networking.tls.clientCert: data source cannot be empty"});
}

}  // namespace
}  // namespace skyden::resources::testing
