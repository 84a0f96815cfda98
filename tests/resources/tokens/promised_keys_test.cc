// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <thread>

#include "server/services.h"
#include "skyden/store/tenant_tx.h"
#include "tests/resources/manager/manager_env.h"
#include "tests/store/second_daemon.h"

namespace skyden::resources::testing {
namespace {

using Lines = std::vector<std::string>;
using KeysFor = ResourceManager::KeysFor;

size_t Pending(ManagerEnv& env, const model::TenantScope& scope) {
  size_t pending = 0;
  const absl::Status read = env.store->Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto keys, tx.ListPendingKeys());
    pending = keys.size();
    return absl::OkStatus();
  });
  REQUIRE(read.ok());
  return pending;
}

TEST_CASE("keys are promised at first and have the times of the promise", "[manager]") {
  ManagerEnv env;
  const absl::Time created = env.clock.Now();
  CHECK(Pending(env, env.scope) == 5);
  env.fake_clock.Advance(absl::Hours(1));
  const auto key = env.Get("GlobalSecret", "", "zone-token-signing-key-1");
  REQUIRE(key.ok());
  CHECK(key->creation_time == created);
  CHECK(key->modification_time == created);
  CHECK(key->labels.empty());
  CHECK(Pending(env, env.scope) == 0);
}

TEST_CASE("a materialised key signs, and stays the same", "[manager]") {
  ManagerEnv env;
  const std::string pem = env.SecretText("GlobalSecret", "", "user-token-signing-key-1");
  CHECK(pem.find("BEGIN RSA PRIVATE KEY") != std::string::npos);
  const auto signature = base::RsaSignSha256(pem, "data");
  REQUIRE(signature.ok());
  CHECK(base::RsaVerifySha256(pem, "data", *signature).ok());
  REQUIRE(env.manager.MaterialiseKeys(env.scope).ok());
  CHECK(env.SecretText("GlobalSecret", "", "user-token-signing-key-1") == pem);
}

TEST_CASE("zones need only the keys that reach zones", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.manager.MaterialiseKeys(env.scope, KeysFor::kZones).ok());
  CHECK(Pending(env, env.scope) == 3);
  const auto view = env.views.Get(env.scope, store::testing::Type("GlobalSecret"));
  REQUIRE(view.ok());
  REQUIRE((*view)->size() == 1);
  CHECK((*view)->at(0)->key.name == "zone-token-signing-key-1");
  CHECK(env.NamesOf("GlobalSecret").size() == 4);
}

TEST_CASE("once nothing is promised nothing is read", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.manager.MaterialiseKeys(env.scope).ok());
  const auto reads = env.store->counters().reads;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(env.manager.MaterialiseKeys(env.scope).ok());
    REQUIRE(env.manager.MaterialiseKeys(env.scope, KeysFor::kZones).ok());
  }
  CHECK(env.store->counters().reads == reads);
}

TEST_CASE("a mesh made later has its key when somebody looks", "[manager]") {
  ManagerEnv env;
  REQUIRE(env.manager.MaterialiseKeys(env.scope).ok());
  REQUIRE(env.Put("Mesh", "", "demo").ok());
  CHECK(Pending(env, env.scope) == 1);
  CHECK(env.NamesOf("Secret", "demo") == Lines{"dataplane-token-signing-key-demo-1"});
  CHECK(Pending(env, env.scope) == 0);
}

TEST_CASE("a mesh that another daemon made has its key here, once it is heard of", "[manager]") {
  ManagerEnv env;
  store::testing::SecondDaemon here(*env.store);
  const auto views = ResourceViews::Create(here);
  const auto manager = ResourceManager::Create({.store = here,
                                                .registry = store::testing::Registry(),
                                                .codec = Codec(),
                                                .views = *views,
                                                .clock = env.clock,
                                                .keys = env.services().keys,
                                                .instance_id = "instance-2"});
  REQUIRE(manager->MaterialiseKeys(env.scope).ok());
  REQUIRE(env.Put("Mesh", "", "demo").ok());
  REQUIRE(manager->MaterialiseKeys(env.scope).ok());
  CHECK(Pending(env, env.scope) == 1);
  SECTION("of the promise") { here.Hear(); }
  SECTION("of something about the control plane") {
    here.Hear(
        {.organization = env.scope.organization(), .tenant = env.scope.tenant(), .all = true});
  }
  SECTION("of anything at all") { here.HearThatSomethingWasMissed(); }
  REQUIRE(manager->MaterialiseKeys(env.scope).ok());
  CHECK(Pending(env, env.scope) == 0);
}

TEST_CASE("promises do not pile up however many meshes are made", "[manager]") {
  ManagerEnv env;
  for (int i = 0; i < 10; ++i) {
    REQUIRE(env.Put("Mesh", "", "m-" + std::to_string(i)).ok());
    CHECK(Pending(env, env.scope) <= 9);
  }
}

TEST_CASE("those who look at once get the same keys", "[manager]") {
  ManagerEnv env;
  std::vector<std::thread> callers;
  std::vector<absl::Status> done(6, absl::UnknownError("not done"));
  for (size_t i = 0; i < done.size(); ++i) {
    callers.emplace_back([&env, &done, i] {
      done[i] =
          env.manager.MaterialiseKeys(env.scope, i % 2 == 0 ? KeysFor::kAnyone : KeysFor::kZones);
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const absl::Status& status : done) CHECK(status.ok());
  for (const auto& item : env.List(env.Everything("GlobalSecret")).items) CHECK(item->version == 1);
}

TEST_CASE("the administrator's token is signed with the user key and good for ten years",
          "[manager]") {
  ManagerEnv env;
  const std::string token = env.SecretText("GlobalSecret", "", "admin-user-token");
  auto verified = env.tokens.Verify(env.scope, token);
  INFO(verified.status());
  REQUIRE(verified.ok());
  CHECK(verified->kind == VerifiedKumaToken::Kind::kUser);
  CHECK(verified->name == "mesh-system:admin");
  CHECK(verified->groups == Lines{"mesh-system:admin"});
  env.fake_clock.Advance(absl::Hours(10 * 365 * 24) - absl::Minutes(1));
  CHECK(env.tokens.Verify(env.scope, token).ok());
  env.fake_clock.Advance(absl::Minutes(2));
  CHECK_FALSE(env.tokens.Verify(env.scope, token).ok());
}

TEST_CASE("a key that is written over before it was made is an update", "[manager]") {
  ManagerEnv env;
  const auto put = env.Put("GlobalSecret", "", "zone-token-signing-key-1", R"("data":"aGVsbG8=")");
  REQUIRE(put.ok());
  CHECK(put->outcome == PutResult::Outcome::kUpdated);
  CHECK(env.SecretText("GlobalSecret", "", "zone-token-signing-key-1") == "hello");
}

}  // namespace
}  // namespace skyden::resources::testing
