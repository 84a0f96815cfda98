// SPDX-License-Identifier: Apache-2.0
#include "peers/merge.h"

#include <catch2/catch.hpp>

using namespace skyden;
using namespace skyden::peers;
using kds::Propagation;
using kds::Standing;

namespace {

kds::ZoneStanding Zone(const std::string& name, Standing standing, bool counts = true) {
  return {.zone_name = name, .standing = standing, .counts = counts};
}

Propagation Told(std::vector<kds::ZoneStanding> zones, model::Revision newest = 7) {
  Propagation told;
  told.revision = 7;
  told.newest = newest;
  told.zones = std::move(zones);
  return told;
}

}  // namespace

TEST_CASE("a zone stands as the daemon says that it is connected to", "[peers]") {
  const Merged merged =
      Merge({Told({Zone("here", Standing::kArrived), Zone("never", Standing::kNever, false),
                   Zone("there", Standing::kOffline, false)}),
             Told({Zone("here", Standing::kOffline, false), Zone("never", Standing::kNever, false),
                   Zone("there", Standing::kBehind)},
                  9)});
  CHECK(merged.propagation.revision == 7);
  CHECK(merged.propagation.newest == 9);
  REQUIRE(merged.propagation.zones.size() == 3);
  CHECK(merged.propagation.zones[0].standing == Standing::kArrived);
  CHECK(merged.propagation.zones[1].standing == Standing::kNever);
  CHECK(merged.propagation.zones[2].standing == Standing::kBehind);
  CHECK(merged.propagation.zones[2].counts);
  CHECK(merged.said_by == std::vector<size_t>{0, 0, 1});
  CHECK(merged.propagation.outcome == Propagation::Outcome::kWaiting);
}

TEST_CASE("while a zone moves it has not arrived before it has at both daemons", "[peers]") {
  const auto outcome = [](Standing one, Standing other) {
    return Merge({Told({Zone("z", one)}), Told({Zone("z", other)})}).propagation.outcome;
  };
  using Outcome = Propagation::Outcome;
  CHECK(outcome(Standing::kArrived, Standing::kBehind) == Outcome::kWaiting);
  CHECK(outcome(Standing::kBehind, Standing::kArrived) == Outcome::kWaiting);
  CHECK(outcome(Standing::kArrived, Standing::kRefused) == Outcome::kRefused);
  CHECK(outcome(Standing::kArrived, Standing::kArrived) == Outcome::kArrived);
  CHECK(outcome(Standing::kOffline, Standing::kArrived) == Outcome::kArrived);
}

TEST_CASE("a zone that went counts as the last daemon says that had it", "[peers]") {
  kds::ZoneStanding first = Zone("z", Standing::kOffline);
  first.gone_since = absl::FromUnixSeconds(10);
  kds::ZoneStanding last = Zone("z", Standing::kOffline, false);
  last.gone_since = absl::FromUnixSeconds(20);
  const Merged merged = Merge({Told({first}), Told({last})});
  REQUIRE(merged.propagation.zones.size() == 1);
  CHECK(merged.propagation.zones[0].gone_since == absl::FromUnixSeconds(20));
  CHECK(merged.propagation.zones[0].counts);
  CHECK(merged.propagation.outcome == Propagation::Outcome::kWaiting);
}
