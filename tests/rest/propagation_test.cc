// SPDX-License-Identifier: Apache-2.0
// How far changes came, as it is told over REST. That it is true is shown elsewhere (tests/kds).
#include <catch2/catch.hpp>
#include <thread>

#include "rest/revision_text.h"
#include "tests/kds/fake_deliveries.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {

using nlohmann::json;

namespace {

kds::Propagation Told(const RestEnv& env) {
  const auto type = [&](const char* name) { return env.registry().FindByName(name)->id; };
  kds::Propagation told;
  told.revision = 7;
  told.newest = 9;
  told.outcome = kds::Propagation::Outcome::kWaiting;
  told.zones.push_back({.zone_name = "a", .standing = kds::Standing::kArrived, .taken_until = 9});
  kds::ZoneStanding behind{.zone_name = "b", .standing = kds::Standing::kBehind, .taken_until = 5};
  behind.types.push_back({.type = type("MeshTimeout"),
                          .stage = kds::Stage::kSent,
                          .taken_until = 5,
                          .behind_since = absl::FromUnixSeconds(0)});
  told.zones.push_back(behind);
  kds::ZoneStanding refused{
      .zone_name = "c", .standing = kds::Standing::kRefused, .taken_until = 5};
  for (const char* name : {"MeshRetry", "Secret"}) {
    kds::RefusalOfZone one;
    one.type = type(name);
    one.key = {"default", "r"};
    one.reason = "spec: no";
    one.since = absl::FromUnixSeconds(0);
    one.revision = 6;
    refused.refused.push_back(one);
  }
  told.zones.push_back(refused);
  told.zones.push_back({.zone_name = "d",
                        .standing = kds::Standing::kOffline,
                        .is_enabled = false,
                        .counts = false,
                        .gone_since = absl::FromUnixSeconds(60)});
  return told;
}

struct Env : RestEnv {
  Env() : RestEnv([this](RestEnv&, Deps& deps) { deps.deliveries = &deliveries; }) {}
  kds::testing::FakeDeliveries deliveries;
};

std::string PathOf(const std::string& id) { return "/v1/mesh/control-planes/" + id + "/ops"; }

}  // namespace

TEST_CASE("which zones have arrived, and what keeps the others, is shown", "[rest]") {
  Env env;
  const std::string path = PathOf(env.NewControlPlane()) + "/propagation";
  env.deliveries.Set(Told(env));
  const Answer answer = env.Get(path);
  REQUIRE(answer.status == 200);
  const json told = answer.json();
  const std::string epoch(env.store->epoch());
  CHECK(told["revision"] == EventId(epoch, 7));
  CHECK(told["newest"] == EventId(epoch, 9));
  CHECK(answer.headers.at("skyden-revision") == EventId(epoch, 9));
  CHECK(told["outcome"] == "waiting");
  CHECK(told["counts"] == json({{"arrived", 1},
                                {"behind", 1},
                                {"refused", 1},
                                {"withheld", 0},
                                {"offline", 0},
                                {"never", 0}}));
  REQUIRE(told["zones"].size() == 4);
  CHECK(told["zones"][0] == json({{"name", "a"},
                                  {"standing", "arrived"},
                                  {"enabled", true},
                                  {"taken_until", 9},
                                  {"counts", true}}));
  CHECK(told["zones"][1]["types"] == json::array({{{"type", "MeshTimeout"},
                                                   {"stage", "sent"},
                                                   {"taken_until", 5},
                                                   {"behind_since", "1970-01-01T00:00:00Z"}}}));
  CHECK(told["zones"][2]["refused_count"] == 2);
  CHECK(told["zones"][2]["refused"][0] == json({{"type", "MeshRetry"},
                                                {"mesh", "default"},
                                                {"name", "r"},
                                                {"reason", "spec: no"},
                                                {"since", "1970-01-01T00:00:00Z"},
                                                {"revision", 6}}));
  CHECK(told["zones"][3] == json({{"name", "d"},
                                  {"standing", "offline"},
                                  {"enabled", false},
                                  {"gone_since", "1970-01-01T00:01:00Z"},
                                  {"counts", false}}));
  const json open = env.Get(path + "?show=open").json();
  REQUIRE(open["zones"].size() == 2);
  CHECK(open["zones"][0]["name"] == "b");
  CHECK(open["counts"] == told["counts"]);
}

TEST_CASE("who may not read a type is not told what of it is refused", "[rest]") {
  Env env;
  const std::string id = env.NewControlPlane();
  env.deliveries.Set(Told(env));
  const Answer viewer =
      env.Send("GET", PathOf(id) + "/propagation", env.NewToken(model::Role::kViewer, id));
  REQUIRE(viewer.status == 200);
  CHECK(viewer.body.find("Secret") == std::string::npos);
  CHECK(viewer.json()["zones"][2]["refused_count"] == 1);
  for (const char* path : {"/propagation", "/zones/a"}) {
    CHECK(
        env.Send("GET", PathOf(id) + path, env.NewOrganization(std::string(path + 1, 5))).status ==
        404);
    CHECK(env.Send("GET", PathOf(id) + path, "").status == 401);
    CHECK(env.Send("GET", PathOf(id) + path, env.NewToken(model::Role::kConnector, id)).status ==
          403);
  }
}

