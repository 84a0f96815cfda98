// SPDX-License-Identifier: Apache-2.0
// Quotas of people: exact, whoever writes at the same time, and whole transactions or nothing.
#include "skyden/store/quotas.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "skyden/base/quota_exceeded.h"
#include "skyden/store/sqlite_store.h"
#include "skyden/store/tenant_tx.h"
#include "tests/identity/service_env.h"

namespace skyden::identity {
namespace {

using model::Role;
using store::Usage;

struct QuotaEnv : ServiceEnv {
  store::ControlPlaneRecord plane = store.NewControlPlane(organization, "one");
  std::string token = store.NewToken(organization, Role::kAdmin).text;
  model::TenantScope person = *authenticator.Enter(*authenticator.Authenticate(token), plane.id);
  store::Quotas& quotas = store::QuotasOf(*store);
  model::TypeId timeout = store.registry().FindByName("MeshTimeout")->id;

  void Allow(const store::Quota& quota) {
    REQUIRE(
        quotas.Set(TestStore::Tenant(plane), quota, {clock.Now(), "quota.set", "", "", ""}).ok());
  }
  absl::Status Put(const std::string& name, const std::string& spec) {
    return PutAll({name}, spec);
  }
  absl::Status PutAll(const std::vector<std::string>& names, const std::string& spec) {
    return store
        ->Write(person,
                [&](store::WriteTx& tx) -> absl::Status {
                  for (const std::string& name : names) {
                    model::Resource resource;
                    resource.type = timeout;
                    resource.key = {"default", name};
                    resource.spec = spec;
                    SKYDEN_RETURN_IF_ERROR(tx.PutResource(resource));
                  }
                  return absl::OkStatus();
                })
        .status();
  }
  Usage Used() { return quotas.Find(person)->used; }
};

TEST_CASE("a quota is exact under sixteen writers") {
  QuotaEnv env;
  constexpr uint64_t kAllowed = 100;
  env.Allow({.resources = kAllowed});
  std::atomic<uint64_t> taken{0};
  std::atomic<uint64_t> refused{0};
  std::atomic<uint64_t> other{0};
  std::vector<std::thread> writers;
  for (int w = 0; w < 16; ++w) {
    writers.emplace_back([&env, &taken, &refused, &other, w] {
      for (int i = 0; i < 20; ++i) {
        const absl::Status status =
            env.Put("t" + std::to_string(w) + "-" + std::to_string(i), "{}");
        ++(status.ok() ? taken : base::IsQuotaExceeded(status) ? refused : other);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  CHECK(taken == kAllowed);
  CHECK(refused == 16 * 20 - kAllowed);
  CHECK(other == 0);
  CHECK(env.Used() == Usage{kAllowed, 2 * kAllowed, 0});
}

TEST_CASE("what would pass a quota changes nothing, and says what is used and allowed") {
  QuotaEnv env;
  env.Allow({.resources = 3, .bytes = 10});
  REQUIRE(env.PutAll({"a", "b"}, "1234").ok());
  const absl::Status many = env.PutAll({"c", "d"}, "");
  CHECK(base::IsQuotaExceeded(many));
  CHECK(std::string(many.message())
            .find("quota of 3 resources would be passed: 2 are there and 2 "
                  "more would come") != std::string::npos);
  const absl::Status large = env.PutAll({"a"}, "12345678");
  CHECK(base::IsQuotaExceeded(large));
  CHECK(std::string(large.message()).find("quota of 10 bytes") != std::string::npos);
  CHECK(env.Used() == Usage{2, 8, 0});
  // Up to it, and what takes no more, is fine.
  CHECK(env.PutAll({"a"}, "123456").ok());
  CHECK(env.PutAll({"c"}, "").ok());
  CHECK(env.Used() == Usage{3, 10, 0});
  // Who has too much may still change and delete.
  env.Allow({.resources = 1, .bytes = 1});
  CHECK(env.Put("a", "12345").ok());
  CHECK(env.Put("a", "54321").ok());
  CHECK(base::IsQuotaExceeded(env.Put("a", "543210")));
  CHECK(env.store
            ->Write(env.person,
                    [&](store::WriteTx& tx) {
                      return tx.DeleteResource(env.timeout, {"default", "b"});
                    })
            .ok());
  CHECK(env.Used() == Usage{2, 5, 0});
  env.Allow({.resources = 0, .bytes = 0});
  CHECK(env.PutAll({"x", "y", "z"}, std::string(1000, 'x')).ok());
}

TEST_CASE("what is only tried is told of its quota as well") {
  QuotaEnv env;
  env.Allow({.resources = 1});
  const auto dry = [&](int count) {
    return env.store
        ->Write(env.person,
                [&](store::WriteTx& tx) -> absl::Status {
                  for (int i = 0; i < count; ++i) {
                    model::Resource resource;
                    resource.type = env.timeout;
                    resource.key = {"default", std::to_string(i)};
                    SKYDEN_RETURN_IF_ERROR(tx.PutResource(resource));
                  }
                  return absl::CancelledError("only tried");
                })
        .status();
  };
  CHECK(absl::IsCancelled(dry(1)));
  CHECK(base::IsQuotaExceeded(dry(2)));
  CHECK(env.Used() == Usage{});
}

}  // namespace
}  // namespace skyden::identity
