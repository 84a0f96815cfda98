// SPDX-License-Identifier: Apache-2.0
#include "kds/delta_server.h"

#include <catch2/catch.hpp>

#include "tests/kds/dialogue.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

using Names = std::map<std::string, std::string>;

std::string Sent(const std::string& mesh, const std::string& name) {
  return HashedName(mesh, name, {}) + "." + mesh;
}

}  // namespace

TEST_CASE("the first answer is the complete state, empty or not", "[kds]") {
  ZoneDialogue zone;
  HandWritten global;
  global.Put(MakeResource("MeshTimeout", "default", "t1", R"({"a":1})"));
  zone.Subscribes("MeshTimeout");
  zone.Subscribes("MeshRetry");
  const auto first = zone.Receives(global);
  const auto second = zone.Receives(global);
  REQUIRE((first && second));
  const auto& timeouts = first->type == "MeshTimeout" ? *first : *second;
  const auto& retries = first->type == "MeshTimeout" ? *second : *first;
  CHECK(timeouts.resources == Names{{Sent("default", "t1"), R"({"a":1})"}});
  CHECK(retries.resources.empty());
  CHECK_FALSE(zone.Receives(global).has_value());
}

TEST_CASE("meshes go first", "[kds]") {
  ZoneDialogue zone;
  HandWritten global;
  for (const char* type : {"CircuitBreaker", "Config", "Mesh"}) zone.Subscribes(type);
  CHECK(zone.Receives(global)->type == "Mesh");
}

TEST_CASE("nothing is sent for a type until its last response was answered", "[kds]") {
  ZoneDialogue zone;
  HandWritten global;
  zone.Subscribes("MeshTimeout");
  const auto first = zone.Receives(global);
  REQUIRE(first);
  global.Put(MakeResource("MeshTimeout", "default", "t1", "{}"));
  zone.Changed();
  CHECK_FALSE(zone.Receives(global).has_value());
  global.Put(MakeResource("MeshTimeout", "default", "t2", "{}"));
  zone.Acks(*first);
  const auto both = zone.Receives(global);
  REQUIRE(both);
  CHECK(both->resources.size() == 2);
}

TEST_CASE("later answers hold what changed and what is gone", "[kds]") {
  ZoneDialogue zone;
  HandWritten global;
  global.Put(MakeResource("MeshTimeout", "default", "t1", "{}"));
  global.Put(MakeResource("MeshTimeout", "default", "t2", "{}"));
  zone.Subscribes("MeshTimeout");
  zone.Acks(*zone.Receives(global));
  CHECK_FALSE(zone.Receives(global).has_value());
  global.Put(MakeResource("MeshTimeout", "default", "t2", R"({"b":2})"));
  global.Delete("MeshTimeout", "default", "t1");
  zone.Changed();
  const auto delta = zone.Receives(global);
  REQUIRE(delta);
  CHECK(delta->resources == Names{{Sent("default", "t2"), R"({"b":2})"}});
  CHECK(delta->removed == std::set<std::string>{Sent("default", "t1")});
}

TEST_CASE("a rejected state is sent again only after a while, and only if it changed", "[kds]") {
  ZoneDialogue zone;
  HandWritten global;
  global.Put(MakeResource("MeshTimeout", "default", "t1", "{}"));
  zone.Subscribes("MeshTimeout");
  zone.Nacks(*zone.Receives(global));
  zone.Advance(absl::Seconds(10));
  CHECK_FALSE(zone.Receives(global).has_value());  // nothing changed

  global.Put(MakeResource("MeshTimeout", "default", "t1", R"({"c":3})"));
  zone.Changed();
  const auto changed = zone.Receives(global);
  REQUIRE(changed);
  zone.Nacks(*changed);
  global.Put(MakeResource("MeshTimeout", "default", "t1", R"({"d":4})"));
  zone.Changed();
  CHECK_FALSE(zone.Receives(global).has_value());
  CHECK(zone.server().WakeAt() == zone.now() + absl::Seconds(5));
  zone.Advance(absl::Seconds(5));
  CHECK(zone.Receives(global)->resources.begin()->second == R"({"d":4})");
}

TEST_CASE("a zone that rejects for ever gets one message per change", "[kds]") {
  ZoneDialogue zone;
  HandWritten global;
  zone.Subscribes("MeshTimeout");
  size_t sent = 0;
  for (int change = 0; change < 5; ++change) {
    global.Put(MakeResource("MeshTimeout", "default", "t1", std::to_string(change)));
    zone.Changed();
    for (int i = 0; i < 20; ++i) {
      zone.Advance(absl::Seconds(1));
      if (const auto response = zone.Receives(global)) {
        ++sent;
        zone.Nacks(*response);
      }
    }
  }
  CHECK(sent == 5);
}

