// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/insights.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/insights/testing.h"
#include "tests/resources/manager/manager_env.h"

using namespace skyden;
using namespace skyden::insights;
using namespace skyden::insights::testing;
using nlohmann::json;
using resources::testing::ManagerEnv;

namespace {

// A control plane with a default mesh, and what it says of itself.
class Env : public ManagerEnv {
 public:
  Env() { Restart(); }

  // As after a restart: nothing is counted yet.
  void Restart() {
    figures = Figures::Create({store::testing::Registry(), views, clock});
    insights = std::make_unique<Insights>(
        Insights::Deps{store::testing::Registry(), codec(), views, *store, *figures, clock});
  }

  void StoreAs(const std::string& type, model::Resource resource) {
    resource.type = store::testing::Type(type);
    Store(std::move(resource));
  }
  void Run(const Proxy& proxy, const Seen& seen = {}) {
    StoreAs("Dataplane", proxy.Dataplane());
    StoreAs("DataplaneInsight", InsightOf(proxy.Dataplane(), seen));
  }

  json Global() { return json::parse(insights->GlobalInsight(scope).value()); }
  json OfMesh(const std::string& mesh) {
    return json::parse(insights->MeshInsight(scope, mesh).value());
  }

  std::unique_ptr<Figures> figures;
  std::unique_ptr<Insights> insights;
};

}  // namespace

TEST_CASE("a new control plane's global insight counts what every Kuma begins with", "[insights]") {
  Env env;
  const json global = env.Global();
  CHECK(global.at("meshes").at("total") == 1);
  CHECK(global.at("dataplanes").at("standard") ==
        json({{"online", 0}, {"offline", 0}, {"partiallyDegraded", 0}, {"total", 0}}));
  CHECK(global.at("services").at("external") == json({{"total", 0}}));
  CHECK(global.at("zones").at("controlPlanes") == json({{"online", 0}, {"total", 0}}));
  CHECK(global.at("policies").at("total") > 0);
  CHECK(global.at("resources").contains("HostnameGenerator"));
  CHECK_FALSE(global.at("resources").contains("Mesh"));
}

TEST_CASE("keys that are promised count, and stay promised", "[insights]") {
  Env env;
  const auto promised = [&] {
    size_t count = 0;
    REQUIRE(env.store
                ->Read(env.scope,
                       [&](store::ReadTx& tx) {
                         const auto pending = tx.ListPendingKeys();
                         count = pending.ok() ? pending->size() : 0;
                         return pending.status();
                       })
                .ok());
    return count;
  };
  const auto all = [&] {
    return std::tuple(env.insights->GlobalInsights(env.scope).value(), env.Global(),
                      env.OfMesh("default"));
  };
  REQUIRE(promised() > 0);
  const size_t before = promised();
  auto [globals, global, mesh] = all();
  CHECK(promised() == before);
  REQUIRE(env.manager.MaterialiseKeys(env.scope).ok());
  CHECK(promised() == 0);
  auto [globals_after, global_after, mesh_after] = all();
  CHECK(globals == globals_after);
  CHECK(mesh.at("resources") == mesh_after.at("resources"));
  CHECK(global.at("resources") == global_after.at("resources"));
}

TEST_CASE("each change shows at once, and again after a restart", "[insights]") {
  Env env;
  env.StoreAs("ZoneInsight", ZoneInsight("east", Connection::kOpen));
  const uint64_t policies = env.Global().at("policies").at("total");
  REQUIRE(env.Put("MeshTimeout", "default", "t", resources::testing::TimeoutSpec()).ok());
  CHECK(env.Global().at("policies").at("total") == policies + 1);
  env.Run({.name = "a"});
  CHECK(env.Global().at("dataplanes").at("standard").at("online") == 1);
  CHECK(env.Global().at("services").at("internal").at("online") == 1);
  CHECK(env.Global().at("resources").at("Dataplane").at("total") == 1);
  env.Run({.name = "a"}, {.connection = Connection::kClosed});
  CHECK(env.Global().at("dataplanes").at("standard").at("offline") == 1);
  env.StoreAs("ZoneIngressInsight", [] {
    auto insight = InsightOf(Proxy{.mesh = ""}.Dataplane(), {});
    insight.key.name = "ing-1";
    return insight;
  }());
  CHECK(env.Global().at("zones").at("zoneIngresses") == json({{"online", 1}, {"total", 1}}));
  CHECK(env.Global().at("zones").at("controlPlanes") == json({{"online", 1}, {"total", 1}}));

  json before = env.Global(), mesh_before = env.OfMesh("default");
  env.Restart();
  json after = env.Global(), mesh_after = env.OfMesh("default");
  for (json* each : {&before, &after}) each->erase("createdAt");
  for (json* each : {&mesh_before, &mesh_after}) each->erase("modificationTime");
  CHECK(after == before);
  CHECK(mesh_after == mesh_before);
}

