// SPDX-License-Identifier: Apache-2.0
// What a zone of one daemon says and has, asked at another.
#include <catch2/catch.hpp>

#include "absl/synchronization/notification.h"
#include "kds/wire.h"
#include "peers/callers.h"
#include "peers/convert.h"
#include "skyden/base/retry_after.h"
#include "skyden/base/status.h"
#include "tests/peers/peer_env.h"
#include "tests/store/testing.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;
using namespace skyden::peers;
using namespace skyden::peers::testing;

namespace {

ZoneRequest StatsOf(const std::string& proxy) {
  return {.kind = ZoneRequest::Kind::kStats,
          .zone_name = "zone-1",
          .resource_type = "Dataplane",
          .resource_name = proxy,
          .resource_mesh = "default",
          .json = true,
          .used_only = true};
}

struct Answer {
  absl::StatusOr<std::string> result = absl::UnknownError("not answered");
  absl::Notification done;
};
std::shared_ptr<Answer> Ask(ZoneGateway& gateway, const model::TenantScope& scope,
                            const ZoneRequest& request) {
  auto answer = std::make_shared<Answer>();
  gateway.Ask(scope, request, [answer](absl::StatusOr<std::string> result) {
    answer->result = std::move(result);
    answer->done.Notify();
  });
  return answer;
}
absl::StatusOr<std::string> AwaitAnswer(const std::shared_ptr<Answer>& answer) {
  REQUIRE(answer->done.WaitForNotificationWithTimeout(absl::Seconds(30)));
  return answer->result;
}

std::string Reply(std::string_view asked, uint32_t field, std::string_view text) {
  std::string reply;
  wire::AppendBytes(reply, 1, wire::FindBytes(asked, 1));
  wire::AppendBytes(reply, field, text);
  return reply;
}

// A zone of "b" that answers questions about statistics.
struct AskedZone {
  AskedZone(PeerEnv& env, const model::TenantScope& scope)
      : zone(env.ZoneOfB(scope, "zone-1")), down(zone.Sync({"Mesh"})), stats(zone.Open(kStats)) {
    REQUIRE(down->Read().has_value());
    env.AwaitHeldByB(scope, "zone-1");
  }

  FakeZone zone;
  std::unique_ptr<FakeStream> down;
  std::unique_ptr<FakeStream> stats;
};

// The stream for questions comes to be known a moment after it was opened.
std::string AskedOverA(PeerEnv& env, AskedZone& connected, const model::TenantScope& scope,
                       std::shared_ptr<Answer>& answer) {
  std::optional<std::string> asked;
  for (int tries = 0; tries < 200 && !asked.has_value(); ++tries) {
    answer = Ask(env.a->gateway(), scope, StatsOf("dp-1"));
    asked = connected.stats->Read(absl::Milliseconds(100));
  }
  REQUIRE(asked.has_value());
  return *asked;
}

PropagationQuery OfAll() {
  PropagationQuery query;
  query.zones = PropagationQuery::Zones::kAll;
  return query;
}

ZoneStanding StandingOf(const Propagation& propagation, const std::string& zone) {
  for (const ZoneStanding& one : propagation.zones) {
    if (one.zone_name == zone) return one;
  }
  return {};
}

}  // namespace

