// SPDX-License-Identifier: Apache-2.0
#include "control_planes/directory_cache.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <utility>

#include "skyden/store/directory_tx.h"
#include "tests/env/test_store.h"
#include "tests/store/second_daemon.h"

namespace skyden::control_planes {
namespace {

// The cache of one daemon, while another one writes.
struct TwoDaemons {
  TestStore store;
  store::testing::SecondDaemon here{*store};
  DirectoryCache cache{here};
  const model::OrganizationKey organization = store.NewOrganization("default");
  const model::OrganizationScope scope = TestStore::Organization(organization);
  store::ControlPlaneRecord first = store.NewControlPlane(organization, "first");

  TwoDaemons() {
    here.Hear();
    REQUIRE(Names() == "first ");
    REQUIRE(cache.Count(scope).value() == 1);
  }
  std::string Names() {
    std::set<std::string> sorted;
    for (const auto& record : **cache.List(scope)) sorted.insert(record.name);
    std::string names;
    for (const std::string& name : sorted) names += name + " ";
    return names;
  }
  bool AnySuspended() {
    const auto list = *cache.List(scope);
    return std::any_of(list->begin(), list->end(),
                       [](const auto& record) { return record.suspension.has_value(); });
  }
  void There(store::Store::DirectoryWriteFn fn) {
    REQUIRE(store->WriteDirectory(scope, std::move(fn)).ok());
  }
};

TEST_CASE("control planes of another daemon are listed once they are heard of") {
  TwoDaemons env;
  env.store.NewControlPlane(env.organization, "second");
  CHECK(env.Names() == "first ");
  env.here.Hear();
  CHECK(env.cache.Count(env.scope).value() == 2);
  CHECK(env.Names() == "first second ");

  env.first.name = "renamed";
  env.There([&](store::DirectoryTx& tx) { return tx.UpdateControlPlane(env.first); });
  CHECK(env.Names() == "first second ");
  env.here.Hear();
  CHECK(env.Names() == "renamed second ");

  env.There([&](store::DirectoryTx& tx) {
    return tx.SetSuspension(env.first.id, store::Suspension{env.first.created_at, {}, ""});
  });
  CHECK_FALSE(env.AnySuspended());
  env.here.Hear();
  CHECK(env.AnySuspended());

  env.There([&](store::DirectoryTx& tx) { return tx.DeleteControlPlane(env.first.id).status(); });
  CHECK(env.cache.Count(env.scope).value() == 2);
  env.here.Hear();
  CHECK(env.cache.Count(env.scope).value() == 1);
  CHECK(env.Names() == "second ");
}

TEST_CASE("what a journal says twice is counted once, without reading them all") {
  TwoDaemons env;
  env.store.NewControlPlane(env.organization, "second");
  env.here.Hear();
  env.here.HearAgain();
  const uint64_t reads = env.store->counters().reads;
  CHECK(env.cache.Count(env.scope).value() == 2);
  CHECK(env.store->counters().reads == reads);
  CHECK(env.Names() == "first second ");
}

TEST_CASE("when nobody knows what was missed the directory is read again") {
  TwoDaemons env;
  env.store.NewControlPlane(env.organization, "second");
  SECTION("of the organization") { env.here.Hear({.organization = env.organization, .all = true}); }
  SECTION("of one of its control planes") {
    env.here.Hear({.organization = env.organization, .tenant = env.first.tenant, .all = true});
  }
  SECTION("of all") { env.here.HearThatSomethingWasMissed(); }
  CHECK(env.cache.Count(env.scope).value() == 2);
  CHECK(env.Names() == "first second ");
}

TEST_CASE("resources, accounts and others' control planes cost a directory nothing") {
  TwoDaemons env;
  const uint64_t reads = env.store->counters().reads;
  env.here.Hear({.organization = env.organization,
                 .tenant = env.first.tenant,
                 .types = {model::TypeId{1}},
                 .revision = 3});
  env.here.Hear({.organization = env.organization, .accounts = {model::AccountId("a")}});
  env.here.Hear({.organization = model::OrganizationKey{99}, .all = true});
  CHECK(env.Names() == "first ");
  CHECK(env.store->counters().reads == reads);
}

}  // namespace
}  // namespace skyden::control_planes
