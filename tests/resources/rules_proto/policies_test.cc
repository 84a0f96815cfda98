// SPDX-License-Identifier: Apache-2.0
// Policies that match sources to destinations, and those that select proxies.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/resources/rules_proto/testing.h"

namespace skyden::resources::testing {
namespace {

constexpr const char* kEnds = R"("sources":[{"match":{"kuma.io/service":"*"}}],)"
                              R"("destinations":[{"match":{"kuma.io/service":"b"}}])";

// The problems of a policy between two services, with this conf.
Strings ConfProblems(const std::string& type, const std::string& conf) {
  return Problems(type, fmt::format("{},\"conf\":{}", kEnds, conf));
}

struct Case {
  const char* conf;
  Strings problems;
};

void CheckConfs(const std::string& type, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(type << " " << c.conf);
    CHECK(ConfProblems(type, c.conf) == c.problems);
  }
}

TEST_CASE("selectors name at least one tag", "[resources][rules]") {
  CHECK(Problems("TrafficPermission", kEnds).empty());
  CHECK(Problems("TrafficPermission", "") ==
        Strings{"sources: must have at least one element",
                "destinations: must have at least one element"});
  CHECK(Problems("TrafficPermission",
                 R"("sources":[{"match":{"":"x"}}],"destinations":[null,{"match":{"a":"b/c"}}])") ==
        Strings{"sources[0].match: tag name must be non-empty",
                "destinations[0].match: must have at least one tag"});
  CHECK(Problems("TrafficTrace", R"("selectors":[{"match":{"a":"*"}}])").empty());
  CHECK(Problems("TrafficTrace", R"("conf":{"backend":"x"})") ==
        Strings{"selectors: must have at least one element"});
}

TEST_CASE("some destinations are services and nothing else", "[resources][rules]") {
  CHECK(Problems("TrafficLog", kEnds).empty());
  CHECK(Problems("TrafficLog",
                 R"("sources":[{"match":{"a":"b"}}],)"
                 R"("destinations":[{"match":{"kuma.io/service":"b","v":"1"}},{}])") ==
        Strings{"sources[0].match: mandatory tag \"kuma.io/service\" is missing",
                "destinations[0].match: must consist of exactly one tag \"kuma.io/service\"",
                "destinations[0].match[\"v\"]: tag \"v\" is not allowed",
                "destinations[1].match: must consist of exactly one tag \"kuma.io/service\"",
                "destinations[1].match: mandatory tag \"kuma.io/service\" is missing"});
}

TEST_CASE("a timeout section says at least one timeout, none of them zero", "[resources][rules]") {
  CHECK(Problems("Timeout", kEnds) == Strings{"conf: has to be defined"});
  CheckConfs("Timeout",
             {{"{}", {}},
              {R"({"connectTimeout":"0s"})", {}},
              {R"({"tcp":{},"http":{},"grpc":{}})",
               {"conf.tcp: at least one timeout in section has to be defined",
                "conf.http: at least one timeout in section has to be defined",
                "conf.grpc: at least one timeout in section has to be defined"}},
              {R"({"tcp":{"idleTimeout":"0s"},"http":{"requestTimeout":"0s","idleTimeout":"0s"},
            "grpc":{"streamIdleTimeout":"1s","maxStreamDuration":"0s"}})",
               {"conf.tcp.idleTimeout: has to be greater than 0",
                "conf.http.requestTimeout: has to be greater than 0 when defined",
                "conf.http.idleTimeout: has to be greater than 0 when defined",
                "conf.grpc.maxStreamDuration: has to be greater than 0 when defined"}},
              {R"({"http":{"streamIdleTimeout":"1s"}})",
               {"conf.http: at least one timeout in section has to be defined"}}});
}

