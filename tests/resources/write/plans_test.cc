// SPDX-License-Identifier: Apache-2.0
// What a PUT or DELETE reads was planned: the store counts what was not.
#include <catch2/catch.hpp>

#include "skyden/base/crypto.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {
namespace {

uint64_t Unplanned(ManagerEnv& env) { return env.store->counters().unplanned_reads; }

constexpr char kBuiltin[] =
    R"("mtls":{"enabledBackend":"ca-1","backends":[{"name":"ca-1","type":"builtin"}]})";
constexpr char kExternal[] =
    R"("networking":{"address":"a.example:80"},"tags":{"kuma.io/service":"ext"})";
constexpr char kLimit[] = R"("sources":[{"match":{"kuma.io/service":"*"}}],)"
                          R"("destinations":[{"match":{"kuma.io/service":"ext"}}],)"
                          R"("conf":{"http":{"requests":5,"interval":"10s"}})";
constexpr char kSecret[] = R"("data":"aGVsbG8=")";

TEST_CASE("what PUTs and DELETEs of policies and secrets read was planned", "[manager]") {
  ManagerEnv env;
  for (const char* timeout : {"5s", "7s"}) {
    REQUIRE(env.Put("MeshTimeout", "default", "t", TimeoutSpec(timeout)).ok());
  }
  REQUIRE(env.Delete("MeshTimeout", "default", "t").ok());
  CHECK_FALSE(env.Delete("MeshTimeout", "default", "t").ok());
  CHECK_FALSE(env.Put("MeshTimeout", "nowhere", "t", TimeoutSpec()).ok());
  for (const char* name : {"a", "b"}) {
    REQUIRE(env.Put("ExternalService", "default", name, kExternal).ok());
    REQUIRE(env.Put("RateLimit", "default", name, kLimit).ok());
  }
  REQUIRE(env.Delete("ExternalService", "default", "a").ok());
  REQUIRE(env.Delete("RateLimit", "default", "a").ok());
  REQUIRE(env.Put("Secret", "default", "s", kSecret).ok());
  REQUIRE(env.Put("GlobalSecret", "", "g", kSecret).ok());
  REQUIRE(env.Delete("Secret", "default", "s").ok());
  REQUIRE(env.Delete("GlobalSecret", "", "g").ok());
  CHECK(Unplanned(env) == 0);
}

TEST_CASE("what PUTs and DELETEs of meshes and zones read was planned", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "plain").ok());
  REQUIRE(env.Put("Mesh", "", "some", R"("skipCreatingInitialPolicies":["MeshTimeout"])").ok());
  REQUIRE(env.Put("Mesh", "", "safe", kBuiltin).ok());
  REQUIRE(env.Put("Mesh", "", "plain", kBuiltin).ok());
  REQUIRE(env.Put("Zone", "", "east", R"("enabled":true)").ok());
  CHECK_FALSE(env.Delete("Secret", "safe", "safe.ca-builtin-key-ca-1").ok());  // in use
  REQUIRE(env.Delete("Zone", "", "east").ok());
  REQUIRE(env.Delete("Mesh", "", "safe").ok());
  CHECK(Unplanned(env) == 0);
}

TEST_CASE("what a mesh whose authority is in secrets reads was planned", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "m").ok());
  const auto made =
      base::GenerateMeshCa("m", 2048, env.clock.Now(), env.clock.Now() + absl::Hours(9));
  REQUIRE(made.ok());
  const auto put_secret = [&](const std::string& name, const std::string& pem) {
    REQUIRE(env.Put("Secret", "m", name, R"("data":")" + base::Base64Encode(pem) + "\"").ok());
  };
  put_secret("the-cert", made->certificate_pem);
  put_secret("the-key", made->private_key_pem);
  const auto put =
      env.Put("Mesh", "", "m",
              R"("mtls":{"enabledBackend":"p","backends":[{"name":"p","type":"provided",)"
              R"("conf":{"cert":{"secret":"the-cert"},"key":{"secret":"the-key"}}}]})");
  INFO(put.status());
  REQUIRE(put.ok());
  CHECK(Unplanned(env) == 0);
}

TEST_CASE("what keys that are made read was planned", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.manager.MaterialiseKeys(env.scope, ResourceManager::KeysFor::kAnyone).ok());
  CHECK(Unplanned(env) == 0);
}

}  // namespace
}  // namespace skyden::resources::testing
