// SPDX-License-Identifier: Apache-2.0
#include "kds/gateway.h"

#include <catch2/catch.hpp>

#include "absl/synchronization/notification.h"
#include "kds/wire.h"
#include "skyden/base/limits.h"
#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

struct Answer {
  ZoneGateway::Ticket ticket;
  absl::StatusOr<std::string> result = absl::UnknownError("not answered");
  absl::Notification done;
};

std::shared_ptr<Answer> Ask(KdsEnv& env, const model::TenantScope& scope, ZoneRequest request) {
  auto answer = std::make_shared<Answer>();
  answer->ticket = env.server->gateway().Ask(scope, std::move(request), [answer](auto result) {
    answer->result = std::move(result);
    answer->done.Notify();
  });
  return answer;
}

ZoneRequest StatsOf(const std::string& name) {
  ZoneRequest request;
  request.kind = ZoneRequest::Kind::kStats;
  request.zone_name = "zone-1";
  request.resource_type = "Dataplane";
  request.resource_name = name;
  request.resource_mesh = "default";
  request.json = true;
  request.used_only = true;
  return request;
}

std::string Reply(std::string_view request_id, uint32_t field, std::string_view text) {
  std::string reply;
  wire::AppendBytes(reply, 1, request_id);
  if (field != 0) wire::AppendBytes(reply, field, text);
  return reply;
}

struct AskedZone {
  explicit AskedZone(KdsEnv& env, const model::TenantScope& scope)
      : zone(env.NewZone(scope, "zone-1")), down(zone.Sync({"Mesh"})), stats(zone.Open(kStats)) {
    REQUIRE(down->Read().has_value());
  }
  std::string Asked() { return stats->Read().value(); }

  FakeZone zone;
  std::unique_ptr<FakeStream> down;
  std::unique_ptr<FakeStream> stats;
};

// The stream's arrival shows in nothing but that questions get through.
std::shared_ptr<Answer> AskWhenOpen(KdsEnv& env, const model::TenantScope& scope,
                                    const ZoneRequest& request) {
  std::shared_ptr<Answer> answer;
  REQUIRE(env.Eventually([&] {
    answer = Ask(env, scope, request);
    return !answer->done.HasBeenNotified();
  }));
  return answer;
}

}  // namespace

TEST_CASE("a question reaches the zone and its answer comes back", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  AskedZone connected(env, scope);
  const auto answer = AskWhenOpen(env, scope, StatsOf("dp-1"));
  const std::string asked = connected.Asked();
  CHECK(wire::FindBytes(asked, 2) == "Dataplane");
  CHECK(wire::FindBytes(asked, 3) == "dp-1");
  CHECK(wire::FindBytes(asked, 4) == "default");
  CHECK(asked.ends_with(std::string("\x28\x01\x30\x01", 4)));  // format: JSON, used_only
  REQUIRE(connected.stats->Write(Reply(wire::FindBytes(asked, 1), 3, "the stats")));
  answer->done.WaitForNotification();
  CHECK(answer->result.value() == "the stats");
}

TEST_CASE("answers find their questions in any order, and strangers are ignored", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  AskedZone connected(env, scope);
  const auto first = AskWhenOpen(env, scope, StatsOf("dp-1"));
  const auto second = Ask(env, scope, StatsOf("dp-2"));
  const std::string one = connected.Asked();
  const std::string two = connected.Asked();
  REQUIRE(connected.stats->Write(Reply("no-such-id", 3, "x")));
  REQUIRE(connected.stats->Write(Reply(wire::FindBytes(two, 1), 3, "of 2")));
  second->done.WaitForNotification();
  CHECK(second->result.value() == "of 2");
  REQUIRE(connected.stats->Write(Reply(wire::FindBytes(two, 1), 3, "again")));
  REQUIRE(connected.stats->Write(Reply(wire::FindBytes(one, 1), 0, "")));
  first->done.WaitForNotification();
  CHECK(first->result.value().empty());  // an empty payload is no payload
}

TEST_CASE("a zone's own error is passed on", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  AskedZone connected(env, scope);
  const auto answer = AskWhenOpen(env, scope, StatsOf("dp-1"));
  REQUIRE(connected.stats->Write(Reply(wire::FindBytes(connected.Asked(), 1), 2, "no such proxy")));
  answer->done.WaitForNotification();
  CHECK(answer->result.status() ==
        absl::FailedPreconditionError("could not send StatsRequest: no such proxy"));
}