TEST_CASE("a retry says how often, how long and on what", "[resources][rules]") {
  CHECK(Problems("Retry", kEnds) == Strings{"conf: has to be defined"});
  CheckConfs(
      "Retry",
      {{"{}", {"conf: missing protocol [grpc|http|tcp] configuration"}},
       {R"({"http":{},"grpc":{},"tcp":{}})",
        {"conf.http: field cannot be empty", "conf.grpc: field cannot be empty",
         "conf.tcp.maxConnectAttempts: has to be greater than 0"}},
       {R"({"http":{"numRetries":0,"perTryTimeout":"0s","backOff":{}}})",
        {"conf.http.numRetries: has to be greater than 0 when defined",
         "conf.http.perTryTimeout: has to be greater than 0 when defined",
         "conf.http.backOff.baseInterval: has to be defined"}},
       {R"({"http":{"backOff":{"baseInterval":"0s","maxInterval":"0s"}}})",
        {"conf.http.backOff.baseInterval: has to be greater than 0"}},
       {R"({"http":{"backOff":{"baseInterval":"1s","maxInterval":"0s"}}})",
        {"conf.http.backOff.maxInterval: has to be greater than 0 when defined"}},
       {R"({"http":{"retriableMethods":["GET","NONE"],"retryOn":["reset","retriable_status_codes"]}})",
        {"conf.http.retriableMethods[1]: field cannot be empty",
         "conf.http.retryOn[1]: retriableStatusCodes cannot be empty when this option is "
         "specified"}},
       {R"({"http":{"retryOn":["retriable_status_codes"],"retriableStatusCodes":[500]}})", {}},
       {R"({"grpc":{"retryOn":["internal","cancelled","internal",77,"cancelled",77]}})",
        {"conf.grpc.retryOn: repeated value \"77\" at indexes [3, 5]",
         "conf.grpc.retryOn: repeated value \"cancelled\" at indexes [1, 4]",
         "conf.grpc.retryOn: repeated value \"internal\" at indexes [0, 2]"}}});
}

TEST_CASE("a health check has intervals and thresholds that are not zero", "[resources][rules]") {
  const std::string base =
      R"("interval":"1s","timeout":"1s","unhealthyThreshold":1,"healthyThreshold":1)";
  CheckConfs("HealthCheck", {{"null", {"conf: has to be defined"}},
                             {"{}",
                              {"conf.interval: must have a positive value",
                               "conf.timeout: must have a positive value",
                               "conf.unhealthyThreshold: must have a positive value",
                               "conf.healthyThreshold: must have a positive value"}}});
  CHECK(ConfProblems("HealthCheck", "{" + base + "}").empty());
  CHECK(ConfProblems("HealthCheck",
                     "{" + base + R"(,"initialJitter":"0s","intervalJitter":"0s",)" +
                         R"("noTrafficInterval":"0s","healthyPanicThreshold":100.1})") ==
        Strings{"conf.initialJitter: must have a positive value",
                "conf.intervalJitter: must have a positive value",
                "conf.noTrafficInterval: must have a positive value",
                "conf.healthyPanicThreshold: must be in range [0.0 - 100.0]"});
  CHECK(ConfProblems("HealthCheck",
                     "{" + base + R"(,"tcp":{},"http":{"expectedStatuses":[99,200,600],)" +
                         R"("requestHeadersToAdd":[{},{"header":{}},{"header":{"key":"k"}}]}})") ==
        Strings{"conf.http.path: has to be defined and cannot be empty",
                "conf.http.expectedStatuses[0]: must be in range [100, 600)",
                "conf.http.expectedStatuses[2]: must be in range [100, 600)",
                "conf.http.requestHeadersToAdd[0].header: has to be defined",
                "conf.http.requestHeadersToAdd[1].header.key: cannot be empty",
                "conf: http and tcp cannot be defined at the same time"});
}

TEST_CASE("a circuit breaker detects or limits something", "[resources][rules]") {
  CheckConfs(
      "CircuitBreaker",
      {{R"({"interval":"1s"})",
        {"conf: must have at least one of the detector or threshold configured"}},
       {R"({"detectors":{"totalErrors":{}}})", {}},
       {R"({"thresholds":{"maxRetries":0}})", {}},
       {R"({"detectors":{},"thresholds":{"maxRetries":1}})", {"conf.detectors: can't be empty"}},
       {R"({"maxEjectionPercent":101,"detectors":{"failure":{"threshold":101}},"thresholds":{}})",
        {"conf.maxEjectionPercent: has to be in [0.0 - 100.0] range",
         "conf.detectors.failure.threshold: has to be in [0.0 - 100.0] range",
         "conf.thresholds: can't be empty"}}});
}

