// SPDX-License-Identifier: Apache-2.0
// Zones of a real server, as the fleet shows them.
#include "skyden/insights/fleet.h"

#include <catch2/catch.hpp>

#include "insights/zone_counts.h"
#include "server/services.h"
#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;
using insights::ZoneRow;
using insights::ZoneStatus;

namespace {

// nullopt: there is no such zone.
std::optional<ZoneRow> Zone(KdsEnv& env, const std::string& name) {
  const auto reading = env.services().fleet->Read(env.owner());
  REQUIRE(reading.ok());
  for (const auto& member : reading->members) {
    if (const ZoneRow* zone = member.zones->Find(name)) return *zone;
  }
  return std::nullopt;
}

bool Becomes(KdsEnv& env, const std::string& name, ZoneStatus status) {
  return env.Eventually([&] {
    const auto zone = Zone(env, name);
    return zone.has_value() && zone->status == status;
  });
}

}  // namespace

TEST_CASE("a zone is never, behind, online and offline as it comes and goes", "[kds][fleet]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane("shop");
  FakeZone zone = env.NewZone(scope, "zone-1");
  REQUIRE(Becomes(env, "zone-1", ZoneStatus::kNever));

  auto stream = zone.Sync({"Mesh"});
  const auto first = stream->Read();
  REQUIRE(first);
  REQUIRE(Becomes(env, "zone-1", ZoneStatus::kBehind));
  CHECK(Zone(env, "zone-1")->behind_types == std::vector<std::string>{"Mesh"});
  REQUIRE(stream->Write(zone.Ack("Mesh", Read(*first).nonce)));
  REQUIRE(Becomes(env, "zone-1", ZoneStatus::kOnline));
  CHECK(Zone(env, "zone-1")->peer == "127.0.0.1");
  CHECK(Zone(env, "zone-1")->version == "2.14.3");
  CHECK(Zone(env, "zone-1")->token.has_value());

  // What is stored says the same, so that nothing changes when it is all that there is.
  CHECK(env.Eventually([&] {
    const auto insight = env.Find(scope, "ZoneInsight", "", "zone-1");
    return insight.has_value() &&
           insights::LinkOf(*insight).connected == Zone(env, "zone-1")->since;
  }));

  // It refuses a change.
  REQUIRE(env.Put(scope, "Mesh", "", "second").ok());
  const auto second = stream->Read();
  REQUIRE(second);
  REQUIRE(stream->Write(zone.Ack("Mesh", Read(*second).nonce, "no")));
  REQUIRE(Becomes(env, "zone-1", ZoneStatus::kBehind));

  stream->Cancel();
  REQUIRE(Becomes(env, "zone-1", ZoneStatus::kOffline));
  CHECK(Zone(env, "zone-1")->peer == "127.0.0.1");
  CHECK_FALSE(Zone(env, "zone-1")->behind_since.has_value());
}

TEST_CASE("a zone that is turned away is in the fleet, with what to do", "[kds][fleet]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane("shop");
  FakeZone::Options options;
  options.name = "zone-2";
  options.user_info = env.UserInfo(scope, "zone-1");
  FakeZone zone = env.Zone(options);
  auto stream = zone.Sync({"Mesh"});
  CHECK_FALSE(stream->End().ok());
  REQUIRE(Becomes(env, "zone-2", ZoneStatus::kRefused));
  const auto refused = Zone(env, "zone-2");
  CHECK(refused->peer == "127.0.0.1");
  CHECK_FALSE(refused->reason.empty());
  CHECK_FALSE(refused->advice.empty());
  CHECK(Zone(env, "zone-1")->status == ZoneStatus::kNever);
}

TEST_CASE("who reads the fleet is told when its zones are otherwise", "[kds][fleet]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane("shop");
  CHECK_FALSE(Zone(env, "zone-1").has_value());  // from here on it listens
  const auto told = std::make_shared<std::atomic<int>>(0);
  const auto held = env.services().fleet->Subscribe(
      [told, organization = scope.organization()](model::OrganizationKey of) {
        if (of == organization) ++*told;
      });
  FakeZone zone = env.NewZone(scope, "zone-1");
  REQUIRE(env.Eventually([&] { return *told > 0; }));
  const int before = *told;
  auto stream = zone.Sync({"Mesh"});
  REQUIRE(stream->Read());
  REQUIRE(env.Eventually([&] { return *told > before; }));
}
