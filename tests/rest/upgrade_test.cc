// SPDX-License-Identifier: Apache-2.0
// The upgrade over the whole stack: of everything that it writes anew, of what is in its way, and
// of control planes that hold some of it.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "skyden/store/directory_tx.h"
#include "skyden/store/store.h"
#include "skyden/upgrade/finding.h"
#include "tests/rest/preview_meshes.h"
#include "tests/rest/preview_play.h"

namespace skyden::rest {
namespace {

using nlohmann::json;
using testing::Configurations;
using testing::Dice;
using testing::PlayedControlPlane;

class Played : public PlayedControlPlane {
 public:
  std::string Path(const std::string& rest) { return "/v1/mesh/control-planes/" + id + rest; }
  json Readiness(const std::string& query = "") {
    const Answer answer = env.Get(Path("/ops/upgrade-readiness" + query));
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return answer.json();
  }
  Answer Upgrade(const json& body = {{"to", "v3"}}) {
    return env.Post(Path("/ops/upgrade"), body.dump());
  }
  json Upgraded() {
    const Answer answer = Upgrade();
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return answer.json();
  }
  std::string Version() { return env.Get(Path("")).json()["version"]; }
  std::string Exported() {
    // Keys of its own it makes for who asks for secrets.
    const Answer answer = env.Get(Path("/ops/export?secrets=false"));
    REQUIRE(answer.status == 200);
    return answer.body;
  }
  // By another name, as it is: nothing is written anew.
  void Call(const char* version) {
    const auto written =
        env.store->WriteDirectory(env.owner(), [&](store::DirectoryTx& tx) -> absl::Status {
          auto record = tx.FindControlPlane(model::ControlPlaneId(id));
          if (!record.ok()) return record.status();
          (*record)->api_version = version;
          return tx.UpdateControlPlane(**record);
        });
    REQUIRE(written.ok());
  }
};

json InMesh(const char* type, const std::string& name, json spec) {
  return {{"type", type}, {"mesh", "m"}, {"name", name}, {"spec", std::move(spec)}};
}

json Idle(const char* idle) { return {{"idleTimeout", idle}}; }
json ToMesh(json conf) {
  return json::array({{{"targetRef", {{"kind", "Mesh"}}}, {"default", std::move(conf)}}});
}
json To(json target, json conf) {
  return json::array({{{"targetRef", std::move(target)}, {"default", std::move(conf)}}});
}

json Sidecar(const std::string& name) {
  return {{"type", "Dataplane"},
          {"mesh", "m"},
          {"name", name},
          {"labels",
           {{"kuma.io/origin", "zone"},
            {"kuma.io/zone", "east"},
            {"kuma.io/display-name", name},
            {"kuma.io/workload", name},
            {"team", name}}},
          {"networking",
           {{"address", "10.0.0.1"},
            {"inbound",
             {{{"port", 80},
               {"protocol", "http"},
               {"tags", {{"kuma.io/service", name}, {"team", name}}}}}}}}};
}

// What a mesh of Kuma 2 says that an upgrade writes anew: one document for each thing at least.
std::vector<json> Turnable() {
  const json sidecars = {{"kind", "Mesh"}, {"proxyTypes", {"Sidecar"}}};
  const json otel = {{"type", "OpenTelemetry"},
                     {"openTelemetry", {{"endpoint", "otel.example:4317"}}}};
  const json ring = {
      {"type", "RingHash"},
      {"ringHash",
       {{"hashPolicies", json::array({{{"type", "Header"}, {"header", {{"name", "x-user"}}}}})}}}};
  json marked = InMesh("MeshTimeout", "marked", {{"to", ToMesh(Idle("8s"))}});
  marked["labels"] = {{"kuma.io/made-up", "x"}, {"team", "core"}};
  return {
      InMesh("MeshTimeout", "from", {{"from", ToMesh(Idle("1s"))}}),
      InMesh("MeshTLS", "tls-from", {{"from", ToMesh({{"mode", "Strict"}})}}),
      InMesh("MeshCircuitBreaker", "breaker-from",
             {{"from", ToMesh({{"connectionLimits", {{"maxConnections", 7}}}})}}),
      InMesh(
          "MeshFaultInjection", "faults-from",
          {{"targetRef", sidecars},
           {"from",
            ToMesh({{"http", json::array({{{"abort",
                                            {{"httpStatus", 500}, {"percentage", "50.0"}}}}})}})}}),
      InMesh(
          "MeshRateLimit", "limit-from",
          {{"targetRef", sidecars},
           {"from", ToMesh({{"local",
                             {{"http", {{"requestRate", {{"num", 5}, {"interval", "10s"}}}}}}}})}}),
      InMesh("MeshAccessLog", "log-both",
             {{"from", ToMesh({{"backends", json::array({otel})}})},
              {"to", ToMesh({{"backends", json::array({otel})}})}}),
      InMesh("MeshTimeout", "both", {{"from", ToMesh(Idle("2s"))}, {"to", ToMesh(Idle("3s"))}}),
      InMesh("MeshTimeout", "gateways",
             {{"targetRef", {{"kind", "Mesh"}, {"proxyTypes", {"Gateway"}}}},
              {"to", ToMesh(Idle("4s"))}}),
      InMesh("MeshTimeout", "sidecars",
             {{"targetRef", {{"kind", "Mesh"}, {"proxyTypes", {"Sidecar"}}}},
              {"to", ToMesh(Idle("5s"))}}),
      InMesh("MeshTimeout", "one-proxy",
             {{"targetRef", {{"kind", "Dataplane"}, {"name", "web"}}}, {"to", ToMesh(Idle("6s"))}}),
      InMesh("MeshTimeout", "team",
             {{"targetRef", {{"kind", "MeshSubset"}, {"tags", {{"team", "web"}}}}},
              {"to", ToMesh(Idle("7s"))}}),
      InMesh("MeshTimeout", "to-service",
             {{"to", To({{"kind", "MeshService"}, {"name", "web"}}, Idle("9s"))}}),
      InMesh("MeshTrace", "trace", {{"default", {{"backends", json::array({otel})}}}}),
      InMesh("MeshLoadBalancingStrategy", "ring",
             {{"to", To({{"kind", "MeshService"}, {"name", "web"}}, {{"loadBalancer", ring}})}}),
      InMesh(
          "MeshExternalService", "outside",
          {{"match", {{"type", "HostnameGenerator"}, {"port", 443}, {"protocol", "tcp"}}},
           {"endpoints", json::array({{{"address", "outside.example"}, {"port", 443}}})},
           {"tls", {{"enabled", true}, {"verification", {{"caCert", {{"inline", "aGVsbG8="}}}}}}}}),
      marked,
  };
}

// The mesh, its proxies, the service that their zone made of one, and what vouches for them.
std::vector<json> Ground() {
  json service =
      InMesh("MeshService", "web",
             {{"selector", {{"dataplaneTags", {{"kuma.io/service", "web"}}}}},
              {"ports", json::array({{{"port", 80}, {"targetPort", 80}, {"appProtocol", "http"}}})},
              {"identities", json::array({{{"type", "ServiceTag"}, {"value", "web"}}})}});
  service["labels"] = {{"kuma.io/origin", "zone"},
                       {"kuma.io/zone", "east"},
                       {"kuma.io/display-name", "web"},
                       {"kuma.io/managed-by", "meshservice-generator"}};
  return {service,
          {{"type", "Mesh"},
           {"name", "m"},
           {"meshServices", {{"mode", "Exclusive"}}},
           {"networking", {{"outbound", {{"passthrough", false}}}}}},
          Sidecar("web"),
          Sidecar("db"),
          InMesh("MeshIdentity", "identity",
                 {{"selector", {{"dataplane", {{"matchLabels", json::object()}}}}},
                  {"spiffeID", {{"trustDomain", "m.example"}, {"path", "/{{ .Workload }}"}}},
                  {"provider",
                   {{"type", "Bundled"},
                    {"bundled",
                     {{"meshTrustCreation", "Enabled"},
                      {"insecureAllowSelfSigned", true},
                      {"autogenerate", {{"enabled", true}}}}}}}})};
}

std::set<std::string> KindsOf(const json& readiness) {
  std::set<std::string> kinds;
  for (const json& finding : readiness["findings"]) kinds.insert(finding["kind"]);
  return kinds;
}

// Before the upgrade readiness says what it does, afterwards that there is nothing to do; and back
// it is what it was.
void CheckThereAndBack(Played& played) {
  const std::string exported = played.Exported();
  const json foretold = played.Readiness("?upgraded=true");
  INFO(foretold["findings"].dump(1));
  REQUIRE(foretold["ready"] == true);

  const Answer tried = played.Upgrade({{"to", "v3"}, {"dry_run", true}});
  INFO(tried.body);
  REQUIRE(tried.status == 200);
  CHECK(tried.json()["dry_run"] == true);
  CHECK_FALSE(tried.json().contains("revision"));
  CHECK(played.Version() == "v2");
  CHECK(played.Exported() == exported);

  const json done = played.Upgraded();
  CHECK(done["resources"] == tried.json()["resources"]);
  CHECK(done["proxies"] == foretold["proxies"]);
  CHECK(done["groups"] == foretold["groups"]);
  std::multiset<std::string> told;
  for (const json& change : foretold["changes"]) {
    if (change["outcome"] != "unchanged") {
      told.insert(change["outcome"].get<std::string>() + " " + change["name"].get<std::string>());
    }
  }
  std::multiset<std::string> written;
  for (const json& line : done["resources"]) {
    written.insert(line["outcome"].get<std::string>() + " " + line["name"].get<std::string>());
  }
  CHECK(written == told);
  CHECK(played.Version() == "v3");
  const json after = played.Readiness("");
  CHECK(after["ready"] == true);
  CHECK(after["findings"].dump() == "[]");

  // Looked at as if it were one of Kuma 2 still.
  played.Call("v2");
  const json clean = played.Readiness("?upgraded=true");
  // A Mesh of Kuma 3 does not say that its services are resources.
  for (const json& finding : clean["findings"]) CHECK(finding["kind"] == "mesh-services");
  CHECK(clean["changes"].dump() == "[]");
  played.Call("v3");

  const Answer back = played.Upgrade({{"to", "v2"}});
  INFO(back.body);
  REQUIRE(back.status == 200);
  CHECK(played.Version() == "v2");
  CHECK(played.Exported() == exported);
}

TEST_CASE("a new control plane goes there and back", "[upgrade]") {
  Played played;
  CheckThereAndBack(played);
  std::set<std::string> actions;
  const json audit = played.env.Get(played.Path("/ops/audit")).json();
  for (const json& entry : audit["data"]) actions.insert(entry["action"]);
  CHECK(actions.contains("control_plane.upgrade"));
  CHECK(actions.contains("control_plane.return"));
}

TEST_CASE("all that an upgrade writes anew goes there and back", "[upgrade]") {
  Played played;
  played.Import(Ground());
  played.Import(Turnable());
  std::set<std::string> wanted;
  for (const upgrade::Kind& kind : upgrade::AllKinds()) {
    if (kind.remedy == upgrade::Remedy::kUpgrade) wanted.emplace(kind.id);
  }
  // Only zones make MeshServices, and write where a MeshTrust is from.
  wanted.erase("service-identities");
  wanted.erase("trust-origin");
  const std::set<std::string> found = KindsOf(played.Readiness());
  for (const std::string& kind : wanted) {
    INFO(kind);
    CHECK(found.contains(kind));
  }
  CheckThereAndBack(played);
}

TEST_CASE("control planes that hold some of it go there and back", "[upgrade][property]") {
  constexpr unsigned kControlPlanes = 12;
  const std::vector<json> all = Turnable();
  for (unsigned seed = 0; seed < kControlPlanes; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    Played played;
    played.Import(Ground());
    std::vector<json> some;
    for (const json& document : all) {
      if (dice.OneIn(2)) some.push_back(document);
    }
    if (!some.empty()) played.Import(some);
    CheckThereAndBack(played);
  }
}

// By type and name: what mesh `m` of a control plane holds.
std::map<std::string, json> SpecsOf(Played& played) {
  std::map<std::string, json> specs;
  const json all = played.env.Get(played.Path("/ops/export?format=json&secrets=false")).json();
  for (json document : all) {
    if (document.value("mesh", "") != "m" && document.value("name", "") != "m") continue;
    if (document.contains("labels") && document["labels"].value("kuma.io/origin", "") == "zone") {
      continue;
    }
    const std::string name =
        document["type"].get<std::string>() + " " + document["name"].get<std::string>();
    for (const char* said : {"labels", "kri", "creationTime", "modificationTime", "status"}) {
      document.erase(said);
    }
    specs[name] = document;
  }
  return specs;
}

TEST_CASE("what a control plane of Kuma 2 exported, one of Kuma 3 takes as an upgrade would",
          "[upgrade]") {
  Played two;
  two.Import(Ground());
  two.Import(Turnable());
  const std::string exported = two.Exported();
  const std::set<std::string> findings = KindsOf(two.Readiness());
  two.Upgraded();

  Played three;
  three.id = three.env.NewControlPlane("three", model::KumaVersion::kThree);
  const auto import = [&](const std::string& query) {
    return three.env.Post(three.Path("/ops/import" + query), exported);
  };
  CHECK(import("").status == 400);
  CHECK(import("?from=v3").status == 400);
  const Answer tried = import("?from=v2&dry_run=true");
  INFO(tried.body);
  REQUIRE(tried.status == 200);
  CHECK_FALSE(SpecsOf(three).contains("Mesh m"));
  const Answer done = import("?from=v2");
  INFO(done.body);
  REQUIRE(done.status == 200);
  std::set<std::string> turned;
  const json answer = done.json();
  for (const json& finding : answer["turned"]) turned.insert(finding["kind"]);
  CHECK(turned == findings);
  CHECK(answer["of_zones_left_out"] == 3);
  const auto upgraded = SpecsOf(two);
  const auto imported = SpecsOf(three);
  for (const auto& [name, spec] : upgraded) {
    INFO(name);
    REQUIRE(imported.contains(name));
    // An export says that a mesh is not to get what it has.
    if (name != "Mesh m") CHECK(imported.at(name) == spec);
  }
  CHECK(imported.size() == upgraded.size());
  const Answer again = import("?from=v2");
  CHECK(again.json()["created"] == 0);
  CHECK(again.json()["updated"] == 0);
}

TEST_CASE("documents of Kuma 2 that somebody has to decide about are not imported", "[upgrade]") {
  Played three;
  three.id = three.env.NewControlPlane("three", model::KumaVersion::kThree);
  json permission =
      InMesh("MeshTrafficPermission", "allow", {{"from", ToMesh({{"action", "Allow"}})}});
  permission["mesh"] = "default";
  const Answer refused =
      three.env.Post(three.Path("/ops/import?from=v2"), json::array({permission}).dump());
  INFO(refused.body);
  CHECK(refused.status == 400);
  CHECK(refused.json()["invalid_parameters"][0]["field"] ==
        "MeshTrafficPermission default/allow: spec.from");
  // There is nothing to turn where they are at home.
  Played two;
  CHECK(two.env.Post(two.Path("/ops/import?from=v2"), json::array({permission}).dump()).status ==
        409);
}

TEST_CASE("what is in the way is named, and nothing happens", "[upgrade]") {
  Played played;
  played.StoreVersion("east", "2.13.1");
  played.Import(Ground());
  const json permission =
      InMesh("MeshTrafficPermission", "allow", {{"from", ToMesh({{"action", "Allow"}})}});
  const json legacy = {{"type", "Timeout"},
                       {"mesh", "m"},
                       {"name", "old"},
                       {"sources", {{{"match", {{"kuma.io/service", "*"}}}}}},
                       {"destinations", {{{"match", {{"kuma.io/service", "*"}}}}}},
                       {"conf", {{"connectTimeout", "1s"}}}};
  played.Import({permission, legacy});
  const std::string exported = played.Exported();
  for (const bool dry_run : {true, false}) {
    const Answer refused = played.Upgrade({{"to", "v3"}, {"dry_run", dry_run}});
    INFO(refused.body);
    CHECK(refused.status == 409);
    std::set<std::string> named;
    const json problem = refused.json();
    for (const json& one : problem["invalid_parameters"]) named.insert(one["field"]);
    CHECK(named == std::set<std::string>{"MeshTrafficPermission m/allow: spec.from",
                                         "Timeout m/old", "Zone east"});
    CHECK(played.Version() == "v2");
    CHECK(played.Exported() == exported);
  }
}

TEST_CASE("what was written since the upgrade is not lost in passing", "[upgrade]") {
  Played played;
  const std::string exported = played.Exported();
  played.Upgraded();
  const json retry = {{"type", "MeshRetry"},
                      {"mesh", "default"},
                      {"name", "later"},
                      {"spec", {{"to", ToMesh({{"tcp", {{"maxConnectAttempt", 3}}}})}}}};
  REQUIRE(played.env.Put(played.api + "/meshes/default/meshretries/later", retry.dump()).status ==
          201);
  const Answer refused = played.Upgrade({{"to", "v2"}});
  INFO(refused.body);
  CHECK(refused.status == 409);
  CHECK(refused.json()["invalid_parameters"][0]["field"] == "MeshRetry default/later");
  CHECK(played.Version() == "v3");
  CHECK(played.Upgrade({{"to", "v2"}, {"discard_later", true}}).status == 200);
  CHECK(played.Exported() == exported);
}

TEST_CASE("an upgrade that is not asked for as it should be", "[upgrade]") {
  Played played;
  for (const json& body :
       {json::object(), json{{"to", "v4"}}, json{{"to", 3}}, json{{"to", "v3"}, {"dry_run", "yes"}},
        json{{"to", "v3"}, {"x", 1}}, json{{"to", "v3"}, {"discard_later", true}}}) {
    const Answer answer = played.Upgrade(body);
    INFO(body << ": " << answer.body);
    CHECK(answer.status == 400);
  }
  CHECK(played.Upgrade({{"to", "v2"}}).status == 409);
  CHECK(played.Version() == "v2");
  REQUIRE(played.env.Post(played.Path("/ops/suspend"), "{}").status == 200);
  CHECK(played.Upgrade().status == 409);
}

TEST_CASE("a PATCH of the version says how it is changed", "[upgrade]") {
  Played played;
  const Answer answer =
      played.env.Send("PATCH", played.Path(""), played.env.operator_token, R"({"version":"v3"})");
  CHECK(answer.status == 400);
  CHECK(answer.body.find("skyden cp upgrade") != std::string::npos);
}

}  // namespace
}  // namespace skyden::rest
