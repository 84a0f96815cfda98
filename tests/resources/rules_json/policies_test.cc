// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/resources/rules_json/testing.h"

namespace skyden::resources::testing {
namespace {

TEST_CASE("timeouts", "[rules]") {
  const char* const kType = "MeshTimeout";
  CheckAll({
      {"nothing",
       kType,
       "{}",
       {{"spec", "at least one of 'from', 'to' or 'rules' has to be defined"}}},
      {"rules beside to",
       kType,
       R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"1s"}}],)"
       R"("rules":[{"default":{"idleTimeout":"1s"}}]})",
       {{"spec", "fields 'to' and 'from' must be empty when 'rules' is defined"}}},
      {"an empty default",
       kType,
       R"({"to":[{"targetRef":{"kind":"Mesh"}}]})",
       {{"spec.to[0].default", "at least one timeout should be configured"}}},
      {"negative and zero",
       kType,
       R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"0s",)"
       R"("idleTimeout":"-1s","http":{"requestHeadersTimeout":"-2ms"}}}]})",
       {{"spec.to[0].default.connectionTimeout", "must be greater than zero when defined"},
        {"spec.to[0].default.idleTimeout", "must not be negative when defined"},
        {"spec.to[0].default.http", "at least one timeout in this section should be configured"},
        {"spec.to[0].default.http.requestHeadersTimeout", "must not be negative when defined"}}},
      {"by source",
       kType,
       R"({"rules":[{"matches":[{},{"spiffeID":{"type":"Exact","value":"spiffe://m/a"}}],)"
       R"("default":{"idleTimeout":"1s"}}]})",
       {{"spec.rules[0].matches[0]", "must specify at least one of 'spiffeID' or 'sni'"},
        {"spec.rules[0].default.idleTimeout",
         "can't be specified when matches contain spiffeID because this field cannot be "
         "conditioned on source identity"}}},
      {"below a route",
       kType,
       R"({"targetRef":{"kind":"MeshHTTPRoute","name":"r"},"from":[{"targetRef":{"kind":"Mesh"},)"
       R"("default":{"idleTimeout":"1s"}}],"to":[{"targetRef":{"kind":"MeshService","name":"s"},)"
       R"("default":{"http":{"maxStreamDuration":"1s"}}}]})",
       {{"spec.from", "must not be defined"},
        {"spec.to[0].targetRef.kind", "value 'MeshService' is not supported"},
        {"spec.to[0].default.http.maxStreamDuration",
         "can't be specified when top-level TargetRef is referencing MeshHTTPRoute"}}},
  });
}

