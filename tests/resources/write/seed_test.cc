// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "skyden/store/tenant_tx.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("a new control plane has what a new Kuma global has", "[manager]") {
  ManagerEnv env;
  CHECK(env.NamesOf("Mesh") == Lines{"default"});
  CHECK(env.NamesOf("HostnameGenerator") ==
        Lines{"synced-headless-kube-mesh-service", "synced-kube-mesh-service",
              "synced-mesh-external-service", "synced-mesh-multi-zone-service",
              "synced-universal-mesh-service"});
  CHECK(env.NamesOf("MeshTimeout") ==
        Lines{"mesh-gateways-timeout-all-default", "mesh-timeout-all-default"});
  CHECK(env.NamesOf("GlobalSecret") == Lines{"admin-user-token", "inter-cp-ca",
                                             "user-token-signing-key-1",
                                             "zone-token-signing-key-1"});
  CHECK(env.NamesOf("Secret") == Lines{"dataplane-token-signing-key-default-1"});
  CHECK(env.NamesOf("Config") == Lines{"kuma-cluster-id"});
  CHECK(env.NamesOf("Zone").empty());

  const auto generator = env.Get("HostnameGenerator", "", "synced-kube-mesh-service");
  REQUIRE(generator.ok());
  CHECK(generator->labels.empty());
  const auto config = env.Get("Config", "", "kuma-cluster-id");
  CHECK(Codec().SpecJson(*config) ==
        R"({"config":")" + store::testing::ControlPlaneOf(2).cluster_id + R"("})");
}

TEST_CASE("the initial policies read back as Kuma prints them", "[manager]") {
  ManagerEnv env;
  const auto timeout = env.Get("MeshTimeout", "default", "mesh-timeout-all-default");
  REQUIRE(timeout.ok());
  CHECK(Codec().SpecJson(*timeout) ==
        R"({"targetRef":{"kind":"Mesh","proxyTypes":["Sidecar"]},)"
        R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"5s",)"
        R"("idleTimeout":"1h0m0s","http":{"requestTimeout":"15s","streamIdleTimeout":"30m0s"}}}],)"
        R"("from":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"10s",)"
        R"("idleTimeout":"2h0m0s","http":{"requestTimeout":"0s","streamIdleTimeout":"1h0m0s",)"
        R"("maxStreamDuration":"0s"}}}]})");
}

TEST_CASE("what a client reads of a seeded control plane, it may write back", "[manager]") {
  ManagerEnv env;
  for (const std::string type : {"Mesh", "HostnameGenerator", "MeshTimeout", "MeshRetry",
                                 "MeshCircuitBreaker", "Secret", "GlobalSecret"}) {
    for (const auto& item : env.List(env.Everything(type)).items) {
      const auto put = env.PutBody(type, item->key, Codec().RenderUniversal(*item));
      INFO(type << " " << item->key.name << ": " << put.status());
      CHECK(put.ok());
      const auto again = env.Get(type, item->key.mesh, item->key.name);
      REQUIRE(again.ok());
      CHECK(Codec().SpecJson(*again) == Codec().SpecJson(*item));
    }
  }
}

TEST_CASE("a control plane can begin without a mesh or without hostname generators", "[manager]") {
  ManagerEnv env;
  const auto names = [&](const model::TenantScope& scope, const std::string& type) {
    const auto list = env.manager.List(scope, env.Everything(type));
    REQUIRE(list.ok());
    return list->items.size();
  };
  const auto bare = env.NewControlPlane(5, {false, false});
  CHECK(names(bare, "Mesh") == 0);
  CHECK(names(bare, "MeshTimeout") == 0);
  CHECK(names(bare, "Secret") == 0);
  CHECK(names(bare, "HostnameGenerator") == 0);
  CHECK(names(bare, "GlobalSecret") == 4);
  const auto no_mesh = env.NewControlPlane(6, {false, true});
  CHECK(names(no_mesh, "Mesh") == 0);
  CHECK(names(no_mesh, "HostnameGenerator") == 5);
}

TEST_CASE("a provisioned zone is there, enabled, and only once", "[manager]") {
  ManagerEnv env;
  const auto create = [&] {
    return env.store
        ->Write(
            env.scope,
            [&](store::WriteTx& tx) { return env.manager.CreateZone(tx, model::ZoneName("east")); })
        .status();
  };
  REQUIRE(create().ok());
  CHECK(Codec().SpecJson(*env.Get("Zone", "", "east")) == R"({"enabled":true})");
  CHECK(absl::IsAlreadyExists(create()));
}

}  // namespace
}  // namespace skyden::resources::testing