TEST_CASE("a fault is complete, and only HTTP can have one", "[resources][rules]") {
  const auto fault = [](const std::string& protocol, const std::string& conf) {
    return Problems("FaultInjection",
                    R"("sources":[{"match":{"a":"b"}}],"destinations":[{"match":{"a":"b")" +
                        protocol + R"(}}],"conf":)" + conf);
  };
  const std::string http = R"(,"kuma.io/protocol":"HTTP2")";
  CHECK(fault(http, R"({"delay":{"percentage":0,"value":"0s"}})").empty());
  CHECK(fault("", "{}") == Strings{"destinations[0].match: protocol must be specified",
                                   "conf: must have at least one of the faults configured"});
  CHECK(fault(R"(,"kuma.io/protocol":"tcp")", R"({"delay":{},"abort":{"httpStatus":99}})") ==
        Strings{"destinations[0].match[\"kuma.io/protocol\"]: must be one of the [http, http2, "
                "grpc]",
                "conf.abort.percentage: cannot be empty",
                "conf.abort.httpStatus: http status code is incorrect"});
  CHECK(fault(http, R"({"delay":{"percentage":-1},"abort":{"percentage":101},)"
                    R"("responseBandwidth":{"percentage":1,"limit":"5 bps"}})") ==
        Strings{"conf.delay.percentage: has to be in [0.0 - 100.0] range",
                "conf.delay.value: cannot be empty",
                "conf.abort.percentage: has to be in [0.0 - 100.0] range",
                "conf.abort.httpStatus: cannot be empty",
                "conf.responseBandwidth.limit: has to be in kbps/mbps/gbps units"});
  CHECK(fault(http, R"({"responseBandwidth":{"percentage":1,"limit":"5 mbps"}})").empty());
}

TEST_CASE("a rate limit says how many in what time", "[resources][rules]") {
  CheckConfs("RateLimit", {{"null", {"conf: must have conf"}},
                           {"{}", {}},
                           {R"({"http":{"requests":1,"interval":"1s"}})", {}},
                           {R"({"http":{"onRateLimit":{"headers":[{"key":"k"},{}]}}})",
                            {"conf.http.requests: requests must be set",
                             "conf.http.interval: interval must be set",
                             "conf.http.onRateLimit.header[\"0\"]: value must be set",
                             "conf.http.onRateLimit.header[\"1\"]: key must be set",
                             "conf.http.onRateLimit.header[\"1\"]: value must be set"}}});
}

TEST_CASE("a virtual outbound's templates give a name and a port", "[resources][rules]") {
  const auto conf = [](const std::string& host, const std::string& port,
                       const std::string& parameters) {
    return Problems("VirtualOutbound", R"("selectors":[{"match":{"a":"*"}}],"conf":{"host":")" +
                                           host + R"(","port":")" + port + R"(","parameters":[)" +
                                           parameters + "]}");
  };
  const std::string service = R"({"name":"s","tagKey":"kuma.io/service"})";
  const std::string failed = "template pre evaluation failed with error=";
  CHECK(conf("{{.s}}.mesh", "80", service).empty());
  CHECK(conf("{{- .s -}} .mesh", "{{ .v }}80", service + R"(,{"name":"v"})").empty());
  CHECK(conf("{{if .s}}a{{end}}", "80", service).empty());  // beyond us, so not refused
  CHECK(conf("", "", service) ==
        Strings{"conf.host: has to be defined", "conf.port: has to be defined"});
  CHECK(conf("{{.x}}", "{{.s}}00000", service) ==
        Strings{"conf.host: " + failed +
                    R"("evaluation of template with parameters didn't return a valid dns name )"
                    R"(result=\"<no value>\"")",
                "conf.port: " + failed +
                    R"("evaluation of template returned a port outside of the range [1..65535] )"
                    R"(result=100000")"});
  CHECK(conf("{{.s", "x", service) ==
        Strings{"conf.host: " + failed +
                    R"("failed compiling gotemplate error=\"template: :1: unclosed action\"")",
                "conf.port: " + failed +
                    R"("evaluation of template with parameters didn't evaluate to a parsable )"
                    R"(number result=\"x\"")"});
  CHECK(conf("{{ s }}", "1", service) ==
        Strings{"conf.host: " + failed +
                R"("failed compiling gotemplate error=\"template: :1: function \\\"s\\\" not )"
                R"(defined\"")"});
  CHECK(conf("a", "1", R"({"name":"a-b"},{"name":"a-b","tagKey":"x y"},{"name":"c d"})") ==
        Strings{"conf.parameters[0].name: must consist of alphanumeric characters to be used as a "
                "gotemplate key",
                "conf.parameters[1].name: name is already used",
                "conf.parameters[1].tagKey: must be a valid tag name",
                "conf.parameters[1].name: must consist of alphanumeric characters to be used as a "
                "gotemplate key",
                "conf.parameters[2].name: must be a valid tag name if you are not setting tagKey",
                "conf.parameters[2].name: must consist of alphanumeric characters to be used as a "
                "gotemplate key",
                "conf.parameters: must contain a parameter with kuma.io/service as a tagKey"});
}

