// SPDX-License-Identifier: Apache-2.0
// What a stream knows of how far its zone is.
#include <catch2/catch.hpp>
#include <tuple>

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
  z.zone.Changed(z.global.revision());
  z.zone.Advance(absl::Seconds(1));
  const auto sent = z.Gets();
  CHECK(z.delivery().behind_since() == absl::Seconds(5));
  CHECK(z.delivery().behind().count() == 1);
  // Another one does not make it younger, nor older.
  z.zone.Advance(absl::Seconds(1));
  z.Put("b");
  z.zone.Changed(z.global.revision());
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
  z.zone.Changed(z.global.revision());
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK_FALSE(z.is_behind());
  z.zone.Changed(z.global.revision());  // of nothing
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK_FALSE(z.is_behind());
}

TEST_CASE("a change whose notice comes late counts from when it is sent", "[kds]") {
  Zone z;
  z.Settles();
  z.Put("a");
  z.zone.Changed(z.global.revision());
  const auto first = z.Gets();
  z.Put("b");
  z.zone.Advance(absl::Seconds(2));
  z.zone.Acks(first);
  const auto second = z.Gets();  // nobody said so, but who asks the store finds it
  CHECK(z.delivery().behind_since() == absl::Seconds(2));
  z.zone.Changed(z.global.revision());
  z.zone.Acks(second);
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK_FALSE(z.is_behind());
}

TEST_CASE("a zone that refused something is behind until it takes what comes after", "[kds]") {
  Zone z;
  z.Settles();
  z.zone.Advance(absl::Seconds(4));
  z.Put("a");
  z.zone.Changed(z.global.revision());
  z.zone.Nacks(z.Gets());
  CHECK(z.delivery().behind_since() == absl::Seconds(4));
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK(z.is_behind());
  z.zone.Advance(absl::Seconds(10));
  z.Put("a2");
  z.zone.Changed(z.global.revision());
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

TEST_CASE("a zone has arrived at what it has taken, and at all that does not concern it", "[kds]") {
  Zone z;
  z.Settles();
  const auto arrived = [&] { return z.zone.server().confirmed(); };
  z.Put("a");
  z.zone.Changed(z.global.revision());
  CHECK(arrived() == 0);
  const auto sent = z.Gets();
  CHECK(arrived() == 0);
  z.zone.Acks(sent);
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK(arrived() == 1);
  z.Put("own", "zone-1");
  z.zone.Changed(z.global.revision());
  CHECK(arrived() == 1);  // nobody has looked
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK(arrived() == 2);
  // What is of no type for zones comes as a notice without any.
  Notice other;
  other.until = 7;
  z.zone.server().MarkDirty(other);
  CHECK(arrived() == 7);
}

TEST_CASE("one type that is not taken holds a zone where that type began to change", "[kds]") {
  Zone z;
  z.zone.Subscribes("MeshRetry");
  z.zone.Acks(z.Gets());
  z.Settles();
  const auto told = [&](const char* type, model::Revision first, model::Revision until) {
    Notice notice;
    const auto index = static_cast<size_t>(Registry().FindByName(type)->id);
    notice.types.set(index);
    notice.first.emplace_back(index, first);
    notice.until = until;
    z.zone.server().MarkDirty(notice);
  };
  z.Put("a");  // 1
  told("MeshTimeout", 1, 1);
  const auto timeout = z.Gets();
  z.global.Put(MakeResource("MeshRetry", "default", "r", "{}"));  // 2
  told("MeshRetry", 2, 2);
  const auto retry = z.Gets();
  CHECK(z.zone.server().confirmed() == 0);
  z.zone.Acks(timeout);
  CHECK_FALSE(z.zone.Receives(z.global).has_value());
  CHECK(z.zone.server().confirmed() == 1);
  // More of what is on its way does not take it back, nor forth.
  z.global.Put(MakeResource("MeshRetry", "default", "r2", "{}"));  // 3
  told("MeshRetry", 3, 3);
  CHECK(z.zone.server().confirmed() == 1);
  z.zone.Acks(retry);
  CHECK(z.zone.server().confirmed() == 2);
  z.zone.Acks(z.Gets());
  CHECK(z.zone.server().confirmed() == 3);
}

TEST_CASE("a zone has arrived nowhere before it has asked for all it knows", "[kds]") {
  Zone z;
  z.Put("a");
  z.zone.server().KnowsUntil(1);
  z.zone.Subscribes("Mesh");
  const auto meshes = z.Gets();
  z.zone.Subscribes("MeshTimeout");
  const auto timeouts = z.Gets();
  CHECK(z.zone.server().confirmed() == 0);
  z.zone.Acks(meshes);
  CHECK(z.zone.server().confirmed() == 0);
  z.zone.Acks(timeouts);
  CHECK(z.zone.server().confirmed() == 1);
}

TEST_CASE("an answer to what was sent before says nothing of what is out", "[kds]") {
  Zone z;
  z.Put("a");
  z.zone.server().KnowsUntil(1);
  z.zone.Subscribes("MeshTimeout");
  const auto first = z.Gets();
  z.zone.Subscribes("MeshTimeout");  // anew, before it answers
  const auto again = z.Gets();
  z.zone.Acks(first);
  CHECK(z.is_behind());
  CHECK(z.zone.server().confirmed() == 0);
  z.zone.Acks(again);
  CHECK_FALSE(z.is_behind());
  CHECK(z.zone.server().confirmed() == 1);
}

TEST_CASE("what follows in the same difference does not make up for what was refused", "[kds]") {
  // Each resource is a message of its own.
  ZoneDialogue zone;
  HandWritten global(15, 1);
  zone.Subscribes("MeshTimeout");
  auto received = zone.Receives(global);
  REQUIRE(received);
  zone.Acks(*received);
  for (const char* name : {"a", "b"}) {
    global.Put(MakeResource("MeshTimeout", "default", name, "{}"));
  }
  zone.Changed(global.revision());
  received = zone.Receives(global);
  REQUIRE(received);
  zone.Nacks(*received);
  zone.Advance(absl::Seconds(10));
  received = zone.Receives(global);
  REQUIRE(received);
  zone.Acks(*received);
  CHECK_FALSE(zone.Receives(global).has_value());
  CHECK(zone.server().delivery().behind().any());
  CHECK(zone.server().confirmed() == 0);
  const auto open = zone.server().delivery().open();
  REQUIRE(open.size() == 1);
  CHECK(open.front().state == OpenType::State::kRefused);
  CHECK(open.front().until == 0);
}

TEST_CASE("how far each type is, is told in revisions that concern the zone", "[kds]") {
  Zone z;
  z.Settles();
  const auto timeouts = [&] {
    const auto all = z.zone.server().Deliveries(z.global);
    REQUIRE(all.size() == 1);
    return std::tuple(all[0].newest, all[0].sent, all[0].taken);
  };
  using Of = std::tuple<model::Revision, model::Revision, model::Revision>;
  CHECK(timeouts() == Of(0, 0, 0));
  z.Put("a");
  z.Put("own", "zone-1");
  CHECK(timeouts() == Of(1, 0, 0));
  z.zone.Changed(z.global.revision());
  const auto sent = z.Gets();
  CHECK(timeouts() == Of(1, 1, 0));
  z.Put("b");
  CHECK(timeouts() == Of(3, 1, 0));
  z.zone.Acks(sent);
  CHECK(timeouts() == Of(3, 1, 1));
  z.zone.Acks(z.Gets());
  CHECK(timeouts() == Of(3, 3, 3));
  z.global.Delete("MeshTimeout", "default", "a");
  CHECK(timeouts() == Of(4, 3, 3));
}