TEST_CASE("types that are not known or not for zones are met with silence", "[kds]") {
  ZoneDialogue zone;
  HandWritten global;
  global.Put(MakeResource("Dataplane", "default", "dp", "", "zone-2"));
  for (const char* type : {"NoSuchType", "Dataplane", "ZoneInsight", "Zone", ""}) {
    zone.Subscribes(type);
    CHECK_FALSE(zone.Receives(global).has_value());
  }
}

TEST_CASE("an error of the source is never an empty answer", "[kds]") {
  ZoneDialogue zone;
  HandWritten global;
  global.Fail();
  zone.Subscribes("MeshTimeout");
  CHECK(zone.server().Next(global, zone.now()).status().code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("a first state that is too large for a message is not sent at all", "[kds]") {
  ZoneDialogue zone("zone-1", /*message_bytes_max=*/4096);
  HandWritten global;
  global.Put(MakeResource("MeshTimeout", "default", "t1", std::string(8192, ' ')));
  zone.Subscribes("MeshTimeout");
  CHECK_FALSE(zone.Receives(global).has_value());
  CHECK(zone.server().oversized().count() == 1);
  global.Put(MakeResource("MeshTimeout", "default", "t1", "{}"));
  zone.Changed();
  CHECK(zone.Receives(global)->resources.size() == 1);
  CHECK(zone.server().oversized().none());
}

TEST_CASE("a large difference comes in several messages, each answered before the next", "[kds]") {
  ZoneDialogue zone;
  HandWritten global(15, /*chunk_bytes=*/1500);
  zone.Subscribes("MeshTimeout");
  auto response = zone.Receives(global);
  for (int i = 0; i < 10; ++i) {
    global.Put(
        MakeResource("MeshTimeout", "default", "t" + std::to_string(i), std::string(500, ' ')));
  }
  zone.Acks(*response);
  std::set<std::string> names;
  size_t messages = 0;
  while ((response = zone.Receives(global))) {
    ++messages;
    for (const auto& [name, spec] : response->resources) names.insert(name);
    CHECK_FALSE(zone.Receives(global).has_value());
    zone.Acks(*response);
  }
  CHECK(names.size() == 10);
  CHECK(messages > 2);
}

TEST_CASE("a resource of a zone goes to the other zones only", "[kds]") {
  HandWritten global;
  global.Put(MakeResource("MeshService", "default", "ms-a", "{}", "zone-a"));
  global.Put(MakeResource("MeshService", "default", "ms-b", "{}", "zone-b"));
  ZoneDialogue a("zone-a"), c("zone-c");
  a.Subscribes("MeshService");
  c.Subscribes("MeshService");
  const auto of_a = a.Receives(global);
  const auto of_c = c.Receives(global);
  REQUIRE((of_a && of_c));
  CHECK(of_a->resources.size() == 1);
  CHECK(of_a->resources.begin()->first.starts_with("ms-b-"));
  CHECK(of_c->resources.size() == 2);
  CHECK(of_c->labels.begin()->second.at("kuma.io/origin") == "global");

  // A change of zone-a's own is not news to zone-a, and costs it no message.
  a.Acks(*of_a);
  c.Acks(*of_c);
  global.Put(MakeResource("MeshService", "default", "ms-a", R"({"x":1})", "zone-a"));
  a.Changed();
  c.Changed();
  CHECK_FALSE(a.Receives(global).has_value());
  const auto news = c.Receives(global);
  REQUIRE(news);
  c.Acks(*news);

  // Disabling zone-a takes its services away from the others.
  global.Disable("zone-a");
  a.Changed();
  c.Changed();
  CHECK_FALSE(a.Receives(global).has_value());
  const auto gone = c.Receives(global);
  REQUIRE(gone);
  CHECK(gone->removed.size() == 1);
  CHECK(gone->removed.begin()->starts_with("ms-a-"));
}

TEST_CASE("a change that zones cannot see costs no message", "[kds]") {
  ZoneDialogue zone("zone-b");
  HandWritten global;
  auto service = MakeResource("MeshService", "default", "ms-a", "{}", "zone-a");
  service.status = "{}";
  global.Put(service);
  zone.Subscribes("MeshService");
  zone.Acks(*zone.Receives(global));
  service.status = R"({"vips":[{"ip":"241.0.0.0"}]})";
  global.Put(service);
  zone.Changed();
  CHECK_FALSE(zone.Receives(global).has_value());
}
