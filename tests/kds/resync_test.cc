// SPDX-License-Identifier: Apache-2.0
// A notice may be lost: then the resync finds what it would have told of, and it costs nothing
// where nothing can have been missed.
#include <catch2/catch.hpp>
#include <memory>
#include <utility>

#include "kds/tenant_hub.h"
#include "server/services.h"
#include "skyden/store/change.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/kds/kds_env.h"
#include "tests/store/second_daemon.h"

namespace skyden::kds::testing {
namespace {

using resources::ResourceViews;

uint64_t ReadsOf(const ResourceViews& views) {
  const ResourceViews::Counters counters = views.counters();
  return counters.full_reads + counters.change_reads + counters.row_reads;
}

// The hub of a daemon that hears nothing of what another one writes, unless the test tells it.
struct DeafHub {
  KdsEnv env{KdsEnv::Time::kManual};
  model::TenantScope scope = env.NewControlPlane();
  store::testing::SecondDaemon here{*env.store};
  std::unique_ptr<ResourceViews> views = ResourceViews::Create(here);
  std::shared_ptr<TenantHub> hub = std::make_shared<TenantHub>(
      TenantHub::Deps{Registry(), *views, *env.services().manager, env.clock, env.manual(),
                      env.manual(), absl::ZeroDuration(), absl::ZeroDuration()},
      scope);

  size_t Meshes() {
    return hub->Current(Registry().FindByName("Mesh")->id, Features{}).value()->view->size();
  }
};

TEST_CASE("a resync finds what no notice told of, and asks once when there is nothing", "[kds]") {
  DeafHub deaf;
  REQUIRE(deaf.Meshes() == 1);
  REQUIRE(deaf.env.Put(deaf.scope, "Mesh", "", "another").ok());
  CHECK(deaf.Meshes() == 1);
  deaf.hub->Resync();
  CHECK(deaf.Meshes() == 2);
  uint64_t reads = ReadsOf(*deaf.views);
  deaf.hub->Resync();
  CHECK(ReadsOf(*deaf.views) == reads + 1);
  REQUIRE(deaf.env.Delete(deaf.scope, "Mesh", "", "another").ok());
  deaf.hub->Resync();
  CHECK(deaf.Meshes() == 1);
}

TEST_CASE("zones are told of everything when nobody knows what changed", "[kds]") {
  struct Listener final : ChangeListener {
    TypeSet told;
    void OnChanged(const std::shared_ptr<const Notice>& notice) override { told |= notice->types; }
  };
  DeafHub deaf;
  const auto listener = std::make_shared<Listener>();
  deaf.hub->AddListener(listener);
  const auto told = [&](const store::Change& change) {
    listener->told = {};
    deaf.hub->OnChange(change);
    deaf.env.manual().Advance(absl::ZeroDuration());
    return listener->told.count();
  };
  const model::TypeId timeout = Registry().FindByName("MeshTimeout")->id;
  const auto organization = deaf.scope.organization();
  const auto tenant = deaf.scope.tenant();
  CHECK(told({.organization = organization, .tenant = tenant, .types = {timeout}, .revision = 2}) ==
        1);
  const size_t all = told({.organization = organization, .tenant = tenant, .revision = 2});
  CHECK(all > 10);
  CHECK(told({.organization = organization, .tenant = tenant, .all = true}) == all);
  CHECK(told({.organization = organization, .all = true}) == all);
  CHECK(told({.organization = organization,
              .tenant = tenant,
              .self = store::Change::Self::kDescribed}) == 0);
}

TEST_CASE("a server resyncs when there was something to tell, and not for commits that were none",
          "[kds]") {
  KdsEnv env(KdsEnv::Time::kManual, [](KdsOptions& options) { options.resync = absl::Minutes(5); });
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Mesh"});
  REQUIRE(env.RunUntil([&] { return env.server->OnlineZones(scope).size() == 1; }));
  REQUIRE(env.RunUntil([&] { return down->Read(absl::Milliseconds(10)).has_value(); }));
  const uint64_t said = env.server->counters().messages_in;
  REQUIRE(down->Write(zone.Ack("Mesh", "1")));
  REQUIRE(env.RunUntil([&] { return env.server->counters().messages_in > said; }));
  const auto state = [&] {
    // Writes are done in turn: this one comes after what was handed in before.
    REQUIRE(env.store
                ->WriteDirectory(model::SystemScope::For("test").In(env.organization),
                                 [](store::DirectoryTx&) { return absl::OkStatus(); })
                .ok());
    return std::pair(env.store->counters().reads, env.store->position());
  };
  const auto quiet = [&] {
    const auto before = state();
    env.manual().Advance(absl::Minutes(6));
    return state() == before;
  };
  REQUIRE(env.RunUntil(quiet));
  const uint64_t commits = env.store->counters().commits;
  REQUIRE(
      env.store
          ->WriteDirectory(model::SystemScope::For("test").In(env.organization),
                           [&](store::DirectoryTx& tx) { return tx.SetAuditMark({}, "reader", 0); })
          .ok());
  REQUIRE(env.store->counters().commits > commits);
  CHECK(quiet());
  REQUIRE(env.server->OnlineZones(scope).size() == 1);
  auto resource = MakeResource("MeshTimeout", "default", "t", R"({"targetRef":{"kind":"Mesh"}})");
  REQUIRE(
      env.store->Write(scope, [&](store::WriteTx& tx) { return tx.PutResource(resource); }).ok());
  CHECK_FALSE(quiet());
}

}  // namespace
}  // namespace skyden::kds::testing
