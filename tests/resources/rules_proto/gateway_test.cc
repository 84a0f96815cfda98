// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/resources/rules_proto/testing.h"

namespace skyden::resources::testing {
namespace {

constexpr const char* kSelectors = R"("selectors":[{"match":{"kuma.io/service":"edge"}}])";

Strings Listeners(const std::string& listeners) {
  return Problems("MeshGateway",
                  std::string(kSelectors) + R"(,"conf":{"listeners":[)" + listeners + "]}");
}

TEST_CASE("a gateway selects proxies and has listeners", "[resources][rules][gateway]") {
  CHECK(Listeners(R"({"port":80,"protocol":"HTTP"})").empty());
  CHECK(Problems("MeshGateway", "") ==
        Strings{"selectors: must have at least one element", "conf: cannot be empty"});
  CHECK(Listeners("") == Strings{"conf.listeners: cannot be empty"});
  CHECK(Listeners("{}") == Strings{"conf.listeners[0].port: port must be in the range [1, 65535]",
                                   "conf.listeners[0].protocol: cannot be empty"});
  CHECK(Problems("MeshGateway",
                 std::string(kSelectors) +
                     R"(,"tags":{"kuma.io/zone":"z","a":"b"},"conf":{"listeners":[)"
                     R"({"port":1,"protocol":"TCP","tags":{"kuma.io/service":"s"}}]})") ==
        Strings{"tags[\"kuma.io/zone\"]: tag name must not be \"kuma.io/zone\"",
                "conf.listeners[0].tags[\"kuma.io/service\"]: tag name must not be "
                "\"kuma.io/service\""});
}

TEST_CASE("listeners' hostnames are domains, perhaps wild", "[resources][rules][gateway]") {
  const auto hostname = [](const std::string& text) {
    return Listeners(R"({"port":1,"protocol":"TCP","hostname":")" + text + "\"}");
  };
  const std::string at = "conf.listeners[0].hostname: ";
  for (const char* good : {"*", "a", "a-b.c9", "*.a.b"}) CHECK(hostname(good).empty());
  for (const char* bad : {"A", "a..b", "-a", "a-", "a.*", "a_b", "."}) {
    INFO(bad);
    CHECK(hostname(bad) == Strings{at + "invalid hostname"});
  }
  CHECK(hostname("*.") == Strings{at + "invalid wildcard domain"});
  CHECK(hostname(std::string(254, 'a')) == Strings{at + "must be at most 253 characters"});
}

TEST_CASE("listeners terminate TLS with one or two certificates", "[resources][rules][gateway]") {
  const auto https = [](const std::string& more) {
    return Listeners(R"({"port":443,"protocol":"HTTPS")" + more + "}");
  };
  const std::string at = "conf.listeners[0].";
  CHECK(https(R"(,"tls":{"mode":"TERMINATE","certificates":[{"secret":"s"}]})").empty());
  CHECK(https("") == Strings{at + "tls: cannot be empty"});
  CHECK(https(R"(,"tls":{})") == Strings{at + "tls.mode: cannot be empty"});
  CHECK(https(R"(,"tls":{"mode":"PASSTHROUGH"})") ==
        Strings{at + "tls.mode: mode is not supported on HTTPS listeners"});
  CHECK(https(R"(,"tls":{"mode":"TERMINATE"})") ==
        Strings{at + "tls.certificates: cannot be empty in TLS termination mode"});
  CHECK(https(R"(,"tls":{"mode":"TERMINATE","certificates":[{},{},{}]})") ==
        Strings{at + "tls.certificates: cannot have more than 2 certificates"});
  CHECK(https(R"(,"crossMesh":true,"tls":{"mode":"TERMINATE"})") ==
        Strings{at + "protocol: protocol is not supported with crossMesh",
                at + "tls: must be empty with crossMesh"});
}

TEST_CASE("listeners on one port fit together", "[resources][rules][gateway]") {
  CHECK(Listeners(R"({"port":1,"protocol":"HTTP","hostname":"a"},)"
                  R"({"port":1,"protocol":"HTTP","hostname":"b"},)"
                  R"({"port":2,"protocol":"TCP"})")
            .empty());
  CHECK(Listeners(
            R"({"port":1,"protocol":"HTTP","resources":{"connectionLimit":1}},)"
            R"({"port":1,"protocol":"TCP","hostname":"*","resources":{"connectionLimit":2}})") ==
        Strings{"conf.listeners[0]: protocol conflicts with other listeners on this port",
                "conf.listeners[1]: protocol conflicts with other listeners on this port",
                "conf.listeners[0]: multiple listeners for hostname on this port",
                "conf.listeners[1]: multiple listeners for hostname on this port",
                "conf.listeners[0].resources.connectionLimit: conflicting values for this port",
                "conf.listeners[1].resources.connectionLimit: conflicting values for this port"});
}

TEST_CASE("a gateway open to other meshes has one selector", "[resources][rules][gateway]") {
  CHECK(Problems("MeshGateway",
                 R"("selectors":[{"match":{"kuma.io/service":"a"}},)"
                 R"({"match":{"kuma.io/service":"b"}}],)"
                 R"("conf":{"listeners":[{"port":1,"protocol":"HTTP","crossMesh":true}]})") ==
        Strings{"selectors[1]: there can be at most one selector"});
}

// One rule of an HTTP route.
Strings Rule(const std::string& rule) {
  return Problems("MeshGatewayRoute",
                  std::string(kSelectors) + R"(,"conf":{"http":{"rules":[)" + rule + "]}}");
}

constexpr const char* kMatch = R"("matches":[{"path":{"match":"PREFIX","value":"/"}}])";
constexpr const char* kBackend =
    R"("backends":[{"weight":1,"destination":{"kuma.io/service":"b"}}])";

TEST_CASE("a gateway route has rules that match", "[resources][rules][gateway]") {
  CHECK(Problems("MeshGatewayRoute", std::string(kSelectors) + R"(,"conf":{"tcp":{}})").empty());
  CHECK(Problems("MeshGatewayRoute", std::string(kSelectors)) == Strings{"conf: cannot be empty"});
  CHECK(Rule("") == Strings{"conf.http.rules: cannot be empty"});
  CHECK(Rule("{}") == Strings{"conf.http.rules[0].matches: cannot be empty"});
  CHECK(Rule(R"({"matches":[{},{"path":{"value":"a"}},{"path":{"match":"REGEX"}},
      {"path":{"match":"PREFIX","value":"x"}},
      {"headers":[{"value":"v"},{"name":"n"},{"match":"ABSENT","name":"n","value":"v"}]},
      {"queryParameters":[{}]}],)" +
             std::string(kBackend) + "}") ==
        Strings{"conf.http.rules[0].matches[0]: cannot be empty",
                "conf.http.rules[0].matches[1].value: must be an absolute path",
                "conf.http.rules[0].matches[2].value: cannot be empty",
                "conf.http.rules[0].matches[3].value: must be an absolute path",
                "conf.http.rules[0].matches[4].headers[0].name: cannot be empty",
                "conf.http.rules[0].matches[4].headers[1].value: cannot be empty",
                "conf.http.rules[0].matches[4].headers[2].value: cannot be set",
                "conf.http.rules[0].matches[5].query_parameters[0].name: cannot be empty",
                "conf.http.rules[0].matches[5].query_parameters[0].value: cannot be empty"});
}

