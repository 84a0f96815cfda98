// SPDX-License-Identifier: Apache-2.0
#include "tests/rest/preview_meshes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace skyden::rest::testing {
namespace {

using nlohmann::json;

constexpr const char* kServices[] = {"web", "db", "cache"};
constexpr const char* kVersions[] = {"v1", "v2"};
constexpr const char* kZones[] = {"east", "west"};

json Labels(const std::string& name, const std::string& zone) {
  return {{"kuma.io/origin", "zone"}, {"kuma.io/zone", zone}, {"kuma.io/display-name", name}};
}

json Document(const std::string& type, const std::string& mesh, const std::string& name) {
  return {{"type", type}, {"mesh", mesh}, {"name", name}};
}

json MakeDataplane(Dice& dice, const std::string& mesh, const std::string& name, size_t number) {
  json document = Document("Dataplane", mesh, name);
  document["labels"] = Labels(name, dice.Pick(kZones));
  const std::string service = dice.Pick(kServices);
  if (dice.OneIn(2)) document["labels"]["app"] = service;
  if (dice.OneIn(4)) document["labels"]["k8s.kuma.io/namespace"] = dice.OneIn(2) ? "a" : "b";
  json& networking = document["networking"];
  networking["address"] = fmt::format("10.0.{}.{}", number / 200, number % 200 + 1);
  if (dice.OneIn(5)) {
    const bool is_builtin = dice.OneIn(2);
    networking["gateway"] = {{"type", is_builtin ? "BUILTIN" : "DELEGATED"},
                             {"tags", {{"kuma.io/service", is_builtin ? "edge-gw" : service}}}};
  } else {
    json inbound = {{"port", dice.OneIn(4) ? 81 : 80},
                    {"tags",
                     {{"kuma.io/service", service},
                      {"kuma.io/protocol", dice.OneIn(2) ? "http" : "tcp"},
                      {"version", dice.Pick(kVersions)}}}};
    if (dice.OneIn(2)) inbound["name"] = "main";
    networking["inbound"] = {inbound};
    if (dice.OneIn(3)) {
      networking["inbound"].push_back(
          {{"port", 90}, {"name", "admin"}, {"tags", {{"kuma.io/service", service + "-admin"}}}});
    }
  }
  const bool builtin = networking.contains("gateway") && networking["gateway"]["type"] == "BUILTIN";
  if (!builtin && dice.OneIn(2)) {
    networking["outbound"] = {{{"port", 10000}, {"tags", {{"kuma.io/service", "db"}}}}};
  }
  return document;
}

json TopTarget(Dice& dice) {
  switch (dice.Roll(10)) {
    case 0:
      return {{"kind", "Dataplane"}};
    case 1:
      return {{"kind", "Dataplane"}, {"labels", {{"app", dice.Pick(kServices)}}}};
    case 2:
      return {{"kind", "Dataplane"}, {"name", fmt::format("dp-{}", dice.Roll(5))}};
    case 3:
      return {{"kind", "Dataplane"},
              {"labels", {{"app", dice.Pick(kServices)}}},
              {"sectionName", dice.OneIn(2) ? "main" : "90"}};
    case 4:
      return {{"kind", "MeshSubset"}, {"tags", {{"version", dice.Pick(kVersions)}}}};
    case 5:
      return {{"kind", "MeshService"}, {"name", dice.Pick(kServices)}};
    case 6:
      return {{"kind", "MeshGateway"}, {"name", "edge"}};
    case 7:
      return {{"kind", "Mesh"}, {"proxyTypes", {dice.OneIn(2) ? "Sidecar" : "Gateway"}}};
    case 8:
      return {{"kind", "MeshHTTPRoute"}, {"name", fmt::format("p{}", dice.Roll(6))}};
    default:
      return {{"kind", "Mesh"}};
  }
}

json ToTarget(Dice& dice) {
  switch (dice.Roll(8)) {
    case 0:
      return {{"kind", "MeshService"}, {"name", dice.Pick(kServices)}};
    case 1:
    case 2:
      return {{"kind", "MeshService"},
              {"labels", {{"kuma.io/display-name", dice.Pick(kServices)}}}};
    case 3:
      return {{"kind", "MeshExternalService"}, {"name", "ext"}};
    case 4:
      return {{"kind", "MeshHTTPRoute"}, {"name", fmt::format("p{}", dice.Roll(6))}};
    default:
      return {{"kind", "Mesh"}};
  }
}

json Seconds(Dice& dice) { return fmt::format("{}s", dice.Roll(50) + 1); }

json RouteRules(Dice& dice) {
  return {{{"matches",
            {{{"path", {{"type", "PathPrefix"}, {"value", fmt::format("/{}", dice.Roll(4))}}}}}},
           {"default",
            {{"backendRefs",
              {{{"kind", "MeshService"}, {"name", dice.Pick(kServices)}, {"weight", 1}}}}}}}};
}

json Spec(Dice& dice, const std::string& type) {
  json spec = {{"targetRef", TopTarget(dice)}};
  const auto to = [&](json conf) {
    json entry = {{"targetRef", ToTarget(dice)}, {"default", std::move(conf)}};
    spec["to"].push_back(std::move(entry));
  };
  if (type == "MeshTimeout") {
    to({{"idleTimeout", Seconds(dice)}});
    if (dice.OneIn(3)) to({{"connectionTimeout", Seconds(dice)}});
    if (dice.OneIn(3)) spec["rules"] = {{{"default", {{"idleTimeout", Seconds(dice)}}}}};
  } else if (type == "MeshCircuitBreaker") {
    to({{"connectionLimits", {{"maxConnections", dice.Roll(9) + 1}}}});
  } else if (type == "MeshRetry") {
    to({{"tcp", {{"maxConnectAttempt", dice.Roll(9) + 1}}}});
  } else if (type == "MeshAccessLog") {
    to({{"backends",
         {{{"type", "File"}, {"file", {{"path", fmt::format("/tmp/{}", dice.Roll(9))}}}}}}});
  } else if (type == "MeshTrafficPermission") {
    const json peer = dice.OneIn(2) ? json{{"kind", "Mesh"}}
                                    : json{{"kind", "MeshSubset"}, {"tags", {{"version", "v1"}}}};
    spec["from"] = {
        {{"targetRef", peer}, {"default", {{"action", dice.OneIn(2) ? "Allow" : "Deny"}}}}};
  } else if (type == "MeshTrace") {
    spec["default"] = {{"backends",
                        {{{"type", "Zipkin"},
                          {"zipkin", {{"url", fmt::format("http://z{}:9411/a", dice.Roll(9))}}}}}}};
  } else if (type == "MeshHTTPRoute") {
    spec["to"] = {{{"targetRef", {{"kind", "MeshService"}, {"name", dice.Pick(kServices)}}},
                   {"rules", RouteRules(dice)}}};
  }
  return spec;
}

constexpr const char* kTypes[] = {"MeshTimeout",   "MeshTimeout",           "MeshCircuitBreaker",
                                  "MeshRetry",     "MeshTrafficPermission", "MeshAccessLog",
                                  "MeshHTTPRoute", "MeshHTTPRoute",         "MeshTrace"};
constexpr const char* kOlder[] = {"TrafficPermission", "Timeout", "TrafficTrace",
                                  "MeshGatewayRoute"};

json OlderPolicy(Dice& dice, const std::string& mesh, const std::string& type) {
  json document = Document(type, mesh, fmt::format("o{}", dice.Roll(4)));
  const std::string service = dice.OneIn(2) ? "*" : std::string(dice.Pick(kServices));
  const json match = {{"match", {{"kuma.io/service", service}}}};
  if (type == "TrafficTrace") {
    document["selectors"] = {match};
    return document;
  }
  if (type == "MeshGatewayRoute") {
    document["selectors"] = {{{"match", {{"kuma.io/service", "edge-gw"}}}}};
    document["conf"]["http"]["rules"] = {
        {{"matches",
          {{{"path", {{"match", "PREFIX"}, {"value", fmt::format("/{}", dice.Roll(3))}}}}}},
         {"backends",
          {{{"weight", 1}, {"destination", {{"kuma.io/service", dice.Pick(kServices)}}}}}}}};
    return document;
  }
  document["sources"] = {{{"match", {{"kuma.io/service", "*"}}}}};
  document["destinations"] = {match};
  if (type == "Timeout") document["conf"] = {{"connectTimeout", Seconds(dice)}};
  return document;
}

json Policy(Dice& dice, const std::string& mesh) {
  if (dice.OneIn(4)) return OlderPolicy(dice, mesh, dice.Pick(kOlder));
  const std::string type = dice.Pick(kTypes);
  json document = Document(type, mesh, fmt::format("p{}", dice.Roll(6)));
  document["spec"] = Spec(dice, type);
  if (dice.OneIn(8)) document["labels"] = {{"kuma.io/effect", "shadow"}};
  return document;
}

json MakeMeshItself(Dice& dice, const std::string& name) {
  return {{"type", "Mesh"},
          {"name", name},
          {"skipCreatingInitialPolicies", {"*"}},
          {"meshServices", {{"mode", dice.OneIn(2) ? "Exclusive" : "Disabled"}}}};
}

json MakeGateway(Dice& dice, const std::string& mesh) {
  json document = Document("MeshGateway", mesh, "edge");
  document["selectors"] = {{{"match", {{"kuma.io/service", "edge-gw"}}}}};
  document["conf"]["listeners"] = {{{"port", dice.OneIn(2) ? 8080 : 8081},
                                    {"protocol", "HTTP"},
                                    {"tags", {{"port", dice.Pick(kVersions)}}}}};
  return document;
}

json MakeService(Dice& dice, const std::string& mesh, const std::string& name) {
  json document = Document("MeshService", mesh, name);
  document["labels"] = Labels(name, dice.Pick(kZones));
  document["spec"] = {{"ports", {{{"port", 80}, {"appProtocol", "http"}}}},
                      {"selector", {{"dataplaneTags", {{"kuma.io/service", name}}}}}};
  if (dice.OneIn(2)) document["spec"]["ports"][0]["name"] = "main";
  return document;
}

json MakeExternal(Dice& dice, const std::string& mesh) {
  json document = Document("MeshExternalService", mesh, "ext");
  document["spec"] = {
      {"match", {{"type", "HostnameGenerator"}, {"port", 443}, {"protocol", "tcp"}}},
      {"endpoints", {{{"address", "a.example"}, {"port", 443 + dice.Roll(2)}}}}};
  return document;
}

}  // namespace