TEST_CASE("questions to zones that are not there fail at once, and with their stream", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  const auto nobody = Ask(env, scope, StatsOf("dp-1"));
  nobody->done.WaitForNotification();
  CHECK(nobody->result.status().code() == absl::StatusCode::kUnavailable);

  AskedZone connected(env, scope);
  const auto lost = AskWhenOpen(env, scope, StatsOf("dp-1"));
  connected.stats = nullptr;
  lost->done.WaitForNotification();
  CHECK(lost->result.status().code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("a question that is not answered ends with its deadline", "[kds]") {
  KdsEnv env(KdsEnv::Time::kManual);
  model::TenantScope scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Mesh"});
  auto stats = zone.Open(kStats);
  std::shared_ptr<Answer> answer;
  REQUIRE(env.RunUntil([&] {
    answer = Ask(env, scope, StatsOf("dp-1"));
    return !answer->done.HasBeenNotified();
  }));
  env.manual().RunAll();
  env.manual().Advance(absl::Seconds(9));
  CHECK_FALSE(answer->done.HasBeenNotified());
  env.manual().Advance(absl::Seconds(1));
  REQUIRE(answer->done.HasBeenNotified());
  CHECK(answer->result.status().code() == absl::StatusCode::kDeadlineExceeded);
}

TEST_CASE("another control plane's zone cannot be asked", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane("a");
  const auto other = env.NewControlPlane("b");
  AskedZone connected(env, scope);
  const auto ours = AskWhenOpen(env, scope, StatsOf("dp-1"));
  const auto foreign = Ask(env, other, StatsOf("dp-1"));
  foreign->done.WaitForNotification();
  CHECK(foreign->result.status().code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("a question that nobody waits for is forgotten", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  AskedZone connected(env, scope);
  const auto cancelled = AskWhenOpen(env, scope, StatsOf("dp-1"));
  const auto other = Ask(env, scope, StatsOf("dp-2"));
  const std::string one = connected.Asked();
  const std::string two = connected.Asked();
  env.server->gateway().Cancel(cancelled->ticket);
  CHECK(cancelled.use_count() == 1);  // its callback is gone
  REQUIRE(connected.stats->Write(Reply(wire::FindBytes(one, 1), 3, "too late")));
  REQUIRE(connected.stats->Write(Reply(wire::FindBytes(two, 1), 3, "in time")));
  other->done.WaitForNotification();
  CHECK(other->result.value() == "in time");
  CHECK_FALSE(cancelled->done.HasBeenNotified());
  env.server->gateway().Cancel(other->ticket);
  env.server->gateway().Cancel("nonsense");
}

TEST_CASE("an answer that does not decode costs nobody else theirs", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  AskedZone connected(env, scope);
  const auto answer = AskWhenOpen(env, scope, StatsOf("dp-1"));
  const std::string asked = connected.Asked();
  REQUIRE(connected.stats->Write("\xff\xff\xff\xff"));
  REQUIRE(connected.stats->Write(Reply(wire::FindBytes(asked, 1), 3, "the stats")));
  answer->done.WaitForNotification();
  CHECK(answer->result.value() == "the stats");
}

TEST_CASE("only so many questions wait for one zone, and each kind has its own stream", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  AskedZone connected(env, scope);
  std::vector<std::shared_ptr<Answer>> waiting = {AskWhenOpen(env, scope, StatsOf("dp"))};
  while (waiting.size() < base::limits::kZoneRequests) {
    waiting.push_back(Ask(env, scope, StatsOf("dp")));
    REQUIRE_FALSE(waiting.back()->done.HasBeenNotified());
  }
  const auto refused = Ask(env, scope, StatsOf("dp"));
  REQUIRE(refused->done.HasBeenNotified());
  CHECK(absl::IsResourceExhausted(refused->result.status()));
  env.server->gateway().Cancel(waiting.front()->ticket);
  CHECK_FALSE(Ask(env, scope, StatsOf("dp"))->done.HasBeenNotified());

  ZoneRequest clusters = StatsOf("dp");
  clusters.kind = ZoneRequest::Kind::kClusters;
  const auto unopened = Ask(env, scope, clusters);
  REQUIRE(unopened->done.HasBeenNotified());
  CHECK(unopened->result.status().message() ==
        "stream to execute Clusters operations is not yet connected");
}