TEST_CASE("a rule forwards or redirects, not both", "[resources][rules][gateway]") {
  const std::string match = "{" + std::string(kMatch);
  CHECK(Rule(match + "}") == Strings{"conf.http.rules[0].backends: cannot be empty"});
  CHECK(Rule(match + R"(,"filters":[{"redirect":{"statusCode":301}}]})").empty());
  CHECK(Rule(match + R"(,"filters":[{"redirect":{"statusCode":200,"port":70000}}],)" + kBackend +
             "}") ==
        Strings{"conf.http.rules[0].filters[0].redirect.port: port must be in the range [1, 65535]",
                "conf.http.rules[0].filters[0].redirect.status_code: must be in the range [300, "
                "308]",
                "conf.http.rules[0].backends: must be empty when using redirect filters"});
  CHECK(Rule(match + R"(,"filters":[{"redirect":{"statusCode":301}},{"rewrite":{}}]})") ==
        Strings{"conf.http.rules[0].filters: redirects cannot be used with other filters"});
  CHECK(Rule(match + R"(,"backends":[{"destination":{"a":"b"}}]})") ==
        Strings{"conf.http.rules[0].backends[0]: mandatory tag \"kuma.io/service\" is missing"});
}

TEST_CASE("filters know what the rule around them does", "[resources][rules][gateway]") {
  const auto filters = [](const std::string& match, const std::string& text) {
    return Rule("{" + match + R"(,"filters":[)" + text + "]," + kBackend + "}");
  };
  const std::string exact = R"("matches":[{"path":{"value":"/"}}])";
  const std::string at = "conf.http.rules[0].filters[0].";
  CHECK(filters(kMatch, R"({"rewrite":{"replacePrefixMatch":"/x"}})").empty());
  CHECK(filters(exact, R"({"rewrite":{"replacePrefixMatch":"/x"}})") ==
        Strings{at + "rewrite.replacePrefixMatch: cannot be used without a match on path prefix"});
  CHECK(filters(exact, R"({"requestHeader":{"set":[{"name":"host","value":"h"}]}})").empty());
  // The one that turns the host around is not counted among the filters.
  CHECK(filters(exact, R"({"rewrite":{"hostToBackendHostname":true}},)"
                       R"({"requestHeader":{"set":[{"name":"host","value":"h"}]}})") ==
        Strings{at + "request_header.set[0]: cannot modify 'host' header, when route has set "
                     "'rewrite.host_to_backend_hostname' option"});
  CHECK(filters(exact, R"({"requestHeader":{}},{"requestHeader":{"add":[{}],"remove":[""]}},)"
                       R"({"mirror":{}})") ==
        Strings{at + "request_header: cannot be empty",
                "conf.http.rules[0].filters[1].request_header.add[0].name: cannot be empty",
                "conf.http.rules[0].filters[1].request_header.add[0].value: cannot be empty",
                "conf.http.rules[0].filters[1].request_header.remove[0]: cannot be empty",
                "conf.http.rules[0].filters[2].mirror.percentage: cannot be empty",
                "conf.http.rules[0].filters[2].mirror.backend: cannot be empty"});
}

}  // namespace
}  // namespace skyden::resources::testing