RandomMesh MakeMesh(Dice& dice, const std::string& name, size_t proxies) {
  RandomMesh mesh;
  mesh.name = name;
  mesh.ground.push_back(MakeMeshItself(dice, name));
  for (size_t i = 0; i < proxies; ++i) {
    mesh.ground.push_back(MakeDataplane(dice, name, fmt::format("dp-{}", i), i));
  }
  if (dice.OneIn(2)) mesh.ground.push_back(MakeGateway(dice, name));
  for (const char* service : kServices) {
    if (dice.OneIn(2)) mesh.ground.push_back(MakeService(dice, name, service));
  }
  if (dice.OneIn(2)) mesh.ground.push_back(MakeExternal(dice, name));
  std::set<std::pair<std::string, std::string>> names;
  const size_t policies = 2 + dice.Roll(6);
  for (size_t i = 0; i < policies; ++i) {
    json policy = Policy(dice, name);
    if (names.emplace(policy["type"], policy["name"]).second) mesh.policies.push_back(policy);
  }
  return mesh;
}

std::vector<json> MakeChange(Dice& dice, const std::string& mesh, const std::vector<json>& there) {
  std::vector<json> change;
  std::set<std::pair<std::string, std::string>> names;
  const size_t documents = 1 + dice.Roll(3);
  for (size_t i = 0; i < documents; ++i) {
    json document;
    switch (dice.Roll(12)) {
      case 0:
        document = MakeMeshItself(dice, mesh);
        break;
      case 1:
        document = MakeGateway(dice, mesh);
        break;
      case 2:
        document = MakeService(dice, mesh, dice.Pick(kServices));
        break;
      case 3:
        document = MakeExternal(dice, mesh);
        break;
      case 4:
        document = MakeDataplane(dice, mesh, fmt::format("dp-{}", dice.Roll(6)), dice.Roll(6));
        break;
      case 5:
      case 6:
      case 7: {
        const json& old = there[dice.Roll(there.size())];
        document = {{"type", old["type"]}, {"name", old["name"]}, {"delete", true}};
        if (old.contains("mesh")) document["mesh"] = old["mesh"];
        break;
      }
      default:
        document = Policy(dice, mesh);
    }
    if (names.emplace(document["type"], document["name"]).second) change.push_back(document);
  }
  return change;
}

}  // namespace skyden::rest::testing
