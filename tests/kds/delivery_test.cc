// SPDX-License-Identifier: Apache-2.0
// What a stream knows of how far its zone is.
#include <catch2/catch.hpp>

#include "tests/kds/dialogue.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

struct Zone {
  explicit Zone(size_t message_bytes_max = 10u << 20) : zone("zone-1", message_bytes_max) {}
  ZoneDialogue zone;
  HandWritten global;

  const Delivery& delivery() { return zone.server().delivery(); }
  bool is_behind() { return delivery().behind().any(); }
  void Put(const std::string& name, const std::string& of_zone = "") {
    global.Put(MakeResource("MeshTimeout", "default", name, "{}", of_zone));
  }
  // Has taken all there is.
  void Settles() {
    zone.Subscribes("MeshTimeout");
    const auto first = zone.Receives(global);
    REQUIRE(first);
    zone.Acks(*first);
    CHECK_FALSE(zone.Receives(global).has_value());
    CHECK_FALSE(is_behind());
  }
  Received Gets() {
    auto received = zone.Receives(global);
    REQUIRE(received);
    return *std::move(received);
  }
};

}  // namespace

TEST_CASE("a zone is behind until it has taken its first state", "[kds]") {
  Zone z;
  CHECK_FALSE(z.is_behind());
  z.zone.Advance(absl::Seconds(3));
  z.Put("a");
  z.zone.Subscribes("MeshTimeout");
  CHECK(z.delivery().behind_since() == absl::Seconds(3));
  z.zone.Advance(absl::Seconds(1));
  const auto first = z.Gets();
  CHECK(z.delivery().behind_since() == absl::Seconds(3));
  CHECK(z.zone.server().confirmed() == 0);
  z.zone.Acks(first);
  CHECK_FALSE(z.delivery().behind_since().has_value());
  CHECK_FALSE(z.is_behind());
  CHECK(z.zone.server().confirmed() == 1);
}

TEST_CASE("a change that concerns it leaves a zone behind until it is taken", "[kds]") {
  Zone z;
  z.Settles();
  z.zone.Advance(absl::Seconds(5));
  z.Put("a");
  z.zone.Changed();
  z.zone.Advance(absl::Seconds(1));
  const auto sent = z.Gets();
  CHECK(z.delivery().behind_since() == absl::Seconds(5));
  CHECK(z.delivery().behind().count() == 1);
  // Another one does not make it younger, nor older.
  z.zone.Advance(absl::Seconds(1));
  z.Put("b");
  z.zone.Changed();
  CHECK(z.delivery().behind_since() == absl::Seconds(5));
  z.zone.Acks(sent);
  const auto next = z.Gets();
  CHECK(z.delivery().behind_since() == absl::Seconds(7));
  CHECK(z.zone.server().confirmed() == 1);
  z.zone.Acks(next);
  CHECK_FALSE(z.is_behind());
  CHECK(z.zone.server().confirmed() == 2);
}

TEST_CASE("what a zone is not told leaves it where it is", "[kds]") {
  Zone z;
  z.Settles();
  z.Put("own", "zone-1");
  z.zone.Changed();
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK_FALSE(z.is_behind());
  z.zone.Changed();  // of nothing
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK_FALSE(z.is_behind());
}

TEST_CASE("a change whose notice comes late counts from when it is sent", "[kds]") {
  Zone z;
  z.Settles();
  z.Put("a");
  z.zone.Changed();
  const auto first = z.Gets();
  z.Put("b");
  z.zone.Advance(absl::Seconds(2));
  z.zone.Acks(first);
  const auto second = z.Gets();  // nobody said so, but who asks the store finds it
  CHECK(z.delivery().behind_since() == absl::Seconds(2));
  z.zone.Changed();
  z.zone.Acks(second);
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK_FALSE(z.is_behind());
}

TEST_CASE("a zone that refused something is behind until it takes what comes after", "[kds]") {
  Zone z;
  z.Settles();
  z.zone.Advance(absl::Seconds(4));
  z.Put("a");
  z.zone.Changed();
  z.zone.Nacks(z.Gets());
  CHECK(z.delivery().behind_since() == absl::Seconds(4));
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK(z.is_behind());
  z.zone.Advance(absl::Seconds(10));
  z.Put("a2");
  z.zone.Changed();
  const auto better = z.Gets();
  CHECK(z.delivery().behind_since() == absl::Seconds(4));
  z.zone.Acks(better);
  CHECK_FALSE(z.is_behind());
}

TEST_CASE("what is kept from a zone because of its size leaves it behind", "[kds]") {
  Zone z(1000);
  z.global.Put(MakeResource("MeshTimeout", "default", "a", std::string(2000, ' ')));
  z.zone.Subscribes("MeshTimeout");
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK(z.is_behind());
}