// The schema looks at members whose names are written as it knows them; these are read all the
// same.
TEST_CASE("a value out of a set is told whatever the case of its member's name", "[rules]") {
  const auto tls = [](const char* conf) {
    return R"({"targetRef":{"kind":"Mesh"},"rules":[{"default":)" + std::string(conf) + "}]}";
  };
  const std::string conf = "spec.rules[0].default.";
  const std::string modes = R"("mode" must be one of ["Strict", "Permissive"])";
  CHECK(ProblemsOf("MeshTLS", tls(R"({"Mode":"x"})")) == Problems{{conf + "mode", modes}});
  CHECK(ProblemsOf("MeshTLS", tls(R"({"MODE":""})")) == Problems{{conf + "mode", modes}});
  CHECK(ProblemsOf("MeshTLS", tls(R"({"Mode":"Strict"})")).empty());
  CHECK(ProblemsOf("MeshTLS", tls(R"({"TlsVersion":{"Min":"TLS99","max":"TLS12"}})")) ==
        Problems{{conf + "tlsVersion.min", R"("min" must be one of ["TLSAuto", "TLS10", "TLS11", )"
                                           R"("TLS12", "TLS13"])"}});
  CHECK(ProblemsOf("MeshTLS", tls(R"({"TLSCiphers":["x"]})")).size() == 1);
  CHECK(ProblemsOf("MeshIdentity",
                   R"({"selector":{},"provider":{"type":"Bundled","bundled":{)"
                   R"("autogenerate":{"enabled":true},"MeshTrustCreation":"x"}}})") ==
        Problems{{"spec.provider.bundled.meshTrustCreation",
                  R"("x" must be one of ["Enabled", "Disabled"])"}});
  CHECK(ProblemsOf("MeshOpenTelemetryBackend",
                   R"({"endpoint":{"address":"a.b","port":1},"PROTOCOL":"x"})") ==
        Problems{{"spec.protocol", R"("protocol" must be one of ["grpc", "http"])"}});
  CHECK(
      ProblemsOf("MeshTimeout", R"({"to":[{"targetRef":{"kind":"Mesh"},)"
                                R"("default":{"http":{"RequestTimeout":7}}}]})") ==
      Problems{{"", R"(invalid MeshTimeout object: "json: cannot unmarshal number into Go struct )"
                    R"(field Http.spec.to.default.http.requestTimeout of type string")"}});
}

TEST_CASE("retries", "[rules]") {
  const auto spec = [](const char* conf) {
    return R"({"to":[{"targetRef":{"kind":"Mesh"},"default":)" + std::string(conf) + "}]}";
  };
  const auto problems = [&](const char* conf) { return ProblemsOf("MeshRetry", spec(conf)); };
  const std::string conf = "spec.to[0].default.conf";
  CHECK(problems("{}") ==
        Problems{{conf, "at least one of the 'tcp', 'http', 'grpc' must be specified"}});
  CHECK(problems(R"({"tcp":{"maxConnectAttempt":0},"http":{},"grpc":{"backOff":{}}})") ==
        Problems{{conf + ".tcp.maxConnectAttempt", "must be greater than 0"},
                 {conf + ".http", "must not be empty"},
                 {conf + ".grpc.backOff", "must not be empty"}});
  CHECK(problems(R"({"http":{"retryOn":["503","5xx","HttpMethodGet","600","reset"]}})") ==
        Problems{{conf + ".http.retryOn[3]", "unknown item '600'"},
                 {conf + ".http.retryOn[4]", "unknown item 'reset'"}});
  CHECK(problems(R"({"http":{"hostSelection":[{"predicate":"OmitHostsWithTags"},)"
                 R"({"predicate":"OmitPreviousPriorities","updateFrequency":0},)"
                 R"({"predicate":"OmitPreviousPriorities"}]}})") ==
        Problems{{conf + ".http.hostSelection[0].tags", "must be defined"},
                 {conf + ".http.hostSelection[1].updateFrequency",
                  "must be defined and greater than zero"},
                 {conf + ".http.hostSelection[2].predicate",
                  "OmitPreviousPriorities must only be specified once"}});
  CHECK(problems(R"({"grpc":{"rateLimitedBackOff":{"maxInterval":"0s"}}})") ==
        Problems{{conf + ".grpc.rateLimitedBackOff.maxInterval",
                  "must be defined and greater than zero"},
                 {conf + ".grpc.rateLimitedBackOff.resetHeaders", "must be defined"}});
}

TEST_CASE("load balancing", "[rules]") {
  const auto problems = [](const char* conf, const char* ref = R"({"kind":"Mesh"})") {
    return ProblemsOf("MeshLoadBalancingStrategy", R"({"to":[{"targetRef":)" + std::string(ref) +
                                                       R"(,"default":)" + conf + "}]}");
  };
  const std::string conf = "spec.to[0].default.";
  CHECK(problems(R"({"hashPolicies":[{"type":"SourceIP"},{"type":"Cookie","cookie":{"name":"c",)"
                 R"("path":"x"}}]})") ==
        Problems{{conf + "hashPolicies[0].connection", "must be defined"},
                 {conf + "hashPolicies[1].cookie.path", "must be an absolute path"}});
  CHECK(problems(R"({"hashPolicies":[],"loadBalancer":{"type":"RingHash","ringHash":{)"
                 R"("hashPolicies":[]}}})") ==
        Problems{{conf + "loadBalancer.ringHash.hashPolicies",
                  "hashPolicies already specified in the root level"}});
  CHECK(problems(R"({"loadBalancer":{"type":"LeastRequest","leastRequest":{)"
                 R"("activeRequestBias":"-0.1"}}})") ==
        Problems{{conf + "loadBalancer.leastRequest.activeRequestBias",
                  "must be greater or equal then: 0"}});
  CHECK(problems(R"({"localityAwareness":{"localZone":{"affinityTags":[{"key":"","weight":0},)"
                 R"({"key":"b"}]}}})") ==
        Problems{
            {conf + "localityAwareness.localZone.affinityTags[0].key", "must not be empty"},
            {conf + "localityAwareness.localZone.affinityTags[0].weight", "must be greater than 0"},
            {conf + "localityAwareness.localZone.affinityTags",
             "all or none affinity tags should have weight"}});
  CHECK(problems(R"({"localityAwareness":{"crossZone":{"failover":[{"from":{"zones":[]},)"
                 R"("to":{"type":"Only"}},{"to":{"type":"Any","zones":["z"]}}],)"
                 R"("failoverThreshold":{"percentage":0}}}})") ==
        Problems{{conf + "localityAwareness.crossZone.failover[0].from.zones", "must not be empty"},
                 {conf + "localityAwareness.crossZone.failover[0].to.zones",
                  "must not be empty when type is Only"},
                 {conf + "localityAwareness.crossZone.failover[1].to.zones",
                  "must be empty when type is Any"},
                 {conf + "localityAwareness.crossZone.failoverThreshold.percentage",
                  "must be greater than 0"}});
  CHECK(
      problems(R"({"loadBalancer":{"type":"Random"}})", R"({"kind":"MeshHTTPRoute","name":"r"})") ==
      Problems{{conf + "loadBalancer",
                "field is not allowed when targetRef.kind is MeshHTTPRoute, only hashPolicies "
                "is supported"}});
}

TEST_CASE("circuit breakers", "[rules]") {
  const char* const kType = "MeshCircuitBreaker";
  CheckAll({
      {"rules are blamed under from",
       kType,
       R"({"rules":[{"default":{}}]})",
       {{"spec.from[0].default",
         "at least one of: 'connectionLimits' or 'outlierDetection' should be configured"}}},
      {"limits and detectors",
       kType,
       R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionLimits":{"maxRetries":0},)"
       R"("outlierDetection":{"maxEjectionPercent":101,"healthyPanicThreshold":"many",)"
       R"("detectors":{"successRate":{"standardDeviationFactor":"0"}}}}}]})",
       {{"spec.to[0].default.connectionLimits.maxRetries", "must be greater than 0"},
        {"spec.to[0].default.outlierDetection.maxEjectionPercent",
         "must be in inclusive range [0, 100]"},
        {"spec.to[0].default.outlierDetection.healthyPanicThreshold",
         "string must be a valid number"},
        {"spec.to[0].default.outlierDetection.detectors.successRate.standardDeviationFactor",
         "must be greater than 0"}}},
      {"rules beside to, as Kuma 3 has them",
       kType,
       R"({"rules":[{"default":{"connectionLimits":{"maxRetries":1}}}],"to":[{"targetRef":)"
       R"({"kind":"Mesh"},"default":{"connectionLimits":{"maxRetries":2}}}]})",
       {}},
      {"rules beside from",
       kType,
       R"({"rules":[{"default":{"connectionLimits":{"maxRetries":1}}}],"from":[{"targetRef":)"
       R"({"kind":"Mesh"},"default":{"connectionLimits":{"maxRetries":2}}}]})",
       {{"spec", "fields 'to' and 'from' must be empty when 'rules' is defined"}}},
      {"no detectors",
       kType,
       R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"outlierDetection":{}}}]})",
       {{"spec.to[0].default.outlierDetection.detectors", "must be defined"}}},
  });
}

