// SPDX-License-Identifier: Apache-2.0
// What is measured of a change on its way to a zone.
#include <catch2/catch.hpp>

#include "skyden/telemetry/cells.h"
#include "tests/kds/dialogue.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

struct Zone {
  telemetry::Histogram propagation{telemetry::kWaitSeconds};
  ZoneDialogue zone{"zone-1", 10u << 20, &propagation};
  HandWritten global;

  Zone() {
    zone.Subscribes("MeshTimeout");
    const auto first = zone.Receives(global);
    REQUIRE(first);
    zone.Advance(absl::Seconds(7));
    zone.Acks(*first);
    CHECK_FALSE(zone.Receives(global).has_value());
  }
  void Put(const std::string& name) {
    global.Put(MakeResource("MeshTimeout", "default", name, "{}"));
    zone.Changed();
  }
  // Of each value: how many seconds it was, since all are whole.
  std::pair<uint64_t, double> Seen() const {
    const auto reading = propagation.Read();
    return {reading.total(), reading.sum};
  }
};

using Seen = std::pair<uint64_t, double>;

}  // namespace

TEST_CASE("a first state is no change", "[kds]") {
  Zone z;
  CHECK(z.Seen() == Seen{0, 0.0});
}

TEST_CASE("a change is measured from its notice until the zone has taken it", "[kds]") {
  Zone z;
  z.Put("a");
  z.zone.Advance(absl::Seconds(1));
  const auto sent = z.zone.Receives(z.global);
  REQUIRE(sent);
  z.zone.Advance(absl::Seconds(2));
  CHECK(z.Seen() == Seen{0, 0.0});
  z.zone.Acks(*sent);
  CHECK(z.Seen() == Seen{1, 3.0});
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  z.zone.Acks(*sent);  // again
  CHECK(z.Seen() == Seen{1, 3.0});
}

TEST_CASE("a change that waits for the answer to another has its own time", "[kds]") {
  Zone z;
  z.Put("a");
  const auto first = z.zone.Receives(z.global);
  REQUIRE(first);
  z.zone.Advance(absl::Seconds(1));
  z.Put("b");
  z.zone.Advance(absl::Seconds(1));
  z.zone.Acks(*first);
  CHECK(z.Seen() == Seen{1, 2.0});
  const auto second = z.zone.Receives(z.global);
  REQUIRE(second);
  z.zone.Advance(absl::Seconds(4));
  z.zone.Acks(*second);
  CHECK(z.Seen() == Seen{2, 2.0 + 5.0});
}

TEST_CASE("of changes that go together the oldest counts", "[kds]") {
  Zone z;
  z.Put("a");
  z.zone.Advance(absl::Seconds(1));
  z.Put("b");
  const auto both = z.zone.Receives(z.global);
  REQUIRE(both);
  z.zone.Advance(absl::Seconds(1));
  z.zone.Acks(*both);
  CHECK(z.Seen() == Seen{1, 2.0});
}

TEST_CASE("what a zone refuses, does not get or is told anew has not propagated", "[kds]") {
  Zone z;
  SECTION("refused") {
    z.Put("a");
    const auto sent = z.zone.Receives(z.global);
    REQUIRE(sent);
    z.zone.Nacks(*sent);
  }
  SECTION("its own, which it is not told") {
    z.global.Put(MakeResource("MeshTimeout", "default", "own", "{}", "zone-1"));
    z.zone.Changed();
    CHECK_FALSE(z.zone.Receives(z.global).has_value());
  }
  SECTION("a notice without a change") {
    z.zone.Changed();
    CHECK_FALSE(z.zone.Receives(z.global).has_value());
  }
  SECTION("subscribed again") {
    z.Put("a");
    REQUIRE(z.zone.Receives(z.global));
    z.zone.Subscribes("MeshTimeout");
    const auto whole = z.zone.Receives(z.global);
    REQUIRE(whole);
    z.zone.Acks(*whole);
  }
  z.zone.Advance(absl::Seconds(1));
  CHECK(z.Seen() == Seen{0, 0.0});
}