TEST_CASE("what is asked about is a revision and some zones", "[rest]") {
  using Zones = kds::PropagationQuery::Zones;
  Env env;
  const std::string path = PathOf(env.NewControlPlane()) + "/propagation";
  const auto asked = [&](const std::string& query) {
    CHECK(env.Get(path + query).status == 200);
    return env.deliveries.asked().first;
  };
  CHECK_FALSE(asked("").revision.has_value());
  CHECK(asked("").zones == Zones::kConnected);
  CHECK(asked("?revision=12").revision == 12);
  CHECK(asked("?revision=" + EventId(env.store->epoch(), 13)).revision == 13);
  CHECK(asked("?zones=all").zones == Zones::kAll);
  CHECK(asked("?zones=eu-1,eu-2").names == std::vector<std::string>{"eu-1", "eu-2"});
  CHECK(asked("?zones=eu-1").zones == Zones::kNamed);
  CHECK(asked("?seen_since=1970-01-01T00:00:01Z").seen_since == absl::FromUnixSeconds(1));
  for (const char* bad : {"?revision=x", "?revision=-1", "?zones=", "?zones=a%20b", "?wait=1h",
                          "?wait=-1s", "?wait=soon", "?seen_since=now", "?show=some"}) {
    INFO(bad);
    const Answer refused = env.Get(path + bad);
    CHECK(refused.status == 400);
    CHECK(refused.json()["invalid_parameters"].size() == 1);
  }
  const Answer other = env.Get(path + "?revision=" + EventId("0123456789abcdef", 3));
  CHECK(other.status == 409);
  CHECK(other.body.find("another life") != std::string::npos);
  env.deliveries.Set(absl::InvalidArgumentError("there is no revision 99 yet: the newest is 9"));
  CHECK(env.Get(path + "?revision=99").status == 400);
}

TEST_CASE("who waits is answered when it is over, if he is still let in", "[rest]") {
  Env env;
  const std::string id = env.NewControlPlane();
  const std::string path = PathOf(id) + "/propagation?wait=20s";
  env.deliveries.Set(Told(env));
  const std::string token = env.NewToken(model::Role::kViewer, id);
  const bool revoked = GENERATE(false, true);
  Answer answer;
  std::thread asks([&] { answer = env.Send("GET", path, token); });
  CHECK(env.deliveries.SomebodyWaits());
  CHECK(env.deliveries.asked().second == absl::Seconds(20));
  if (revoked) env.Revoke(token);
  kds::Propagation told = Told(env);
  told.outcome = kds::Propagation::Outcome::kArrived;
  env.deliveries.Set(told);
  asks.join();
  CHECK(answer.status == (revoked ? 401 : 200));
  if (!revoked) CHECK(answer.json()["outcome"] == "arrived");
}

TEST_CASE("a zone is shown in full", "[rest]") {
  Env env;
  const std::string id = env.NewControlPlane();
  const auto type = [&](const char* name) { return env.registry().FindByName(name)->id; };
  kds::ZoneDelivery zone;
  zone.standing = Told(env).zones[1];
  zone.newest = 9;
  zone.connected = kds::ConnectedZone{.zone_name = "b",
                                      .peer_ip = "192.0.2.1",
                                      .instance_id = "zone-cp-1",
                                      .version = "2.14.3",
                                      .since = absl::FromUnixSeconds(0),
                                      .token_ends_at = absl::FromUnixSeconds(3600)};
  zone.types.push_back({.type = type("MeshTimeout"),
                        .newest = 9,
                        .sent = 7,
                        .taken = 5,
                        .stage = kds::Stage::kSent,
                        .behind_since = absl::FromUnixSeconds(0)});
  zone.types.push_back({.type = type("Mesh"), .newest = 1, .sent = 1, .taken = 1});
  zone.withheld.push_back(
      {"b", type("MeshRetry"), 12'000'000, 10u << 20, absl::FromUnixSeconds(0)});
  zone.connects = {{absl::FromUnixSeconds(0), std::nullopt, "zone-cp-1", "2.14.3"},
                   {absl::FromUnixSeconds(-60), absl::FromUnixSeconds(-30), "zone-cp-0", "2.13.0"}};
  env.deliveries.SetZone(zone);
  const Answer answer = env.Get(PathOf(id) + "/zones/b");
  REQUIRE(answer.status == 200);
  const json shown = answer.json();
  CHECK(shown["newest"] == EventId(env.store->epoch(), 9));
  CHECK(shown["standing"] == "behind");
  CHECK(shown["session"] == json({{"since", "1970-01-01T00:00:00Z"},
                                  {"peer", "192.0.2.1"},
                                  {"instance_id", "zone-cp-1"},
                                  {"version", "2.14.3"},
                                  {"token", {{"ends_at", "1970-01-01T01:00:00Z"}}}}));
  CHECK(shown["delivery"] ==
        json::array({{{"type", "MeshTimeout"},
                      {"newest", 9},
                      {"sent", 7},
                      {"taken", 5},
                      {"stage", "sent"},
                      {"behind_since", "1970-01-01T00:00:00Z"}},
                     {{"type", "Mesh"}, {"newest", 1}, {"sent", 1}, {"taken", 1}}}));
  CHECK(shown["withheld"][0]["type"] == "MeshRetry");
  CHECK(shown["connects"][0] == json({{"begin", "1970-01-01T00:00:00Z"},
                                      {"instance_id", "zone-cp-1"},
                                      {"version", "2.14.3"}}));
  CHECK(shown["connects"][1]["end"] == "1969-12-31T23:59:30Z");
  CHECK(env.Get(PathOf(id) + "/zones/nobody").status == 404);
}

}  // namespace skyden::rest