TEST_CASE("access logs", "[rules]") {
  const auto problems = [](const char* backend) {
    return ProblemsOf("MeshAccessLog",
                      R"({"rules":[{"default":{"backends":[)" + std::string(backend) + "]}}]}");
  };
  const std::string path = "spec.rules[0].default.backends[0].";
  CHECK(problems(R"({"type":"Tcp"})") == Problems{{path + "tcp", "must be defined"}});
  CHECK(problems(R"({"type":"Tcp","tcp":{"address":"nowhere","format":{"type":"Json","json":[)"
                 R"({"key":"a\"","value":""}]}}})") ==
        Problems{{path + "tcp.format.json[0].value", "value cannot be empty"},
                 {path + "tcp.format.json[0]", "is not a valid JSON object"},
                 {path + "tcp.address", "tcp backend requires valid address"}});
  CHECK(problems(R"({"type":"File","file":{"path":"log","format":{"type":"Plain"}}})") ==
        Problems{{path + "file.format.plain", "must be defined"},
                 {path + "file.path", "file backend requires a valid path"}});
  CHECK(problems(R"({"type":"OpenTelemetry","openTelemetry":{"endpoint":"http://c","attributes":[)"
                 R"({"key":"otel.name","value":"v"}]}})") ==
        Problems{{path + "openTelemetry.endpoint", "must be in host:port format, not a URL"},
                 {path + "openTelemetry.attributes[0].key",
                  "must not use the reserved OpenTelemetry prefix 'otel.'"}});
  CHECK(problems(R"({"type":"OpenTelemetry","openTelemetry":{"backendRef":{)"
                 R"("kind":"MeshOpenTelemetryBackend"}}})") ==
        Problems{{path + "openTelemetry.backendRef",
                  "backendRef must have exactly one defined: labels"}});
}

