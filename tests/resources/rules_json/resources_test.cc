// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/resources/rules_json/testing.h"

namespace skyden::resources::testing {
namespace {

TEST_CASE("metrics and traces", "[rules]") {
  CheckAll({
      {"ports and expressions",
       "MeshMetric",
       R"({"default":{"sidecar":{"profiles":{"exclude":[{"type":"Regex","match":"("}]}},)"
       R"("applications":[{"port":0}],"backends":[{"type":"Prometheus"},)"
       R"({"type":"Prometheus","prometheus":{"port":70000}},)"
       R"({"type":"OpenTelemetry","openTelemetry":{"endpoint":"collector"}}]}})",
       {{"spec.default.sidecar.profiles.exclude[0].match", "invalid regex"},
        {"spec.default.applications.application[0]", "port must be a valid (1-65535)"},
        {"spec.default.backends.backend[0].prometheus", "must be defined"},
        {"spec.default.backends.backend[1].port", "port must be a valid (1-65535)"},
        {"spec.default.backends.backend[2].openTelemetry.endpoint",
         "must be in host:port format"}}},
      {"backends of a trace are needed",
       "MeshTrace",
       "{\"default\":{}}",
       {{"spec.default.backends", "must be defined"}}},
      {"only one backend",
       "MeshTrace",
       R"({"default":{"backends":[{"type":"Zipkin"},{"type":"Zipkin"}]}})",
       {{"spec.default.backends", "in body should have at most 1 items"}}},
      {"a Datadog URL is an address",
       "MeshTrace",
       R"({"default":{"backends":[{"type":"Datadog","datadog":{)"
       R"("url":"https://me@agent:99999/x?y=1"}}]}})",
       {{"spec.default.backends[0].datadog.url", "scheme must be http"},
        {"spec.default.backends[0].datadog.url", "port must be a valid (1-65535)"},
        {"spec.default.backends[0].datadog.url", "user must not be defined"},
        {"spec.default.backends[0].datadog.url", "path must not be defined"},
        {"spec.default.backends[0].datadog.url", "query must not be defined"}}},
      {"tags and sampling",
       "MeshTrace",
       R"({"default":{"backends":[{"type":"Zipkin","zipkin":{"url":""}}],)"
       R"("tags":[{"name":"","literal":"x"},{"name":"b"}],)"
       R"("sampling":{"client":"half","overall":101}}})",
       {{"spec.default.backends[0].zipkin.url", "must not be empty"},
        {"spec.default.tags[0].name", "must not be empty"},
        {"spec.default.tags[1]", "tag must have only one type defined: header, literal"},
        {"spec.default.sampling.client", "string is not a number"},
        {"spec.default.sampling.overall", "must be between 0 and 100"}}},
  });
}

TEST_CASE("what goes out of the mesh", "[rules]") {
  CheckAll({
      {"domains and ports",
       "MeshPassthrough",
       R"({"default":{"appendMatch":[)"
       R"({"type":"Domain","value":"*x.example","protocol":"tls"},)"
       R"({"type":"Domain","value":"*.example","protocol":"http"},)"
       R"({"type":"Domain","value":"a.example"},)"
       R"({"type":"IP","value":"10.0.0","protocol":"mysql"},)"
       R"({"type":"CIDR","value":"10.0.0.0/40"}]}})",
       {{"spec.default.appendMatch[0].value",
         "provided DNS has incorrect value, partial wildcard is currently not supported"},
        {"spec.default.appendMatch[1].port",
         "wildcard domains doesn't work for all ports and layer 7 protocol"},
        {"spec.default.appendMatch[2].protocol", "protocol tcp is not supported for a domain"},
        {"spec.default.appendMatch[3].port", "port must be defined for Mysql protocol"},
        {"spec.default.appendMatch[3].value", "provided IP has incorrect value"},
        {"spec.default.appendMatch[4].value", "provided CIDR has incorrect value"}}},
      {"one port, one protocol that reads requests",
       "MeshPassthrough",
       R"({"default":{"appendMatch":[)"
       R"({"type":"Domain","value":"a.example","protocol":"http","port":80},)"
       R"({"type":"Domain","value":"b.example","protocol":"grpc","port":80},)"
       R"({"type":"Domain","value":"a.example","protocol":"http","port":80}]}})",
       {{"spec.default.appendMatch[1].port",
         "using the same port in multiple matches requires the same protocol for the following "
         "protocols: [grpc http http2]"},
        {"spec.default.appendMatch[2].value",
         "value a.example is already defiend for this port and protocol"}}},
      {"an external service",
       "MeshExternalService",
       R"({"match":{"port":443},"endpoints":[{"address":"a b","port":1}],)"
       R"("tls":{"version":{"min":"TLS13","max":"TLS10"},)"
       R"("verification":{"serverName":"a b","clientKey":{"secret":"s"}}}})",
       {{"spec.endpoints[0].address", "address has to be a valid IP or hostname"},
        {"spec.tls.version.min", "min version must be lower than max"},
        {"spec.tls.verification.serverName", "must be a valid DNS name"},
        {"spec.tls.verification.clientCert", "must be defined when clientKey is defined"}}},
      {"sources of the newer shape",
       "MeshExternalService",
       R"({"match":{"port":443},"tls":{"verification":{)"
       R"("caCert":{"type":"File","file":{"path":"/x"}},)"
       R"("clientCert":{"type":"Secret"},"clientKey":{"type":"InsecureInline",)"
       R"("insecureInline":{"value":""}}}}})",
       {{"spec.tls.verification.caCert.type", "File must be one of: Secret, InsecureInline"},
        {"spec.tls.verification.clientCert.secretRef", "must be defined"},
        {"spec.tls.verification.clientKey.insecureInline.value", "must be defined"}}},
      {"a source of no shape, and of both",
       "MeshExternalService",
       R"({"match":{"port":443},"extension":{"type":"x"},"tls":{"verification":{)"
       R"("caCert":{"secretRef":{"kind":"Secret","name":"s"}},)"
       R"("clientCert":{"type":"Secret","secret":"s"}}}})",
       {{"spec.tls.verification.caCert.type", "must be defined"},
        {"spec.tls.verification.clientCert",
         "must not have both 'type' and one of: secret, inline, inlineString"}}},
      {"an extension decides for itself",
       "MeshExternalService",
       R"({"match":{"port":443},"endpoints":[{"address":"a b","port":1}],)"
       R"("extension":{"type":""}})",
       {{"spec.extension.type", "must not be empty"}}},
  });
}

TEST_CASE("both shapes of an external service's TLS are kept as they came", "[rules]") {
  const std::string front = R"({"match":{"type":"HostnameGenerator","port":443,"protocol":"tcp"},)"
                            R"("tls":{"enabled":true,"allowRenegotiation":false,"verification":{)"
                            R"("mode":"Secured",)";
  for (const std::string source :
       {R"({"secret":"s"})", R"({"inline":"YQ=="})", R"({"inlineString":"a"})",
        R"({"type":"InsecureInline","insecureInline":{"value":"a"}})",
        R"({"type":"Secret","secretRef":{"kind":"Secret","name":"s"}})", "{}"}) {
    const std::string spec = front + R"("caCert":)" + source + "}}}";
    CHECK(StoredOf("MeshExternalService", spec) == spec);
  }
}

TEST_CASE("identities and trust", "[rules]") {
  CheckAll({
      {"templates",
       "MeshIdentity",
       R"({"spiffeID":{"trustDomain":"{{","path":"/{{ .X }}"}})",
       {{"spec.spiffeID.trustDomain", "couldn't parse template: template: :1: unclosed action"}}},
      {"a provider without its part",
       "MeshIdentity",
       R"({"provider":{"type":"Bundled"}})",
       {{"spec.provider.bundled", "configuration needs to be defined"}}},
      {"an authority of one's own",
       "MeshIdentity",
       R"({"provider":{"type":"Bundled","bundled":{"ca":{"certificate":{"type":"File",)"
       R"("file":{"path":"ca.pem"}}},"certificateParameters":{"expiry":"-1h"}}}})",
       {{"spec.provider.bundled.ca.certificate.file.path", "file path must be absolute: ca.pem"},
        {"spec.provider.bundled.ca.privateKey", "must be defined"},
        {"spec.provider.bundled.certificateParameters.expiry",
         "must not be negative when defined"}}},
      {"made here",
       "MeshIdentity",
       R"({"provider":{"type":"Bundled","bundled":{"autogenerate":{"enabled":true},"ca":{}}}})",
       {{"spec.provider.bundled.ca", "shouldn't be defined once using autogenerated"}}},
      {"an agent's timeout",
       "MeshIdentity",
       R"({"provider":{"type":"Spire","spire":{"agent":{"timeout":"-1s"}}}})",
       {{"spec.provider.spire.agent.spire.agent.timeout", "must not be negative when defined"}}},
      {"bundles",
       "MeshTrust",
       R"({"trustDomain":"","caBundles":[{"type":"Pem"},{"type":"Pem","pem":{"value":"x"}}]})",
       {{"spec.caBundles[0].pem", "must be defined"},
        {"spec.caBundles[1].pem.value", "provided certificate has incorrect format"},
        {"spec.trustDomain", "trustDomain needs to be defined"}}},
  });
}

TEST_CASE("services, host names and telemetry backends", "[rules]") {
  CheckAll({
      {"a generator without selector",
       "HostnameGenerator",
       R"({"template":"{{ .Nope }}"})",
       {{"spec.selector", "exact one selector (meshService, meshExternalService) must be defined"},
        {"spec.template",
         "couldn't render template with stub values: template: :1:3: executing \"\" at <.Nope>: "
         "can't evaluate field Nope in type struct { Name string; DisplayName string; Namespace "
         "string; Mesh string; Zone string }"}}},
      {"a service over zones",
       "MeshMultiZoneService",
       R"({"selector":{"meshService":{}},"ports":[{"port":1,"name":"","appProtocol":"ftp"}]})",
       {{"spec.selector.meshService.matchLabels", "cannot be empty"},
        {"spec.ports[0].name", "must not be empty"},
        {"spec.ports[0].appProtocol",
         "appProtocol must be one of: grpc, http, http2, kafka, tcp"}}},
      {"one way to select",
       "MeshService",
       R"({"selector":{"dataplaneTags":{"a":"b"},"dataplaneRef":{"name":"d"}}})",
       {{"spec.selector",
         "must specify only one of: dataplaneTags, dataplaneRef, or dataplaneLabels"}}},
      {"a telemetry backend",
       "MeshOpenTelemetryBackend",
       R"({"endpoint":{"address":"a b","port":0,"path":"/v1"}})",
       {{"spec.endpoint.address", "address has to be a valid IP or hostname"},
        {"spec.endpoint.port", "port must be a valid (1-65535)"},
        {"spec.endpoint.path", "must not be set when protocol is grpc"}}},
      {"a path for HTTP",
       "MeshOpenTelemetryBackend",
       R"({"protocol":"http","endpoint":{"path":"v1?x"}})",
       {{"spec.endpoint.path", "must start with /"},
        {"spec.endpoint.path", "must not contain query or fragment"}}},
  });
}

TEST_CASE("patches of proxies", "[rules]") {
  const auto problems = [](const char* modification) {
    return ProblemsOf("MeshProxyPatch",
                      R"({"default":{"appendModifications":[)" + std::string(modification) + "]}}");
  };
  const std::string path = "spec.default.appendModifications[0]";
  CHECK(problems("{}") ==
        Problems{{path,
                  "exactly one modification can be defined at a time. Currently, 0 modifications "
                  "are defined"}});
  CHECK(problems(R"({"cluster":{"operation":"Add","match":{}}})") ==
        Problems{{path + ".cluster.match", "must not be defined"},
                 {path + ".cluster.value", "must be defined"}});
  CHECK(problems(R"({"listener":{"operation":"Remove","value":"x"}})") ==
        Problems{{path + ".listener.value", "must not be defined"}});
  CHECK(problems(R"({"httpFilter":{"operation":"AddAfter","value":"name: f"}})") ==
        Problems{{path + ".httpFilter.match.name",
                  "must be defined. You need to pick a filter after which this one will be "
                  "added"}});
  CHECK(problems(R"({"virtualHost":{"operation":"Patch","match":{}}})") ==
        Problems{{path + ".virtualHost",
                  "virtualHost must have exactly one defined: value, jsonPatches"}});
  CHECK(problems(R"({"cluster":{"operation":"Patch","jsonPatches":[)"
                 R"({"op":"add","path":"/a"},{"op":"remove","path":"/","value":1},)"
                 R"({"op":"copy","path":"/b"},{"op":"replace","path":"/c","value":null,)"
                 R"("from":"/d"}]}})") ==
        Problems{{path + ".cluster.jsonPatches[0].value",
                  R"("value" must not be empty when "op" is one of ["add", "replace"])"},
                 {path + ".cluster.jsonPatches[1].value",
                  R"("value" is allowed only when "op" is one of ["add", "replace"])"},
                 {path + ".cluster.jsonPatches[1].path", "root path cannot be removed"},
                 {path + ".cluster.jsonPatches[2].from",
                  R"("from" must not be empty when "op" is one of ["move", "copy"])"},
                 {path + ".cluster.jsonPatches[3].from",
                  R"("from" is allowed only when "op" is one of ["move", "copy"])"}});
  // A null to write is kept.
  CHECK(StoredOf("MeshProxyPatch",
                 R"({"default":{"appendModifications":[{"cluster":{"operation":"Patch",)"
                 R"("jsonPatches":[{"op":"replace","path":"/c","value":null}]}}]}})")
            .find(R"("value":null)") != std::string::npos);
}

}  // namespace
}  // namespace skyden::resources::testing
