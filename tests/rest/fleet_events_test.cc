// SPDX-License-Identifier: Apache-2.0
// What people of an organization are told as it happens.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "http/queued_body.h"
#include "rest/fleet_log.h"
#include "rest/fleet_watches.h"
#include "server/services.h"
#include "skyden/base/limits.h"
#include "skyden/store/directory_tx.h"
#include "tests/insights/readings.h"
#include "tests/rest/event_listener.h"

namespace skyden::rest {
namespace {

using insights::ZoneStatus;
using insights::testing::Fleets;

insights::LiveZone Live(const std::string& name) {
  return {name, "10.2.3.4", "cp-1", "2.14.3", absl::FromUnixSeconds(1'700'000'000), {}};
}

size_t Count(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

std::string Events(const FleetLog& log, uint64_t after) {
  std::string all;
  for (const auto& [number, entry] : log.entries()) {
    if (number > after) all += entry.event;
  }
  return all;
}

}  // namespace

TEST_CASE("zones that come, are turned away and go are told to who may read them",
          "[rest][fleet][watch]") {
  RestEnv env;
  const std::string shop = env.NewControlPlane("shop");
  const std::string other = env.NewControlPlane("other");
  const std::string viewer = env.NewToken(model::Role::kViewer, other);
  Listener all(env, "/v3/events", env.operator_token);
  Listener few(env, "/v3/events", viewer);
  REQUIRE(all.Hears("event: ready\n"));
  REQUIRE(few.Hears("event: ready\n"));
  CHECK(all.type() == "text/event-stream");
  env.Connect(shop, {Live("eu-1")});
  REQUIRE(all.Hears(R"("operation":"put","name":"eu-1","control_plane":{"id":")" + shop +
                    R"(","name":"shop"},"status":"online")"));
  REQUIRE(all.Hears("event: control_plane\ndata: {\"operation\":\"put\",\"id\":\"" + shop));
  const absl::Time now = absl::Now();
  env.Refuse(shop, {{"eu-9", "10.9.1.3", "the token expired", "Issue a new one.", now, now}});
  REQUIRE(all.Hears(R"("status":"refused")"));
  REQUIRE(all.Hears(R"("reason":"the token expired","advice":"Issue a new one.")"));
  env.Connect(shop, {});
  REQUIRE(all.Hears(R"("operation":"delete","name":"eu-1")"));
  env.Connect(other, {Live("eu-2")});
  REQUIRE(few.Hears(R"("name":"eu-2")"));
  CHECK(few.text().find(shop) == std::string::npos);
}

TEST_CASE("control planes that are made, changed and gone are told", "[rest][fleet][watch]") {
  RestEnv env;
  Listener listener(env, "/v3/events?topic=fleet", env.operator_token);
  REQUIRE(listener.Hears("event: ready\n"));
  const std::string id = env.NewControlPlane("shop");
  REQUIRE(listener.Hears(R"("operation":"put","id":")" + id + R"(","name":"shop")"));
  REQUIRE(env.Send("PATCH", "/v1/mesh/control-planes/" + id, env.operator_token,
                   R"({"name":"renamed"})")
              .status == 200);
  REQUIRE(listener.Hears(R"("name":"renamed")"));
  REQUIRE(
      env.Post("/v1/mesh/control-planes/" + id + "/ops/suspend", R"({"reason":"rest"})").status ==
      200);
  REQUIRE(listener.Hears(R"("reason":"rest")"));
  REQUIRE(env.Delete("/v1/mesh/control-planes/" + id).status == 204);
  REQUIRE(listener.Hears(R"("operation":"delete","id":")" + id));
  CHECK(listener.text().find("event: zone") == std::string::npos);
  CHECK(listener.text().find("event: audit") == std::string::npos);
}

TEST_CASE("what is done is told to administrators, without what it holds", "[rest][fleet][watch]") {
  RestEnv env;
  const std::string id = env.NewControlPlane("shop");
  const std::string viewer = env.NewToken(model::Role::kViewer);
  CHECK(env.Send("GET", "/v3/events?topic=audit", viewer).status == 403);
  Listener listener(env, "/v3/events?topic=audit", env.operator_token);
  Listener all_of_viewer(env, "/v3/events", viewer);
  REQUIRE(listener.Hears("event: ready\n"));
  REQUIRE(all_of_viewer.Hears("event: ready\n"));
  REQUIRE(env.Put(RestEnv::ApiOf(id) + "/meshes/default/secrets/s",
                  R"({"type":"Secret","mesh":"default","name":"s","data":"aGVsbG8="})")
              .status == 201);
  REQUIRE(listener.Hears(R"("action":"resource.create")"));
  CHECK(listener.Hears(R"("control_plane_id":")" + id));
  env.NewControlPlane("later");
  REQUIRE(all_of_viewer.Hears("later"));
  CHECK(listener.text().find("aGVsbG8=") == std::string::npos);
  CHECK(all_of_viewer.text().find("event: audit") == std::string::npos);
}

TEST_CASE("organizations hear nothing of each other's", "[rest][fleet][watch]") {
  RestEnv env;
  const std::string theirs = env.NewOrganization("theirs");
  Listener listener(env, "/v3/events", theirs);
  REQUIRE(listener.Hears("event: ready\n"));
  const std::string foreign = env.NewControlPlane("foreign");
  env.Connect(foreign, {Live("eu-1")});
  const Answer made = env.Send("POST", "/v1/mesh/control-planes", theirs, R"({"name":"own"})");
  REQUIRE(made.status == 201);
  REQUIRE(listener.Hears(R"("name":"own")"));
  CHECK(listener.text().find("foreign") == std::string::npos);
  CHECK(listener.text().find("eu-1") == std::string::npos);
}

TEST_CASE("who comes back is told what he missed, or that nobody knows", "[rest][fleet][watch]") {
  RestEnv env;
  const std::string shop = env.NewControlPlane("shop");
  std::string seen;
  {
    Listener listener(env, "/v3/events", env.operator_token);
    REQUIRE(listener.Hears("event: ready\n"));
    env.Connect(shop, {Live("eu-1")});
    REQUIRE(listener.Hears(R"("name":"eu-1")"));
    seen = LastId(listener.text());
  }
  env.Connect(shop, {Live("eu-1"), Live("eu-2")});
  Listener again(env, "/v3/events", env.operator_token, seen);
  REQUIRE(again.Hears(R"("name":"eu-2")"));
  CHECK(again.text().find("event: ready") != std::string::npos);
  CHECK(again.text().find(R"("name":"eu-1")") == std::string::npos);
  for (const char* id : {"x", "0123.7", "9"}) {
    CAPTURE(id);
    Listener stranger(env, "/v3/events?since=" + std::string(id), env.operator_token);
    CHECK(stranger.Hears("event: reset\n"));
  }
}

TEST_CASE("a stream of an organization ends with its credential", "[rest][fleet][watch]") {
  RestEnv env;
  const std::string token = env.NewToken(model::Role::kViewer);
  Listener listener(env, "/v3/events", token);
  REQUIRE(listener.Hears("event: ready\n"));
  env.Revoke(token);
  CHECK(listener.Ends());
  CHECK(env.Send("GET", "/v3/events", token).status == 401);
  CHECK(env.Get("/v3/events?topic=colours").status == 400);
}

TEST_CASE("of a thing that changes again and again the newest is told", "[rest][fleet][watch]") {
  FleetLog log(10);
  for (int i = 0; i < 100; ++i) {
    log.Put({FleetTopic::kZones, model::TenantKey{1}, "a", std::to_string(i) + ";"});
    log.Put({FleetTopic::kZones, model::TenantKey{2}, "a", "other;"});
  }
  CHECK(log.entries().size() == 2);
  CHECK(Events(log, 0) == "99;other;");
  CHECK(log.forgotten() == 0);
  CHECK(log.last() == 200);
  for (int i = 0; i < 20; ++i) {
    log.Put({FleetTopic::kAudit, model::TenantKey{1}, std::to_string(i), "x"});
  }
  CHECK(log.entries().size() == 10);
  CHECK(log.forgotten() == 210);
}

TEST_CASE("what is told of a zone is what is otherwise", "[rest][fleet][watch]") {
  Fleets fleets;
  fleets.ControlPlane("shop").tenant = model::TenantKey{1};
  insights::ZoneRow& zone = fleets.Zone("shop", "<img>\n", ZoneStatus::kOnline);
  const auto before = fleets.Reading();
  FleetLog log(100);
  NoteChanges(nullptr, before, log);
  CHECK(log.entries().empty());
  zone.proxies.total = 7;
  zone.confirmed = 9;
  auto after = fleets.Reading();
  after.members[0].stamp = 99;
  NoteChanges(&before, after, log);
  CHECK(log.entries().empty());
  zone.status = ZoneStatus::kOffline;
  after = fleets.Reading();
  after.members[0].stamp = 100;
  NoteChanges(&before, after, log);
  REQUIRE(log.entries().size() == 2);  // the zone, and the counts of its control plane
  const std::string events = Events(log, 0);
  CHECK(events.find(R"("status":"offline")") != std::string::npos);
  CHECK(Count(events, "\n") == 6);  // a name makes no lines
  const auto gone = Fleets().Reading();
  NoteChanges(&after, gone, log);
  CHECK(Events(log, 2).find(R"("operation":"delete")") != std::string::npos);
}

// Time stands still unless it is moved here.
TEST_CASE("a thousand zones that flap come in four bursts a second", "[rest][fleet][watch]") {
  std::vector<insights::LiveZone> live;
  insights::ZoneSources::Changed changed;
  TestEnv env({.online_zones = nullptr,
               .zone_sources = {.connected = [&](const auto&) { return live; },
                                .refused = nullptr,
                                .subscribe =
                                    [&](insights::ZoneSources::Changed told) {
                                      changed = std::move(told);
                                      return std::make_shared<int>();
                                    }}});
  const model::TenantScope scope = env.NewControlPlane("shop");
  server::Services& services = env.services();
  const auto token = env.store.NewToken(env.organization, model::Role::kAdmin);
  auto caller = services.authenticator.Authenticate("Bearer " + token.text);
  REQUIRE(caller.ok());
  SessionStreams streams;
  FleetWatches watches({*services.fleet, services.authenticator, *env.store, env.clock,
                        env.workers(), env.timers(), streams});
  auto call = std::make_unique<Call>();
  call->caller = *caller;
  call->organization = *services.authenticator.EnterOrganization(*caller);
  call->credential = {Credential::Way::kHeader, "Bearer " + token.text, ""};
  std::shared_ptr<http::BodyStream> stream;
  call->respond = [&](http::Response response) { stream = std::move(response.stream); };
  REQUIRE(watches.Begin(call, {.topics = 2, .since = std::nullopt}).ok());
  env.manual().RunAll();
  REQUIRE(stream != nullptr);
  auto& body = dynamic_cast<http::QueuedBody&>(*stream);
  const auto take = [&] {
    bool last = false;
    std::string text = body.Take(last);
    body.Drained();
    env.manual().RunAll();
    while (true) {
      std::string more = body.Take(last);
      if (more.empty()) return text;
      text += more;
      body.Drained();
      env.manual().RunAll();
    }
  };
  CHECK(take().find("event: ready") != std::string::npos);
  env.manual().Advance(absl::Seconds(1));
  size_t bursts = 0;
  size_t events = 0;
  for (int tick = 0; tick < 200; ++tick) {  // of five milliseconds: a second
    live.clear();
    for (int i = 0; i < 1000; ++i) {
      live.push_back(Live(fmt::format("zone-{:04}", i)));
      if (tick % 2 == 0) live.back().behind_since = env.clock.Now();
    }
    for (int i = 0; i < 10; ++i) changed(scope.organization(), scope.tenant());
    env.manual().Advance(absl::Milliseconds(5));
    const std::string text = take();
    if (Count(text, "event: zone") > 0) ++bursts;
    events += Count(text, "event: zone");
  }
  CHECK(bursts >= 1);
  CHECK(bursts <= 5);
  CHECK(events <= bursts * 1000);
}

}  // namespace skyden::rest
