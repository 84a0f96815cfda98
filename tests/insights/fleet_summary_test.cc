// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/fleet_summary.h"

#include <catch2/catch.hpp>

#include "skyden/base/limits.h"
#include "tests/insights/readings.h"

namespace skyden::insights {
namespace {

using testing::Fleets;
using Kind = Cause::Kind;
const absl::Time kNow = Fleets::kNow;

std::vector<Cause> OfKind(const Fleets& fleets, Kind kind) {
  std::vector<Cause> causes = CausesOf(fleets.Reading());
  std::erase_if(causes, [&](const Cause& cause) { return cause.kind != kind; });
  return causes;
}

void Offline(Fleets& fleets, const std::string& zone, const std::string& peer, absl::Time since) {
  ZoneRow& row = fleets.Zone("shop", zone, ZoneStatus::kOffline);
  row.peer = peer;
  row.since = since;
}

}  // namespace

TEST_CASE("totals are the sums of the control planes", "[insights]") {
  Fleets fleets;
  fleets.Zone("shop", "a", ZoneStatus::kOnline).proxies = {5, 4};
  fleets.Zone("shop", "b", ZoneStatus::kOffline);
  fleets.Zone("pay", "c", ZoneStatus::kOnline).proxies = {7, 7};
  fleets.ControlPlane("empty").suspension = store::Suspension{kNow, std::nullopt, "x"};
  const FleetSummary summary = Summarize(fleets.Reading(), 2);
  CHECK(summary.totals.control_planes == 3);
  CHECK(summary.totals.suspended == 1);
  CHECK(summary.totals.zones.total() == 3);
  CHECK(summary.totals.zones.of(ZoneStatus::kOnline) == 2);
  CHECK(summary.totals.proxies == ProxyTally{12, 11});
  REQUIRE(summary.worst.size() == 2);
  CHECK(summary.worst[0].control_plane->name == "shop");
  CHECK(summary.control_planes_left_off == 1);
  CHECK(SeverityOf(summary.worst[0].zones->counts) == Severity::kBad);
}

TEST_CASE("zones that went at once and are of one network are one cause", "[insights]") {
  Fleets fleets;
  for (int i = 0; i < 19; ++i) {
    Offline(fleets, "eu-" + std::to_string(100 + i), "10.2.0." + std::to_string(i),
            kNow - absl::Minutes(30) + absl::Seconds(i));
  }
  Offline(fleets, "elsewhere", "10.3.0.1", kNow - absl::Minutes(30));
  Offline(fleets, "later", "10.2.0.1", kNow - absl::Minutes(5));
  const auto causes = OfKind(fleets, Kind::kZonesOffline);
  REQUIRE(causes.size() == 3);
  CHECK(causes[0].count == 19);
  CHECK(causes[0].network == "10.2.0.0/16");
  CHECK(causes[0].since == kNow - absl::Minutes(30));
  CHECK(causes[0].severity == Severity::kBad);
  CHECK(causes[0].control_plane_count == 1);
  CHECK(causes[0].zones.size() == base::limits::kFleetNamed);
  CHECK_FALSE(causes[0].ended.has_value());
  CHECK(causes[1].id != causes[2].id);
}

TEST_CASE("a cause that ended says so, and leaves after an hour", "[insights]") {
  Fleets fleets;
  const absl::Time since = kNow - absl::Minutes(30);
  Offline(fleets, "a", "10.2.0.1", since);
  ZoneRow& back = fleets.Zone("shop", "b", ZoneStatus::kOnline);
  back.peer = "10.2.0.2";
  back.past = PastTrouble{ZoneStatus::kOffline, since, kNow - absl::Minutes(24), "", ""};
  auto causes = OfKind(fleets, Kind::kZonesOffline);
  REQUIRE(causes.size() == 1);
  CHECK(causes[0].count == 1);
  CHECK(causes[0].recovered == 1);
  CHECK_FALSE(causes[0].ended.has_value());
  const std::string id = causes[0].id;

  ZoneRow& last = fleets.Zone("shop", "a", ZoneStatus::kOnline);
  last.past = PastTrouble{ZoneStatus::kOffline, since, kNow - absl::Minutes(2), "", ""};
  causes = OfKind(fleets, Kind::kZonesOffline);
  REQUIRE(causes.size() == 1);
  CHECK(causes[0].count == 0);
  CHECK(causes[0].recovered == 2);
  CHECK(causes[0].ended == kNow - absl::Minutes(2));
  CHECK(causes[0].severity == Severity::kInfo);
  CHECK(causes[0].id == id);
  CHECK(CausesOf(fleets.Reading(kNow + absl::Hours(1))).empty());
}

TEST_CASE("reasons that differ in a name are the same reason", "[insights]") {
  Fleets fleets;
  for (const std::string name : {"a", "b"}) {
    ZoneRow& row = fleets.Zone("shop", name, ZoneStatus::kRefused);
    row.reason = "the token belongs to zone " + name;
    row.advice = "Rename it.";
  }
  ZoneRow& other = fleets.Zone("shop", "c", ZoneStatus::kRefused);
  other.reason = "the token expired";
  other.advice = "Issue a new one.";
  const auto causes = OfKind(fleets, Kind::kZonesRefused);
  REQUIRE(causes.size() == 2);
  CHECK(causes[0].count == 2);
  CHECK(causes[0].reason == "the token belongs to zone a");
  CHECK(causes[0].advice == "Rename it.");
}

TEST_CASE("a change that is just on its way is no trouble", "[insights]") {
  Fleets fleets;
  fleets.Zone("shop", "a", ZoneStatus::kBehind).since = kNow - absl::Seconds(1);
  CHECK(CausesOf(fleets.Reading()).empty());
  CHECK(CausesOf(fleets.Reading(kNow + kBehindTolerated)).size() == 1);
}

TEST_CASE("tokens that end soon, old versions and suspensions are causes", "[insights]") {
  Fleets fleets;
  fleets.Zone("shop", "soon", ZoneStatus::kOnline).token = ZoneToken{"t", kNow + absl::Hours(48)};
  fleets.Zone("shop", "late", ZoneStatus::kOnline).token =
      ZoneToken{"t", kNow + absl::Hours(24 * 90)};
  fleets.Zone("pay", "old", ZoneStatus::kOnline).version = "2.9.1";
  fleets.Zone("pay", "older", ZoneStatus::kOnline).version = "2.7.0";
  fleets.Zone("pay", "fine", ZoneStatus::kOnline).version = "2.12.0";
  fleets.Zone("pay", "new", ZoneStatus::kOnline).version = "2.14.3";
  fleets.Zone("pay", "by hand", ZoneStatus::kOnline).version = "unknown";
  fleets.ControlPlane("rest").suspension =
      store::Suspension{kNow - absl::Hours(1), kNow + absl::Hours(1), "maintenance"};
  const auto tokens = OfKind(fleets, Kind::kTokensEnd);
  REQUIRE(tokens.size() == 1);
  CHECK(tokens[0].count == 1);
  CHECK(tokens[0].zones == std::vector<std::string>{"soon"});
  CHECK(tokens[0].until == kNow + absl::Hours(48));
  const auto versions = OfKind(fleets, Kind::kOldVersions);
  REQUIRE(versions.size() == 1);
  CHECK(versions[0].count == 2);
  CHECK(versions[0].version == "2.7.0");
  CHECK(versions[0].newest == "2.14.3");
  const auto suspended = OfKind(fleets, Kind::kSuspended);
  REQUIRE(suspended.size() == 1);
  CHECK(suspended[0].reason == "maintenance");
  CHECK(suspended[0].until == kNow + absl::Hours(1));
  CHECK(suspended[0].severity == Severity::kInfo);
}

TEST_CASE("versions are compared by their numbers", "[insights]") {
  CHECK(IsOlderVersion("2.9.1", "2.14.3"));
  CHECK_FALSE(IsOlderVersion("2.14.3", "2.9.1"));
  CHECK_FALSE(IsOlderVersion("2.14.3", "2.14.3"));
  CHECK(IsOlderVersion("", "2.14.3"));
  CHECK(IsOlderVersion("2.14", "2.14.3"));
}

}  // namespace skyden::insights
