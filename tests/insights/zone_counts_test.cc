// SPDX-License-Identifier: Apache-2.0
#include "insights/zone_counts.h"

#include <catch2/catch.hpp>
#include <initializer_list>
#include <utility>

#include "kuma/system/v1alpha1/zone_insight.pb.h"

namespace skyden::insights {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
using Time = std::optional<absl::Time>;

absl::Time Ago(absl::Duration duration) { return kNow - duration; }

// What is known of a control plane, changed step by step.
struct World {
  using View = std::shared_ptr<const resources::ResourceView>;

  World() {
    zones = insights = std::make_shared<const resources::ResourceView>(
        0, std::vector<std::shared_ptr<const resources::ResourceView::Chunk>>());
  }
  void Put(View& view, const std::string& name, std::string spec) {
    model::Resource resource;
    resource.key = {"", name};
    resource.spec = std::move(spec);
    resource.creation_time = Ago(absl::Hours(100));
    resource.revision = resource.version = ++revision;
    view = resources::Advance(*view, {std::move(resource)}, revision);
  }
  void Provision(const std::string& name) { Put(zones, name, ""); }
  // Connections from, until; the oldest first.
  void Connections(const std::string& name, std::initializer_list<std::pair<absl::Time, Time>> all,
                   const std::string& version = "2.14.3") {
    Provision(name);
    kuma::system::v1alpha1::ZoneInsight insight;
    for (const auto& [from, until] : all) {
      auto& one = *insight.add_subscriptions();
      one.mutable_connect_time()->set_seconds(absl::ToUnixSeconds(from));
      if (until) one.mutable_disconnect_time()->set_seconds(absl::ToUnixSeconds(*until));
      one.mutable_version()->mutable_kumacp()->set_version(version);
      one.set_zone_instance_id("instance of " + name);
    }
    Put(insights, name, insight.SerializeAsString());
  }
  TenantZonesRef Zones() {
    return tally.Advance({.zones = *zones,
                          .zone_insights = *insights,
                          .proxies = proxies,
                          .connected = connected,
                          .refused = refused,
                          .suspension = suspension,
                          .last_change = std::nullopt,
                          .now = now});
  }
  ZoneRow Zone(const std::string& name) {
    const auto all = Zones();
    const ZoneRow* row = all->Find(name);
    REQUIRE(row != nullptr);
    return *row;
  }
  LiveZone& Live(const std::string& name, absl::Time since) {
    connected.push_back({name, "10.2.3.4", "live instance", "2.14.5", since, {"token", kNow}});
    return connected.back();
  }

  ZoneTally tally;
  View zones, insights;
  model::Revision revision = 0;
  std::map<std::string, ProxyTally> proxies;
  std::vector<LiveZone> connected;
  std::vector<RefusedZone> refused;
  std::optional<store::Suspension> suspension;
  absl::Time now = kNow;
};

}  // namespace

TEST_CASE("a zone that was provisioned and never came has never been there", "[insights]") {
  World world;
  world.Provision("eu-1");
  const ZoneRow zone = world.Zone("eu-1");
  CHECK(zone.status == ZoneStatus::kNever);
  CHECK(zone.since == Ago(absl::Hours(100)));
  CHECK(world.Zones()->counts.of(ZoneStatus::kNever) == 1);
  CHECK(world.Zones()->counts.total() == 1);
  CHECK(world.Zones()->versions.empty());
}

TEST_CASE("a zone is online by what is stored, wherever it is connected", "[insights]") {
  World world;
  world.proxies = {{"eu-1", {5, 3}}, {"", {2, 2}}};
  world.Connections(
      "eu-1", {{Ago(absl::Hours(30)), Ago(absl::Hours(20))}, {Ago(absl::Hours(10)), std::nullopt}});
  const ZoneRow zone = world.Zone("eu-1");
  CHECK(zone.status == ZoneStatus::kOnline);
  CHECK(zone.since == Ago(absl::Hours(10)));
  CHECK(zone.version == "2.14.3");
  CHECK(zone.instance_id == "instance of eu-1");
  CHECK(zone.proxies == ProxyTally{5, 3});
  CHECK(zone.peer.empty());
  CHECK_FALSE(zone.token.has_value());
  CHECK_FALSE(zone.past.has_value());
  CHECK(world.Zones()->proxies == ProxyTally{7, 5});
  CHECK(world.Zones()->versions == std::map<std::string, uint64_t>{{"2.14.3", 1}});
}

TEST_CASE("of a zone that is connected here more is known", "[insights]") {
  World world;
  world.Connections("eu-1", {{Ago(absl::Hours(10)), std::nullopt}});
  LiveZone& live = world.Live("eu-1", Ago(absl::Hours(2)));
  live.confirmed = 17;
  ZoneRow zone = world.Zone("eu-1");
  CHECK(zone.status == ZoneStatus::kOnline);
  CHECK(zone.since == Ago(absl::Hours(2)));
  CHECK(zone.version == "2.14.5");
  CHECK(zone.peer == "10.2.3.4");
  CHECK(zone.confirmed == 17);
  CHECK(zone.token == ZoneToken{"token", kNow});

  live.behind_since = Ago(absl::Minutes(4));
  live.behind_types = {"MeshTimeout", "Mesh", "Secret", "MeshRetry"};
  zone = world.Zone("eu-1");
  CHECK(zone.status == ZoneStatus::kBehind);
  CHECK(zone.since == Ago(absl::Minutes(4)));
  CHECK(zone.reason == "MeshTimeout, Mesh, Secret and 1 more: not taken by the zone yet");

  // Where it was is remembered when it has gone.
  world.connected.clear();
  world.Connections("eu-1", {{Ago(absl::Hours(10)), Ago(absl::Seconds(1))}});
  zone = world.Zone("eu-1");
  CHECK(zone.status == ZoneStatus::kOffline);
  CHECK(zone.since == Ago(absl::Seconds(1)));
  CHECK(zone.peer == "10.2.3.4");
  CHECK(zone.token == ZoneToken{"token", kNow});
  CHECK(zone.confirmed == 0);
}

