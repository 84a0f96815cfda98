// SPDX-License-Identifier: Apache-2.0
// How far a control plane is from Kuma 3, over the whole stack: that nothing is in the way of a new
// one, that what is in the way is told in both forms, and that proxies are told of to be other
// exactly as inspection says by the rules of either.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "skyden/store/directory_tx.h"
#include "skyden/store/store.h"
#include "tests/rest/preview_meshes.h"
#include "tests/rest/preview_play.h"

namespace skyden::rest {
namespace {

using nlohmann::json;
using testing::Configuration;
using testing::Configurations;
using testing::Dice;
using testing::MakeMesh;
using testing::PlayedControlPlane;
using testing::RandomMesh;

constexpr unsigned kMeshes = 15;

class Played : public PlayedControlPlane {
 public:
  json Readiness(const std::string& query = "") { return Ask("/ops/upgrade-readiness" + query); }
  json Report() { return Ask("/readiness-reports"); }

  // What is stored is read by the rules of Kuma 3 from now on: no upgrade, which would write.
  void BecomeThree() {
    const auto written =
        env.store->WriteDirectory(env.owner(), [&](store::DirectoryTx& tx) -> absl::Status {
          auto record = tx.FindControlPlane(model::ControlPlaneId(id));
          if (!record.ok()) return record.status();
          (*record)->api_version = "v3";
          return tx.UpdateControlPlane(**record);
        });
    REQUIRE(written.ok());
  }