TEST_CASE("a proxy template imports known profiles and changes known things",
          "[resources][rules]") {
  const auto conf = [](const std::string& text) {
    return Problems("ProxyTemplate", R"("conf":)" + text);
  };
  CHECK(conf(R"({"imports":["default-proxy","gateway-proxy"]})").empty());
  CHECK(conf(R"({"imports":["","x"],"resources":[{}]})") ==
        Strings{"conf.imports[0]: cannot be empty",
                "conf.imports[1]: profile not found. Available profiles: "
                "default-proxy,egress-proxy,gateway-proxy,ingress-proxy",
                "conf.resources[0].name: cannot be empty",
                "conf.resources[0].version: cannot be empty",
                "conf.resources[0].resource: cannot be empty"});
  const std::string bad = "native Envoy resource is not valid: ";
  CHECK(conf(R"({"resources":[{"name":"n","version":"v","resource":"name: x"},
                 {"name":"n","version":"v","resource":"'@type': type.googleapis.com/a.B"}]})") ==
        Strings{"conf.resources[0].resource: " + bad + "Any JSON doesn't have '@type'",
                "conf.resources[1].resource: " + bad +
                    "could not resolve Any message type: type.googleapis.com/a.B"});
  CHECK(conf(R"({"modifications":[{"cluster":{"operation":"add","match":{},"value":"name: ''"}},
                 {"listener":{"operation":"patch","value":"[]"}},
                 {"virtualHost":{"operation":"add","match":{"name":"x"},"value":"name: v"}},
                 {"networkFilter":{"operation":"addBefore","value":"name: f"}},
                 {"httpFilter":{"operation":"patch","value":"*"}},
                 {"httpFilter":{"operation":"replace"}},{"cluster":{}},{}]})") ==
        Strings{"conf.modifications[0].cluster.match: cannot be defined",
                "conf.modifications[0].cluster.value: " + bad +
                    "invalid Cluster.Name: value length must be at least 1 runes",
                "conf.modifications[1].listener.value: " + bad +
                    "json: cannot unmarshal array into Go value of type map[string]json.RawMessage",
                "conf.modifications[2].virtualHost.match.name: cannot be defined",
                "conf.modifications[2].virtualHost.value: " + bad +
                    "invalid VirtualHost.Domains: value must contain at least 1 item(s)",
                "conf.modifications[3].networkFilter.match.name: cannot be empty. You need to pick "
                "a filter before which this one will be added",
                "conf.modifications[4].httpFilter.match.name: cannot be empty",
                "conf.modifications[4].httpFilter.value: " + bad +
                    "invalid character '*' looking for beginning of value",
                "conf.modifications[5].httpFilter.operation: invalid operation. Available "
                "operations: \"addFirst\", \"addLast\", \"addBefore\", \"addAfter\", \"patch\", "
                "\"remove\"",
                "conf.modifications[6].cluster.operation: invalid operation. Available "
                "operations: \"add\", \"patch\", \"remove\""});
}

}  // namespace
}  // namespace skyden::resources::testing