TEST_CASE("a zone that is turned away is a zone, whether anybody knows it or not", "[insights]") {
  World world;
  world.Connections("eu-1", {{Ago(absl::Hours(9)), Ago(absl::Hours(8))}});
  const absl::Time since = Ago(absl::Minutes(30));
  world.refused = {
      {"", "10.9.1.1", "no name", "", since, since},
      {"eu-1", "10.9.1.3", "the token expired", "Issue a new token.", since, Ago(absl::Minutes(1))},
      {"stranger", "10.9.1.4", "wrong zone", "Rename it.", since, Ago(absl::Minutes(2))},
  };
  ZoneRow zone = world.Zone("eu-1");
  CHECK(zone.status == ZoneStatus::kRefused);
  CHECK(zone.since == since);
  CHECK(zone.reason == "the token expired");
  CHECK(zone.advice == "Issue a new token.");
  CHECK(zone.peer == "10.9.1.3");
  CHECK(world.Zone("stranger").status == ZoneStatus::kRefused);
  CHECK(world.Zones()->counts.of(ZoneStatus::kRefused) == 2);
  CHECK(world.Zones()->good_until == kNow - absl::Minutes(2) + kRefusalFresh);

  // Who does not try any more is what it was before.
  world.now = kNow + kRefusalFresh - absl::Minutes(2);
  CHECK(world.Zones()->Find("stranger") == nullptr);
  CHECK(world.Zone("eu-1").status == ZoneStatus::kRefused);
  world.now = kNow + kRefusalFresh;
  CHECK(world.Zone("eu-1").status == ZoneStatus::kOffline);
  CHECK(world.Zones()->good_until == absl::InfiniteFuture());
}

TEST_CASE("an old refusal says nothing of a zone that was connected since", "[insights]") {
  World world;
  world.Connections("eu-1", {{Ago(absl::Minutes(20)), Ago(absl::Minutes(10))}});
  world.refused = {{"eu-1", "10.9.1.3", "the token expired", "", Ago(absl::Minutes(40)),
                    Ago(absl::Minutes(30))}};
  CHECK(world.Zone("eu-1").status == ZoneStatus::kOffline);
}

TEST_CASE("what is over is told for an hour, and follows from what is stored", "[insights]") {
  World world;
  world.Connections("eu-1", {{Ago(absl::Hours(30)), Ago(absl::Minutes(26))},
                             {Ago(absl::Minutes(20)), std::nullopt}});
  ZoneRow zone = world.Zone("eu-1");
  CHECK(zone.status == ZoneStatus::kOnline);
  REQUIRE(zone.past.has_value());
  CHECK(zone.past->was == ZoneStatus::kOffline);
  CHECK(zone.past->since == Ago(absl::Minutes(26)));
  CHECK(zone.past->until == Ago(absl::Minutes(20)));
  CHECK(world.Zones()->good_until == kNow + absl::Minutes(40));

  world.refused = {{"eu-1", "10.9.1.3", "the token expired", "Issue a new token.",
                    Ago(absl::Minutes(25)), Ago(absl::Minutes(21))}};
  zone = world.Zone("eu-1");
  REQUIRE(zone.past.has_value());
  CHECK(zone.past->was == ZoneStatus::kRefused);
  CHECK(zone.past->since == Ago(absl::Minutes(25)));
  CHECK(zone.past->reason == "the token expired");

  world.now = kNow + absl::Minutes(40);
  CHECK_FALSE(world.Zone("eu-1").past.has_value());
}

TEST_CASE("zones of a suspended control plane are suspended, until it ends by itself",
          "[insights]") {
  World world;
  world.Connections("eu-1", {{Ago(absl::Hours(9)), Ago(absl::Hours(1))}});
  world.suspension = store::Suspension{Ago(absl::Hours(1)), kNow + absl::Hours(1), "maintenance"};
  const ZoneRow zone = world.Zone("eu-1");
  CHECK(zone.status == ZoneStatus::kSuspended);
  CHECK(zone.since == Ago(absl::Hours(1)));
  CHECK(zone.reason == "maintenance");
  CHECK(world.Zones()->good_until == kNow + absl::Hours(1));
  world.now = kNow + absl::Hours(1);
  CHECK(world.Zone("eu-1").status == ZoneStatus::kOffline);
}

TEST_CASE("what is not otherwise is the same object", "[insights]") {
  World world;
  world.Connections("eu-1", {{Ago(absl::Hours(9)), std::nullopt}});
  const auto before = world.Zones();
  CHECK(world.Zones() == before);
  world.Provision("eu-2");
  const auto after = world.Zones();
  CHECK(after != before);
  CHECK(after->zones.size() == 2);
}

TEST_CASE("a network is what one cause may be about", "[insights]") {
  CHECK(NetworkOf("10.2.3.4") == "10.2.0.0/16");
  CHECK(NetworkOf("2001:db8:1:2::3") == "2001:db8:1::/48");
  CHECK(NetworkOf("").empty());
  CHECK(NetworkOf("<img>").empty());
}

}  // namespace skyden::insights