 private:
  json Ask(const std::string& path) {
    const Answer answer = env.Get("/v1/mesh/control-planes/" + id + path);
    INFO(path << ": " << answer.body);
    REQUIRE(answer.status == 200);
    return answer.json();
  }
};

json Sidecar(const std::string& name) {
  return {{"type", "Dataplane"},
          {"mesh", "default"},
          {"name", name},
          {"labels",
           {{"kuma.io/origin", "zone"},
            {"kuma.io/zone", "east"},
            {"kuma.io/display-name", name},
            {"kuma.io/workload", name}}},
          {"networking",
           {{"address", "10.0.0.1"},
            {"inbound",
             {{{"port", 80}, {"protocol", "http"}, {"tags", {{"kuma.io/service", name}}}}}}}}};
}

TEST_CASE("nothing is in the way of a new control plane", "[readiness]") {
  Played played;
  const json readiness = played.Readiness();
  CHECK(readiness["ready"] == true);
  CHECK(readiness["complete"] == true);
  CHECK(readiness["findings"].empty());
  CHECK(readiness["groups"].empty());
  CHECK(readiness["zones"].empty());
  const json report = played.Report();
  CHECK(report["schema"] == "kuma3-preflight/v3");
  CHECK(report["status"] == "clean");
  CHECK(report["meshes"] == json::array({"default"}));
  CHECK(report["findings"].empty());
  // Its own policies would be written anew.
  const json upgraded = played.Readiness("?upgraded=true");
  std::set<std::string> changes;
  for (const json& change : upgraded["changes"]) {
    changes.insert(change["outcome"].get<std::string>() + " " + change["name"].get<std::string>());
  }
  CHECK(changes == std::set<std::string>{"created mesh-timeout-to-all-default",
                                         "deleted mesh-gateways-timeout-all-default",
                                         "updated mesh-timeout-all-default"});
}

TEST_CASE("what is in the way is told, and who sees to it", "[readiness]") {
  Played played;
  played.StoreVersion("east", "2.13.1");
  played.Import(
      {Sidecar("web"),
       Sidecar("db"),
       {{"type", "MeshTrafficPermission"},
        {"mesh", "default"},
        {"name", "allow"},
        {"spec",
         {{"from", {{{"targetRef", {{"kind", "Mesh"}}}, {"default", {{"action", "Allow"}}}}}}}}}});
  const json readiness = played.Readiness();
  CHECK(readiness["ready"] == false);
  std::map<std::string, json> findings;
  for (const json& finding : readiness["findings"]) findings[finding["kind"]] = finding;
  REQUIRE(findings.size() == 3);
  CHECK(findings["permission-from"]["remedy"] == "person");
  CHECK(findings["permission-from"]["resource"] ==
        json({{"type", "MeshTrafficPermission"}, {"mesh", "default"}, {"name", "allow"}}));
  CHECK(findings["permission-from"]["field"] == "spec.from");
  CHECK(findings["zone-version"]["detail"] == "2.13.1");
  CHECK(findings["mesh-services"]["resource"]["name"] == "default");
  CHECK(readiness["blocking"] == 3);
  CHECK(readiness["proxy_versions"] == json({{{"version", "unknown"}, {"proxies", 2}}}));

  // Both proxies lose a permission and the timeouts for their clients.
  CHECK(readiness["proxies"]["changed"] == 2);
  // What Kuma 2 says of them bears the tags of their inbounds, which are not the same.
  REQUIRE(readiness["groups"].size() == 2);
  for (const json& group : readiness["groups"]) {
    std::set<std::string> types;
    for (const json& part : group["parts"]) types.insert(part["name"]);
    CHECK(types == std::set<std::string>{"MeshTimeout", "MeshTrafficPermission"});
  }

  const json report = played.Report();
  CHECK(report["status"] == "blockers");
  CHECK(report["summary"]["blockers"] == 3);
  std::set<std::string> titles;
  for (const json& finding : report["findings"]) {
    CHECK(finding["severity"] == "blocker");
    CHECK(finding["count"] == 1);
    titles.insert(finding["examples"][0]);
  }
  CHECK(titles == std::set<std::string>{"default (meshServices.mode)", "default/allow (spec.from)",
                                        "east [zone:east]"});
}

TEST_CASE("the timeouts of a new mesh mean the same after the upgrade", "[readiness]") {
  Played played;
  played.Import({Sidecar("web")});
  // As it stands, those for clients are lost, and the gateways' are for everybody.
  CHECK(played.Readiness()["proxies"]["changed"] == 1);
  const json upgraded = played.Readiness("?upgraded=true");
  INFO(upgraded["groups"].dump());
  CHECK(upgraded["proxies"]["changed"] == 0);
}

// A rule as Kuma 3 tells it: without tags of inbounds, and without what only Kuma 2 has.
Configuration InWordsOf3(const Configuration& parts) {
  Configuration told;
  for (const auto& [name, text] : parts) {
    if (name.ends_with(" fromRules") || name.ends_with(" toRules") || name == "policies") continue;
    json value = json::parse(text);
    if (name.ends_with(" inboundRules")) {
      for (json& entry : value) entry["inbound"]["tags"] = nullptr;
    }
    told[name] = value.dump();
  }
  return told;
}

TEST_CASE("proxies are told to be other as inspection by the rules of either says",
          "[readiness][property]") {
  size_t told_of = 0;
  for (unsigned seed = 0; seed < kMeshes; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    Played played;
    if (dice.OneIn(3)) played.StoreVersion("west", "3.0.0");
    const RandomMesh mesh = MakeMesh(dice, "m", 2 + dice.Roll(5));
    played.Import(mesh.ground);
    for (const json& policy : mesh.policies) played.TryImport({policy});
    const auto effects = played.EffectsOfThree();
    REQUIRE(effects.ok());
    const Configurations before = played.Inspect("m");
    played.BecomeThree();
    const Configurations after = played.Inspect("m");
    const auto differences = testing::Minus(after, before);
    const auto told = PlayedControlPlane::Of(*effects);
    for (const auto& [proxy, parts] : told) {
      for (const auto& [part, texts] : parts) {
        INFO(proxy << " " << part);
        ++told_of;
        REQUIRE(differences.contains(proxy));
        REQUIRE(differences.at(proxy).contains(part));
        CHECK(differences.at(proxy).at(part) == texts);
      }
    }
    // What is not told is the same in other words.
    for (const auto& [proxy, parts] : differences) {
      const Configuration none;
      const auto old_parts = InWordsOf3(before.contains(proxy) ? before.at(proxy) : none);
      const auto new_parts = InWordsOf3(after.contains(proxy) ? after.at(proxy) : none);
      for (const auto& [part, text] : new_parts) {
        const auto old = old_parts.find(part);
        if (old != old_parts.end() && old->second == text) continue;
        INFO(proxy << " " << part << "\n" << text);
        CHECK((told.contains(proxy) && told.at(proxy).contains(part)));
      }
    }
  }
  CHECK(told_of > kMeshes);
}

}  // namespace
}  // namespace skyden::rest
