// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "skyden/store/tenant_tx.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("what is deleted is gone, and deleting it again is not found", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("MeshTimeout", "default", "t", TimeoutSpec()).ok());
  CHECK(env.Delete("MeshTimeout", "default", "t").ok());
  CHECK(absl::IsNotFound(env.Get("MeshTimeout", "default", "t").status()));
  const auto again = env.Delete("MeshTimeout", "default", "t");
  CHECK(absl::IsNotFound(again));
  CHECK(base::TitleOf(again) == "Could not delete a resource");
  CHECK(base::TitleOf(env.Delete("MeshTimeout", "nope", "t")) == "Failed to retrieve Mesh");
}

TEST_CASE("what came from a zone cannot be deleted here", "[manager]") {
  ManagerEnv env;
  env.PutFromZone("MeshTimeout", "default", "t", "east", R"({"targetRef":{"kind":"Mesh"}})");
  const auto refused = env.Delete("MeshTimeout", "default", "t");
  CHECK(base::TitleOf(refused) == "Could not delete a resource");
  CHECK(Reasons(refused) ==
        Lines{R"(["kuma.io/origin"]: the origin label must be set to 'global')"});
}

TEST_CASE("a mesh with proxies stays", "[manager]") {
  ManagerEnv env;
  env.PutFromZone("Dataplane", "default", "dp", "east");
  const auto refused = env.Delete("Mesh", "", "default");
  CHECK(base::TitleOf(refused) == "Could not delete a resource");
  CHECK(Reasons(refused) ==
        Lines{"mesh: unable to delete mesh, there are still some dataplanes attached"});
  CHECK(env.Get("Mesh", "", "default").ok());
}

TEST_CASE("a mesh takes along what belongs to it, but not the secrets of its users", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "demo",
                  R"("mtls":{"enabledBackend":"ca-1","backends":[{"name":"ca-1",)"
                  R"("type":"builtin"}]})")
              .ok());
  REQUIRE(env.Put("Secret", "demo", "mine", R"("data":"aGVsbG8=")").ok());
  REQUIRE(env.Put("MeshTimeout", "demo", "t", TimeoutSpec()).ok());
  REQUIRE(env.Get("Secret", "demo", "dataplane-token-signing-key-demo-1").ok());
  env.Store(store::testing::NewResource("MeshInsight", "", "demo", ""));
  REQUIRE(env.Delete("Mesh", "", "demo").ok());

  CHECK(env.NamesOf("Mesh") == Lines{"default"});
  CHECK(absl::IsNotFound(env.Get("MeshInsight", "", "demo").status()));
  for (const std::string type : {"MeshTimeout", "MeshRetry", "MeshCircuitBreaker"}) {
    for (const auto& item : env.List(env.Everything(type)).items) {
      CHECK(item->key.mesh == "default");
    }
  }
  Lines secrets;
  for (const auto& item : env.List(env.Everything("Secret")).items) {
    if (item->key.mesh == "demo") secrets.push_back(item->key.name);
  }
  CHECK(secrets == Lines{"mine"});
}

TEST_CASE("a mesh takes along keys that were only promised", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "demo").ok());
  REQUIRE(env.Delete("Mesh", "", "demo").ok());
  REQUIRE(env.Put("Mesh", "", "demo", R"("skipCreatingInitialPolicies":["*"])").ok());
  CHECK(env.NamesOf("Secret", "demo") == Lines{"dataplane-token-signing-key-demo-1"});
}

std::string InsightWith(const std::string& subscription) {
  return R"({"subscriptions":[{"id":"1","connectTime":"2026-01-01T00:00:00Z",)"
         R"("disconnectTime":"2026-01-01T01:00:00Z"},)" +
         subscription + "]}";
}