TEST_CASE("a zone is asked through the daemon that it is connected to", "[peers]") {
  PeerEnv env;
  const auto scope = env.NewControlPlane();
  AskedZone connected(env, scope);
  std::shared_ptr<Answer> answer;
  const std::string asked = AskedOverA(env, connected, scope, answer);
  CHECK(wire::FindBytes(asked, 2) == "Dataplane");
  CHECK(wire::FindBytes(asked, 3) == "dp-1");
  CHECK(wire::FindBytes(asked, 4) == "default");
  const std::string payload = std::string("\0\xff{\"stats\":1}", 14) + std::string(100'000, 'x');
  REQUIRE(connected.stats->Write(Reply(asked, 3, payload)));
  CHECK(AwaitAnswer(answer).value() == payload);

  // The same, asked where it is.
  const auto here = Ask(env.b->gateway(), scope, StatsOf("dp-1"));
  const auto again = connected.stats->Read();
  REQUIRE(again.has_value());
  CHECK(asked.substr(asked.find("Dataplane")) == again->substr(again->find("Dataplane")));
  REQUIRE(connected.stats->Write(Reply(*again, 3, payload)));
  CHECK(AwaitAnswer(here).value() == payload);
}

TEST_CASE("what a zone says against a question is said at the other daemon as well", "[peers]") {
  PeerEnv env;
  const auto scope = env.NewControlPlane();
  AskedZone connected(env, scope);
  std::shared_ptr<Answer> answer;
  const std::string asked = AskedOverA(env, connected, scope, answer);
  REQUIRE(connected.stats->Write(Reply(asked, 2, "no such proxy")));
  CHECK(AwaitAnswer(answer).status() ==
        absl::FailedPreconditionError("could not send StatsRequest: no such proxy"));

  // It has no stream for these.
  ZoneRequest clusters = StatsOf("dp-1");
  clusters.kind = ZoneRequest::Kind::kClusters;
  const auto at_a = AwaitAnswer(Ask(env.a->gateway(), scope, clusters)).status();
  const auto at_b = AwaitAnswer(Ask(env.b->gateway(), scope, clusters)).status();
  CHECK(at_a.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(at_a.message() == at_b.message());
  CHECK(base::TitleOf(at_a) == base::TitleOf(at_b));

  // Another control plane has no such zone, wherever it is asked.
  const auto other = env.NewControlPlane("other");
  const auto foreign = AwaitAnswer(Ask(env.a->gateway(), other, StatsOf("dp-1"))).status();
  CHECK(foreign == absl::UnavailableError("couldn't execute Stats operation, zone is offline"));
}

TEST_CASE("a question is answered where it came to, and not passed on", "[peers]") {
  PeerEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");  // of "a"
  auto down = zone.Sync({"Mesh"});
  REQUIRE(down->Read().has_value());
  Callers callers(store::testing::TestSealer(), {});
  // "b" would have to ask "a", and does for those who ask it themselves.
  const std::vector<Other> others = {{"id-of-b", kB, env.port_b->public_address()}};
  const auto came =
      callers.AskAll(others, "AskZone", ToMessage(scope, StatsOf("dp-1")).SerializeAsString(),
                     absl::Seconds(20))[0];
  REQUIRE(came.ok());
  pb::AskZoneResponse response;
  REQUIRE(response.ParseFromString(*came));
  REQUIRE(response.has_failure());
  CHECK(FromFailure(response.failure()) ==
        absl::UnavailableError("couldn't execute Stats operation, zone is offline"));
}

TEST_CASE("while a daemon does not answer, who asks about its zones is told to come again",
          "[peers]") {
  PeerEnv env;
  const auto scope = env.NewControlPlane();
  const auto other = env.NewControlPlane("other");
  AskedZone connected(env, scope);
  env.b->Close();
  const auto check = [](const absl::Status& status) {
    CHECK(absl::IsUnavailable(status));
    CHECK(base::RetryAfterOf(status).has_value());
    CHECK(std::string(status.message()).find("\"b\"") != std::string::npos);
  };
  check(AwaitAnswer(Ask(env.a->gateway(), scope, StatsOf("dp-1"))).status());
  check(env.a->deliveries().Read(scope, OfAll()).status());
  absl::Notification told;
  env.a->deliveries().OfZone(scope, "zone-1", [&](absl::StatusOr<ZoneDelivery> delivery) {
    check(delivery.status());
    told.Notify();
  });
  told.WaitForNotification();
  // It has nothing to do with control planes of which it has no zones.
  CHECK(env.a->deliveries().Read(other, OfAll()).ok());
  // Of a list the other part is shown, and who did not answer.
  const auto rejected = env.a->Rejected(scope);
  REQUIRE(rejected.size() == 1);
  CHECK(rejected[0].unanswered == "b");
  CHECK(env.a->verdicts().Refused(scope).ok());
}

TEST_CASE("connections are listed at every daemon, whoever turned them away", "[peers]") {
  PeerEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone::Options options;
  options.name = "zone-2";
  options.user_info = env.UserInfo(scope, "zone-1");
  FakeZone at_b(env.server_b->address(), options);
  CHECK_FALSE(at_b.Sync({"Mesh"})->End().ok());
  REQUIRE(env.Eventually([&] { return env.server_b->Rejected(scope).size() == 1; }));
  options.name = "zone-3";
  FakeZone at_a(env.server->address(), options);
  CHECK_FALSE(at_a.Sync({"Mesh"})->End().ok());
  REQUIRE(env.Eventually([&] { return env.server->Rejected(scope).size() == 1; }));

  for (Peers* peers : {env.a.get(), env.b.get()}) {
    const auto rejected = peers->Rejected(scope);
    REQUIRE(rejected.size() == 2);
    CHECK(rejected[0].zone_name == "zone-3");  // newest first
    CHECK(rejected[1].zone_name == "zone-2");
    CHECK(rejected[1].reason == env.server_b->Rejected(scope)[0].reason);
    CHECK(rejected[1].advice == env.server_b->Rejected(scope)[0].advice);
    CHECK(rejected[1].at == env.server_b->Rejected(scope)[0].at);
    CHECK(rejected[1].control_plane == scope.control_plane());
    CHECK(peers->AllRejected().size() == 2);
    CHECK(peers->Rejected(env.NewControlPlane(peers == env.a.get() ? "x" : "y")).empty());
  }
}

TEST_CASE("how far a change has come is known of zones of all daemons", "[peers]") {
  PeerEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.ZoneOfB(scope, "zone-1");
  auto down = zone.Sync({"MeshTimeout"});
  const auto first = down->Read();
  REQUIRE(first.has_value());
  env.AwaitHeldByB(scope, "zone-1");
  const auto at_a = [&] {
    const auto read = env.a->deliveries().Read(scope, OfAll());
    REQUIRE(read.ok());
    return StandingOf(*read, "zone-1");
  };
  REQUIRE(env.Eventually([&] { return at_a().standing == Standing::kBehind; }));
  // Its own daemon alone would say that it is not there.
  const auto alone = env.server->deliveries().Read(scope, OfAll());
  REQUIRE(alone.ok());
  CHECK(StandingOf(*alone, "zone-1").standing == Standing::kOffline);
  CHECK(env.a->OnlineZones(scope, env.server->OnlineZones(scope)) ==
        std::vector<std::string>{"zone-1"});

  absl::Notification arrived;
  absl::StatusOr<Propagation> result = absl::UnknownError("");
  env.a->deliveries().Await(scope, PropagationQuery(), absl::Seconds(20),
                            [&](absl::StatusOr<Propagation> read) {
                              result = std::move(read);
                              arrived.Notify();
                            });
  CHECK_FALSE(arrived.HasBeenNotified());
  REQUIRE(down->Write(zone.Ack("MeshTimeout", Read(*first).nonce)));
  REQUIRE(arrived.WaitForNotificationWithTimeout(absl::Seconds(30)));
  REQUIRE(result.ok());
  CHECK(result->outcome == Propagation::Outcome::kArrived);
  CHECK(StandingOf(*result, "zone-1").standing == Standing::kArrived);

  // One zone in full.
  absl::Notification told;
  absl::StatusOr<ZoneDelivery> delivery = absl::UnknownError("");
  env.a->deliveries().OfZone(scope, "zone-1", [&](absl::StatusOr<ZoneDelivery> read) {
    delivery = std::move(read);
    told.Notify();
  });
  REQUIRE(told.WaitForNotificationWithTimeout(absl::Seconds(30)));
  REQUIRE(delivery.ok());
  REQUIRE(delivery->connected.has_value());
  CHECK(delivery->connected->version == "2.14.3");
  CHECK(delivery->connected->token.has_value());
  REQUIRE(delivery->types.size() == 1);
  CHECK_FALSE(delivery->types[0].stage.has_value());
}

TEST_CASE(
    "who waits for zones of another daemon is told when the time is over, or the daemon stops",
    "[peers]") {
  PeerEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.ZoneOfB(scope, "zone-1");
  auto down = zone.Sync({"MeshTimeout"});
  REQUIRE(down->Read().has_value());
  env.AwaitHeldByB(scope, "zone-1");
  REQUIRE(env.Eventually([&] {
    const auto read = env.a->deliveries().Read(scope, OfAll());
    return read.ok() && read->outcome == Propagation::Outcome::kWaiting;
  }));
  const auto wait = [&](absl::Duration at_most) {
    auto answer = std::make_shared<std::pair<absl::Notification, absl::StatusOr<Propagation>>>();
    env.a->deliveries().Await(scope, OfAll(), at_most, [answer](absl::StatusOr<Propagation> read) {
      answer->second = std::move(read);
      answer->first.Notify();
    });
    return answer;
  };
  const auto late = wait(absl::Milliseconds(50));
  REQUIRE(late->first.WaitForNotificationWithTimeout(absl::Seconds(30)));
  REQUIRE(late->second.ok());
  CHECK(late->second->outcome == Propagation::Outcome::kWaiting);

  const auto stopped = wait(absl::Minutes(5));
  env.a->Close();
  REQUIRE(stopped->first.WaitForNotificationWithTimeout(absl::Seconds(30)));
  CHECK(absl::IsUnavailable(stopped->second.status()));
}