TEST_CASE("health checks, rate limits, faults, permissions, TLS", "[rules]") {
  CheckAll({
      {"numbers of a health check",
       "MeshHealthCheck",
       R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"interval":"0s","healthyThreshold":0,)"
       R"("eventLogPath":"x","http":{"path":"","expectedStatuses":[99]}}}]})",
       {{"spec.to[0].default.interval", "must be greater than zero when defined"},
        {"spec.to[0].default.healthyThreshold", "must be greater than zero when defined"},
        {"spec.to[0].default.eventLogPath", "must be a valid path when defined"},
        {"spec.to[0].default.http.path", "must be defined"},
        {"spec.to[0].default.http.expectedStatuses[0]", "must be in inclusive range [100, 599]"}}},
      {"rules where there are gateways",
       "MeshRateLimit",
       R"({"rules":[{"default":{}}]})",
       {{"spec.rules", "must not be defined"}}},
      {"rates",
       "MeshRateLimit",
       R"({"targetRef":{"kind":"Mesh","proxyTypes":["Sidecar"]},"rules":[{"default":{"local":{)"
       R"("http":{},"tcp":{"connectionRate":{"num":0,"interval":"50ms"}}}}}]})",
       {{"spec.rules[0].default.local.http",
         "must have at least one defined: disabled, requestRate, onRateLimit"},
        {"spec.rules[0].default.local.tcp.connectionRate.num", "must be greater than 0"},
        {"spec.rules[0].default.local.tcp.connectionRate.interval", "must be greater than: 50ms"}}},
      {"to without gateways",
       "MeshRateLimit",
       R"({"targetRef":{"kind":"MeshService","name":"s"},"to":[{"targetRef":{"kind":"Mesh"}}]})",
       {{"spec.to", "must not be defined"}}},
      {"faults are blamed kind first",
       "MeshFaultInjection",
       R"({"rules":[{"default":{"http":[{"abort":{"httpStatus":99,"percentage":"101"}},)"
       R"({"delay":{"value":"-1s","percentage":1},"responseBandwidth":{"limit":"5bps",)"
       R"("percentage":"x"}}]}}]})",
       {{"spec.rules[0].default.http.abort[0].httpStatus", "must be in inclusive range [100, 599]"},
        {"spec.rules[0].default.http.abort[0].percentage",
         "must be in inclusive range [0.0, 100.0]"},
        {"spec.rules[0].default.http.delay[1].value", "must not be negative when defined"},
        {"spec.rules[0].default.http.responseBandwidth[1].limit",
         "must be in kbps/Mbps/Gbps units"},
        {"spec.rules[0].default.http.responseBandwidth[1].percentage",
         "string must be a valid number"}}},
      {"a bandwidth with a space",
       "MeshFaultInjection",
       R"({"rules":[{"default":{"http":[{"responseBandwidth":{"limit":"10 Gbps",)"
       R"("percentage":1}}]}}]})",
       {}},
      {"permissions say something",
       "MeshTrafficPermission",
       R"({"rules":[{"default":{}},{"default":{"deny":[{"sni":{"type":"Exact","value":"A"}}]}}]})",
       {{"spec.rules[0]",
         "at least one of 'allow', 'allowWithShadowDeny', 'deny' has to be defined"},
        {"spec.rules[1].deny[0].sni.value",
         "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "
         "or '.', and must start and end with an alphanumeric character (e.g. 'example.com', "
         "regex used for validation is "
         "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"}}},
      {"an action is needed",
       "MeshTrafficPermission",
       R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{}}]})",
       {{"spec.from[0].default.action", "must be defined"}}},
      {"TLS versions in order, of the whole mesh",
       "MeshTLS",
       R"({"rules":[{"default":{"tlsVersion":{"min":"TLS13","max":"TLS12"}}}]})",
       {{"spec.rules[0].default.tlsVersion.min", "min version must be lower than max"}}},
      {"TLS versions of some",
       "MeshTLS",
       R"({"targetRef":{"kind":"MeshSubset"},"rules":[{"default":{"tlsVersion":{},"tlsCiphers":[)"
       R"("ECDHE-RSA-AES128-GCM-SHA256"]}}]})",
       {{"spec.rules[0].default.tlsCiphers",
         "tlsCiphers can only be defined with top level targetRef kind: Mesh"},
        {"spec.rules[0].default.tlsVersion",
         "tlsVersion can only be defined with top level targetRef kind: Mesh"}}},
  });
}

}  // namespace
}  // namespace skyden::resources::testing