TEST_CASE("a zone that is online stays", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Zone", "", "east", R"("enabled":true)").ok());
  const auto set_insight = [&](const std::string& json) {
    model::Resource insight = store::testing::NewResource("ZoneInsight", "", "east");
    insight.spec = *Codec().SpecFromJson(Type("ZoneInsight"), json);
    env.Store(insight);
  };
  set_insight(InsightWith(R"({"id":"2","connectTime":"2026-01-02T00:00:00Z"})"));
  const auto refused = env.Delete("Zone", "", "east");
  CHECK(Reasons(refused) ==
        Lines{"zone: unable to delete Zone, Zone CP is still connected, please shut it down "
              "first"});
  set_insight(InsightWith(R"({"id":"2","connectTime":"2026-01-02T00:00:00Z",)"
                          R"("disconnectTime":"2026-01-02T01:00:00Z"})"));
  CHECK(env.Delete("Zone", "", "east").ok());
  CHECK(absl::IsNotFound(env.Get("ZoneInsight", "", "east").status()));
}

TEST_CASE("a zone takes along what came from it and its credentials", "[manager]") {
  ManagerEnv env;
  for (const std::string zone : {"east", "west"}) {
    REQUIRE(env.Put("Zone", "", zone).ok());
    env.PutFromZone("Dataplane", "default", "dp-" + zone, zone);
    env.PutFromZone("MeshTimeout", "default", "t-" + zone, zone,
                    R"({"targetRef":{"kind":"Mesh"}})");
    store::AccountRecord account = store::testing::NewAccount(zone == "east" ? 10 : 11, zone);
    account.kind = store::AccountRecord::Kind::kZone;
    account.tenant = env.scope.tenant();
    account.zone = model::ZoneName(zone);
    REQUIRE(env.store
                ->Write(env.scope,
                        [&](store::WriteTx& tx) -> absl::Status {
                          SKYDEN_RETURN_IF_ERROR(tx.InsertAccount(account));
                          return tx.InsertToken(store::testing::NewToken("token-" + zone, account));
                        })
                .ok());
  }
  REQUIRE(env.Put("MeshTimeout", "default", "authored-here", TimeoutSpec()).ok());
  REQUIRE(env.Delete("Zone", "", "east").ok());
  CHECK(env.NamesOf("Dataplane") == Lines{"dp-west"});
  const Lines timeouts = env.NamesOf("MeshTimeout");
  CHECK(std::count(timeouts.begin(), timeouts.end(), "t-east") == 0);
  CHECK(std::count(timeouts.begin(), timeouts.end(), "t-west") == 1);
  CHECK(std::count(timeouts.begin(), timeouts.end(), "authored-here") == 1);
  CHECK_FALSE(
      env.store->FindToken(store::testing::System(), model::TokenId("token-east"))->has_value());
  CHECK(env.store->FindToken(store::testing::System(), model::TokenId("token-west"))->has_value());
}

TEST_CASE("a secret that a mesh uses stays until the mesh lets go of it", "[manager]") {
  ManagerEnv env;
  const std::string with_ca = R"("mtls":{"backends":[{"name":"ca-1","type":"builtin"}]})";
  REQUIRE(env.Put("Mesh", "", "default", with_ca).ok());
  const auto refused = env.Delete("Secret", "default", "default.ca-builtin-key-ca-1");
  CHECK(Reasons(refused) ==
        Lines{R"(name: The secret "default.ca-builtin-key-ca-1" that you are trying to remove is )"
              R"(currently in use in Mesh "default" in mTLS backend "ca-1". Please remove the )"
              R"(reference from the "ca-1" backend before removing the secret.)"});
  REQUIRE(env.Put("Mesh", "", "default").ok());
  CHECK(env.Delete("Secret", "default", "default.ca-builtin-key-ca-1").ok());
}

TEST_CASE("a signing key can be deleted and is not made again", "[manager]") {
  ManagerEnv env;
  CHECK(env.Delete("GlobalSecret", "", "zone-token-signing-key-1").ok());
  CHECK(absl::IsNotFound(env.Get("GlobalSecret", "", "zone-token-signing-key-1").status()));
  REQUIRE(env.manager.MaterialiseKeys(env.scope).ok());
  CHECK(absl::IsNotFound(env.Get("GlobalSecret", "", "zone-token-signing-key-1").status()));
}

}  // namespace
}  // namespace skyden::resources::testing