TEST_CASE("a mesh's insight counts its own resources by type", "[insights]") {
  Env env;
  REQUIRE(env.Put("Mesh", "", "other").ok());
  REQUIRE(env.Put("MeshTimeout", "other", "t", resources::testing::TimeoutSpec()).ok());
  env.Run({.mesh = "other", .name = "a"});
  const json other = env.OfMesh("other");
  CHECK(other.at("name") == "other");
  CHECK(other.at("resources").at("Dataplane").at("total") == 1);
  CHECK(other.at("policies").contains("MeshTimeout"));
  CHECK_FALSE(other.at("policies").contains("Dataplane"));
  CHECK_FALSE(other.at("resources").contains("DataplaneInsight"));
  CHECK_FALSE(env.OfMesh("default").at("resources").contains("Dataplane"));
  CHECK(absl::IsNotFound(env.insights->MeshInsight(env.scope, "none").status()));
}

TEST_CASE("mesh insights come in pages, by name", "[insights]") {
  Env env;
  for (const char* mesh : {"b", "a", "ab"}) REQUIRE(env.Put("Mesh", "", mesh).ok());
  const auto names = [&](const std::string& contains, size_t offset, size_t size) {
    const auto page = env.insights->MeshInsights(env.scope, contains, offset, size).value();
    std::vector<std::string> found = {std::to_string(page.total)};
    for (const std::string& item : page.items) found.push_back(json::parse(item).at("name"));
    return found;
  };
  CHECK(names("", 0, 10) == std::vector<std::string>{"4", "a", "ab", "b", "default"});
  CHECK(names("b", 0, 10) == std::vector<std::string>{"2", "ab", "b"});
  CHECK(names("", 1, 2) == std::vector<std::string>{"4", "ab", "b"});
  CHECK(names("", 9, 2) == std::vector<std::string>{"4"});
}

TEST_CASE("what is left of a mesh that is gone counts nowhere", "[insights]") {
  Env env;
  const json before = env.Global();
  REQUIRE(env.Put("Mesh", "", "gone").ok());
  env.Run({.mesh = "gone", .name = "a"});
  CHECK(env.Global().at("resources").at("Dataplane").at("total") == 1);
  REQUIRE(env.store
              ->Write(env.scope,
                      [](store::WriteTx& tx) {
                        return tx.DeleteResource(store::testing::Type("Mesh"), {"", "gone"});
                      })
              .ok());
  const json after = env.Global();
  CHECK(after.at("resources").value("Dataplane", json({{"total", 0}})).at("total") == 0);
  CHECK(after.at("policies") == before.at("policies"));
  CHECK(after.at("dataplanes") == before.at("dataplanes"));
}

TEST_CASE("services are as of now, whether stored or not", "[insights]") {
  Env env;
  CHECK(env.insights->ServiceInsights(env.scope, "default").value().empty());
  env.Run({.name = "a"});
  REQUIRE(env.Put("Mesh", "", "other").ok());
  env.Run({.mesh = "other", .name = "a"});
  const auto all = env.insights->ServiceInsights(env.scope, "").value();
  REQUIRE(all.size() == 2);
  CHECK(all[0].key == model::ResourceKey{"default", "all-services-default"});
  CHECK(all[1].key.mesh == "other");
  CHECK(env.insights->ServiceInsights(env.scope, "other").value().size() == 1);
}

TEST_CASE("control planes are counted apart, and a deleted one not at all", "[insights]") {
  Env env;
  const auto other = env.NewControlPlane(3);
  env.Run({.name = "a"});
  CHECK(env.Global().at("dataplanes").at("standard").at("total") == 1);
  CHECK(json::parse(env.insights->GlobalInsight(other).value())
            .at("dataplanes")
            .at("standard")
            .at("total") == 0);
  REQUIRE(env.store
              ->WriteDirectory(env.owner(),
                               [&](store::DirectoryTx& tx) {
                                 return tx.DeleteControlPlane(other.control_plane()).status();
                               })
              .ok());
  CHECK(absl::IsNotFound(env.figures->Get(other).status()));
}

TEST_CASE("nothing is read from the store while nothing changes", "[insights]") {
  Env env;
  env.Run({.name = "a"});
  const auto figures = env.figures->Get(env.scope).value();
  const auto reads = env.store->counters().reads;
  CHECK(env.figures->Get(env.scope).value() == figures);
  CHECK(env.store->counters().reads == reads);
}
