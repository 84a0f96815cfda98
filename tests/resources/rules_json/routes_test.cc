// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/resources/rules_json/testing.h"

namespace skyden::resources::testing {
namespace {

// One rule to a service; `top` goes in front of `to`.
Problems Route(std::string_view matches, std::string_view conf, std::string_view top = "",
               std::string_view ref = R"({"kind":"MeshService","name":"web"})") {
  return ProblemsOf("MeshHTTPRoute",
                    fmt::format(R"({{{}"to":[{{"targetRef":{},"rules":[{{"matches":{},)"
                                R"("default":{}}}]}}]}})",
                                top, ref, matches, conf));
}

constexpr const char* kAnyPath = R"([{"path":{"type":"PathPrefix","value":"/"}}])";
constexpr const char* kGateway = R"("targetRef":{"kind":"MeshGateway","name":"edge"},)";
const std::string kRule = "spec.to[0].rules[0].";

TEST_CASE("paths, parameters and headers of an HTTP match", "[rules]") {
  CHECK(Route(kAnyPath, "{}").empty());
  CHECK(Route(R"([{"path":{"type":"RegularExpression","value":"x"}}])", "{}").empty());
  CHECK(Route(R"([{"path":{"type":"PathPrefix","value":"shop/"}}])", "{}") ==
        Problems{{kRule + "matches[0].path.value",
                  "does not need a trailing slash because only a `/`-separated prefix or an "
                  "entire path is matched"},
                 {kRule + "matches[0].path.value", "must be an absolute path"}});
  CHECK(Route(R"([{"queryParams":[{"type":"Exact","name":"q","value":"1"},)"
              R"({"type":"Exact","name":"q","value":"2"}],)"
              R"("headers":[{"name":"x-a","type":"Absent","value":"v"}]}])",
              "{}") ==
        Problems{{kRule + "matches[0].queryParams[1].name", "multiple entries for name q"},
                 {kRule + "matches[0].headers[0].value", "must not be defined"}});
  CHECK(Route("[]", "{}") == Problems{{kRule + "matches", "in body should have at least 1 items"}});
}

TEST_CASE("each HTTP filter needs its own configuration", "[rules]") {
  const auto filter = [](std::string_view text, std::string_view matches = kAnyPath,
                         std::string_view top = "") {
    return Route(matches, fmt::format(R"({{"filters":[{}]}})", text), top);
  };
  const std::string path = kRule + "default.filters[0].";
  CHECK(filter(R"({"type":"RequestMirror"})") ==
        Problems{{path + "requestMirror", "must be defined"}});
  CHECK(filter(R"({"type":"RequestHeaderModifier","requestHeaderModifier":{}})") ==
        Problems{
            {path + "requestHeaderModifier", "must have at least one defined: set, add, remove"}});
  CHECK(filter(R"({"type":"ResponseHeaderModifier","responseHeaderModifier":{)"
               R"("set":[{"name":"a","value":"1"}],"remove":["a"]}})") ==
        Problems{{path + "responseHeaderModifier.remove[0].name", "duplicate header name"}});
  const char* const redirect =
      R"({"type":"RequestRedirect","requestRedirect":{"hostname":"10.0.0.1",)"
      R"("path":{"type":"ReplacePrefixMatch","replacePrefixMatch":"/v2"}}})";
  CHECK(filter(redirect, R"([{"path":{"type":"Exact","value":"/a"}}])") ==
        Problems{{path + "requestRedirect.path.replacePrefixMatch",
                  "can only appear if all matches match a path prefix"},
                 {path + "requestRedirect.hostname", "cannot be an IP address"}});
  const char* const rewrite =
      R"({"type":"URLRewrite","urlRewrite":{"hostname":"a.b","hostToBackendHostname":true}})";
  CHECK(filter(rewrite) ==
        Problems{
            {path + "urlRewrite.hostToBackendHostname", "can only be set with MeshGateway"},
            {path + "urlRewrite.hostToBackendHostname", "cannot be set together with hostname"}});
  CHECK(filter(R"({"type":"RequestMirror","requestMirror":{"backendRef":{"kind":"Mesh"}}})") ==
        Problems{{path + "requestMirror.backendRef.kind", "value 'Mesh' is not supported"}});
}

TEST_CASE("backends of an HTTP route", "[rules]") {
  CHECK(Route(kAnyPath, R"({"backendRefs":[{"kind":"MeshMultiZoneService","name":"m"}]})") ==
        Problems{{kRule + "default.backendRefs[0].port",
                  "must be defined with kind MeshMultiZoneService"}});
  const char* const mesh = R"({"kind":"Mesh"})";
  CHECK(Route(kAnyPath, "{}", kGateway, mesh) ==
        Problems{{kRule + "default.backendRefs", "must not be empty"}});
  CHECK(Route(kAnyPath, R"({"filters":[{"type":"RequestRedirect","requestRedirect":{}}]})",
              kGateway, mesh)
            .empty());
  CHECK(Route(kAnyPath,
              R"({"backendRefs":[{"kind":"MeshService","name":"kuma.io/unresolved-backend"}]})")
            .empty());
}

TEST_CASE("hostnames are for routes of a gateway, which go to the mesh", "[rules]") {
  const auto with_hostname = [](std::string_view top, std::string_view ref) {
    return ProblemsOf("MeshHTTPRoute",
                      fmt::format(R"({{{}"to":[{{"hostnames":["a.b"],"targetRef":{},)"
                                  R"("rules":[]}}]}})",
                                  top, ref));
  };
  CHECK(with_hostname(kGateway, R"({"kind":"Mesh"})").empty());
  CHECK(with_hostname("", R"({"kind":"MeshService","name":"s"})") ==
        Problems{{"spec.to[0].hostnames", "must not be defined"}});
  CHECK(with_hostname(kGateway, R"({"kind":"MeshService","name":"s"})") ==
        Problems{{"spec.to[0].targetRef.kind", "value 'MeshService' is not supported"}});
}

TEST_CASE("a TCP route needs backends", "[rules]") {
  CheckAll({
      {"nothing to go to",
       "MeshTCPRoute",
       "{\"to\":[]}",
       {{"spec.to", "in body should have at least 1 items"}}},
      {"no backends",
       "MeshTCPRoute",
       R"({"to":[{"targetRef":{"kind":"MeshService","name":"s"},"rules":[{"default":{}}]}]})",
       {{"spec.to[0].rules[0].default.backendRefs", "must be defined"}}},
      {"one backend",
       "MeshTCPRoute",
       R"({"to":[{"targetRef":{"kind":"MeshService","name":"s"},"rules":[{"default":{)"
       R"("backendRefs":[{"kind":"MeshExternalService","name":"x"}]}}]}]})",
       {}},
  });
  CHECK(StoredOf("MeshTCPRoute",
                 R"({"to":[{"targetRef":{"kind":"MeshService","name":"s"},"rules":[{"default":{)"
                 R"("backendRefs":[{"kind":"MeshService","name":"x","port":80}]}}]}]})") ==
        R"({"to":[{"targetRef":{"kind":"MeshService","name":"s"},"rules":[{"default":{)"
        R"("backendRefs":[{"kind":"MeshService","name":"x","weight":1,"port":80}]}}]}]})");
}

}  // namespace
}  // namespace skyden::resources::testing
