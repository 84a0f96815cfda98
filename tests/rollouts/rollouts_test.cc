// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>

#include "fmt/format.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/store/tenant_tx.h"
#include "tests/rollouts/played_rollout.h"

namespace skyden::rollouts::testing {
namespace {

using Names = std::vector<std::string>;

void PutOld(PlayedRollout& play, const std::string& name = "t") {
  REQUIRE(
      play.env
          .Put(play.scope, "MeshTimeout", "default", name, kds::testing::Numbered("MeshTimeout", 1))
          .ok());
}

// Three zones that have the old one.
struct Three : PlayedRollout {
  Three() : PlayedRollout(3) {
    PutOld(*this);
    Connect();
    Settle();
    for (size_t i = 0; i < 3; ++i) REQUIRE(Has(i) == 1);
  }
  std::vector<Number> All() const { return {Has(0), Has(1), Has(2)}; }
};

TEST_CASE("a change reaches wave after wave, and is written at the end", "[rollouts]") {
  Three play;
  RolloutRequest request = play.Request(Document("t", 2), {Names{"zone-1"}, 100});
  request.hold = absl::Hours(1);
  const std::string id = play.Start(std::move(request)).id;
  play.Settle();
  CHECK(play.All() == std::vector<Number>{1, 2, 1});
  CHECK(play.Stored() == 1);
  Rollout now = play.Find(id);
  CHECK(now.state == State::kRunning);
  CHECK(now.wave == 1);
  CHECK(now.arrived_at.has_value());
  CHECK(now.plan.waves == std::vector<Names>{{"zone-1"}, {"zone-0", "zone-2"}});

  play.Settle(absl::Hours(1));
  CHECK(play.All() == std::vector<Number>{2, 2, 2});
  CHECK(play.Find(id).wave == 2);
  CHECK(play.Find(id).state == State::kRunning);
  play.Settle(absl::Hours(1));
  CHECK(play.Find(id).state == State::kReady);
  CHECK(play.Stored() == 1);

  const auto finished = play.rollouts->Finish(play.scope, id);
  REQUIRE(finished.ok());
  CHECK(finished->state == State::kFinished);
  CHECK(play.Stored() == 2);
  play.Settle();
  CHECK(play.All() == std::vector<Number>{2, 2, 2});
  CHECK(play.Find(id).documents.empty());
  CHECK(absl::IsFailedPrecondition(play.rollouts->Finish(play.scope, id).status()));
  CHECK(absl::IsFailedPrecondition(play.rollouts->Abort(play.scope, id, "").status()));
}

TEST_CASE("a rollout may finish by itself", "[rollouts]") {
  Three play;
  RolloutRequest request = play.Request(
      Document("t", 2) + "\n---\n" + R"({"type":"MeshTimeout","name":"u","delete":true})",
      {50, 100});
  request.end = resources::RolloutPlan::End::kByItself;
  REQUIRE(
      play.env
          .Put(play.scope, "MeshTimeout", "default", "u", kds::testing::Numbered("MeshTimeout", 7))
          .ok());
  play.Settle();
  CHECK(play.Has(0, "u") == 7);
  const std::string id = play.Start(std::move(request)).id;
  play.Settle();
  CHECK(play.Find(id).state == State::kFinished);
  CHECK(play.Stored() == 2);
  CHECK(play.Stored("u") == 0);
  CHECK(play.All() == std::vector<Number>{2, 2, 2});
  CHECK(play.Has(0, "u") == 0);
}

TEST_CASE("what a zone refuses is taken back everywhere, and it is said why", "[rollouts]") {
  PlayedRollout play(2);
  play.AddZone(/*refuses=*/"bad-");
  play.AddZone();
  PutOld(play);
  play.Connect();
  play.Settle();
  const std::string id =
      play.Start(play.Request(Document("t", 2) + "\n---\n" + Document("bad-one", 5),
                              {Names{"zone-0"}, Names{"zone-1", "zone-2"}, Names{"zone-3"}}))
          .id;
  play.Settle();
  const Rollout now = play.Find(id);
  INFO(now.reason);
  CHECK(now.state == State::kTakenBack);
  CHECK(now.wave == 2);
  CHECK_THAT(now.reason, Catch::Contains("zone-2") && Catch::Contains("MeshTimeout bad-one") &&
                             Catch::Contains("not to my taste"));
  for (const size_t zone : {0u, 1u, 3u}) {
    CHECK(play.Has(zone) == 1);
    CHECK(play.Has(zone, "bad-one") == 0);
  }
  CHECK(play.Has(2, "bad-one") == 0);
  CHECK(play.Stored() == 1);
}

TEST_CASE("what a zone refused before, or refuses beside, does not stop a rollout", "[rollouts]") {
  PlayedRollout play(1);
  play.AddZone(/*refuses=*/"bad-");
  PutOld(play, "bad-old");
  PutOld(play);
  play.Connect();
  play.Settle();
  // Its first state was refused: what follows is still sent.
  const std::string id = play.Start(play.Request(Document("t", 2), {100})).id;
  play.Settle(base::limits::kKdsNackBackoff);
  CHECK(play.Find(id).state == State::kReady);
  CHECK(play.Has(0) == 2);
  CHECK(play.Has(1) == 2);
}

TEST_CASE("a zone that is away gets what its wave says when it comes", "[rollouts]") {
  Three play;
  play.zone(2).Disconnect();
  play.Settle();
  RolloutRequest request = play.Request(Document("t", 2), {Names{"zone-2"}, Names{"zone-0"}});
  SECTION("it is awaited") {
    const std::string id = play.Start(std::move(request)).id;
    play.Settle(absl::Hours(1));
    CHECK(play.Find(id).wave == 1);
    CHECK_FALSE(play.Find(id).arrived_at.has_value());
    CHECK(play.Has(0) == 1);
    play.Connect();
    play.Settle();
    CHECK(play.All() == std::vector<Number>{2, 1, 2});
    CHECK(play.Find(id).state == State::kReady);
  }
  SECTION("or it is not, and still gets it") {
    request.away = resources::RolloutPlan::Away::kSkipped;
    const std::string id = play.Start(std::move(request)).id;
    play.Settle();
    CHECK(play.Find(id).state == State::kReady);
    CHECK(play.All() == std::vector<Number>{2, 1, 1});
    play.Connect();
    play.Settle();
    CHECK(play.All() == std::vector<Number>{2, 1, 2});
  }
}

TEST_CASE("who aborts has the old state everywhere; a pause leaves it", "[rollouts]") {
  Three play;
  RolloutRequest request = play.Request(Document("t", 2), {Names{"zone-0"}, Names{"zone-1"}});
  request.hold = absl::Minutes(1);
  const std::string id = play.Start(std::move(request)).id;
  play.Settle();
  REQUIRE(play.rollouts->Pause(play.scope, id, "paused by somebody").ok());
  play.Settle(absl::Hours(1));
  CHECK(play.All() == std::vector<Number>{2, 1, 1});
  CHECK(play.Find(id).state == State::kPaused);
  CHECK(play.Find(id).reason == "paused by somebody");
  SECTION("and goes on") {
    REQUIRE(play.rollouts->Resume(play.scope, id).ok());
    play.Settle();
    CHECK(play.All() == std::vector<Number>{2, 2, 1});
  }
  SECTION("or is aborted") {
    REQUIRE(play.rollouts->Abort(play.scope, id, "aborted by somebody").ok());
    play.Settle();
    CHECK(play.All() == std::vector<Number>{1, 1, 1});
    CHECK(absl::IsFailedPrecondition(play.rollouts->Resume(play.scope, id).status()));
    // The mesh is free again.
    play.Start(play.Request(Document("t", 3), {100}));
    play.Settle();
    CHECK(play.All() == std::vector<Number>{3, 3, 3});
  }
}

TEST_CASE("what others change meanwhile pauses a rollout, and is not written over", "[rollouts]") {
  Three play;
  RolloutRequest request = play.Request(Document("t", 2), {Names{"zone-0"}, Names{"zone-1"}});
  request.hold = absl::Minutes(1);
  const std::string id = play.Start(std::move(request)).id;
  play.Settle();
  REQUIRE(
      play.env
          .Put(play.scope, "MeshTimeout", "default", "t", kds::testing::Numbered("MeshTimeout", 9))
          .ok());
  play.Settle();
  CHECK(play.Find(id).state == State::kPaused);
  CHECK_THAT(play.Find(id).reason, Catch::Contains("MeshTimeout default/t"));
  CHECK(play.All() == std::vector<Number>{2, 9, 9});
  const auto finished = play.rollouts->Finish(play.scope, id);
  CHECK(absl::IsAborted(finished.status()));
  CHECK(base::TitleOf(finished.status()) == "Conflict");
  CHECK(play.Stored() == 9);
  CHECK(play.Find(id).state == State::kPaused);
  REQUIRE(play.rollouts->Abort(play.scope, id, "").ok());
  play.Settle();
  CHECK(play.All() == std::vector<Number>{9, 9, 9});
}

TEST_CASE("a rollout ends with its mesh", "[rollouts]") {
  PlayedRollout play(1);
  REQUIRE(play.env.Put(play.scope, "Mesh", "", "second").ok());
  play.Connect();
  play.Settle();
  const std::string id = play.Start(play.Request(Document("t", 2, "second"), {Names{"zone-0"}})).id;
  play.Settle();
  CHECK(play.Has(0) == 2);
  REQUIRE(play.env.Delete(play.scope, "Mesh", "", "second").ok());
  play.Settle();
  CHECK(play.Find(id).state == State::kAborted);
  CHECK(play.Has(0) == 0);
}

// Two in each zone, of which the gated policy selects one.
void AddProxies(PlayedRollout& play) {
  for (const std::string zone : {"zone-0", "zone-1"}) {
    for (const std::string app : {"web", "other"}) {
      // As zones tell of their proxies.
      model::Resource proxy;
      proxy.type = TestEnv::registry().core().dataplane->id;
      proxy.key = {"default", app + "-of-" + zone};
      proxy.zone = zone;
      proxy.labels = {{"app", app}};
      proxy.spec = kds::testing::MakeDataplane(proxy.key.name).spec;
      REQUIRE(play.env.store
                  ->Write(play.scope,
                          [&](store::WriteTx& tx) {
                            model::Resource one = proxy;
                            return tx.PutResource(one);
                          })
                  .ok());
    }
  }
}

TEST_CASE("the gate takes back what makes requests fail", "[rollouts]") {
  Three play;
  AddProxies(play);
  RolloutRequest request = play.Request(
      R"({"type":"MeshTimeout","mesh":"default","name":"gated","labels":{"number":"2"},"spec":{)"
      R"("targetRef":{"kind":"Dataplane","labels":{"app":"web"}},)"
      R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"1s"}}]}})",
      {Names{"zone-0"}, Names{"zone-1"}});
  request.hold = absl::Minutes(5);
  request.gate = resources::RolloutGate{.rise_max = 0.01, .requests_min = 100};
  play.proxies.Count(10'000, 100);
  const auto told = [&play] {
    return std::vector<Number>{play.Has(0, "gated"), play.Has(1, "gated"), play.Has(2, "gated")};
  };
  SECTION("as bad as before is good enough") {
    const std::string id = play.Start(std::move(request)).id;
    play.Settle();
    CHECK(told() == std::vector<Number>{2, 0, 0});
    play.proxies.Count(1'000, 15);
    play.Settle(absl::Minutes(5));
    CHECK(told() == std::vector<Number>{2, 2, 0});
    // Only those to which it makes a difference.
    CHECK(play.proxies.asked ==
          Names{"zone-0/web-of-zone-0", "zone-0/web-of-zone-0", "zone-1/web-of-zone-1"});
    play.Settle(absl::Minutes(5));
    CHECK(play.Find(id).state == State::kReady);
  }
  SECTION("worse is not") {
    const std::string id = play.Start(std::move(request)).id;
    play.Settle();
    play.proxies.Count(1'000, 30);
    play.Settle(absl::Minutes(5));
    CHECK(play.Find(id).state == State::kTakenBack);
    CHECK_THAT(play.Find(id).reason, Catch::Contains("3.00 %") && Catch::Contains("30 of 1000") &&
                                         Catch::Contains("1.00 %"));
    CHECK(told() == std::vector<Number>{0, 0, 0});
  }
  SECTION("the process may be killed while it is held") {
    const std::string id = play.Start(std::move(request)).id;
    play.Settle();
    play.Kill();
    play.Begin();
    play.Connect();
    play.proxies.Count(1'000, 30);
    play.Settle(absl::Minutes(5));
    CHECK(play.Find(id).state == State::kTakenBack);
    CHECK(told() == std::vector<Number>{0, 0, 0});
  }
  SECTION("what cannot be measured is somebody's to decide") {
    play.proxies.is_away = true;
    const std::string id = play.Start(std::move(request)).id;
    play.Settle();
    CHECK(play.Find(id).state == State::kPaused);
    CHECK(play.Find(id).wave == 0);
    CHECK_THAT(play.Find(id).reason, Catch::Contains("no proxy of the wave could be asked"));
    CHECK(told() == std::vector<Number>{0, 0, 0});
  }
}

// SKYDEN_ROLLOUT_SEEDS=100 plays so many.
uint32_t Seeds() {
  const char* text = std::getenv("SKYDEN_ROLLOUT_SEEDS");
  const int seeds = text == nullptr ? 0 : std::atoi(text);
  return seeds > 0 ? static_cast<uint32_t>(seeds) : 6;
}

// Whatever was done, and wherever the process was killed: each zone has what the row says.
TEST_CASE("killed at any step, each zone ends with the old or the new, as the state says",
          "[rollouts]") {
  const uint32_t seed = GENERATE(range(1u, 1u + Seeds()));
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&random](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(random);
  };
  PlayedRollout play(4);
  PutOld(play);
  play.Connect();
  play.Settle();
  RolloutRequest request =
      play.Request(Document("t", 2), {Names{"zone-0"}, Names{"zone-1", "zone-2"}});
  if (below(2) == 0) request.hold = absl::Seconds(1);
  if (below(2) == 0) request.end = resources::RolloutPlan::End::kByItself;
  if (below(3) == 0) request.away = resources::RolloutPlan::Away::kSkipped;
  const std::string id = play.Start(std::move(request)).id;
  int kills = 0;
  for (int step = 0; step < 40; ++step) {
    kds::testing::PlayedZone& zone = play.zone(below(4));
    switch (below(12)) {
      case 0:
      case 1:
        ++kills;
        play.Kill();
        play.Begin();
        break;
      case 2:
        zone.Disconnect();
        break;
      case 3:
        play.Connect();
        break;
      case 4:
        if (below(4) == 0) play.rollouts->Pause(play.scope, id, "").IgnoreError();
        break;
      case 5:
        play.rollouts->Resume(play.scope, id).IgnoreError();
        break;
      case 6:
        if (below(8) == 0) play.rollouts->Abort(play.scope, id, "").IgnoreError();
        if (below(8) == 0) play.rollouts->Finish(play.scope, id).IgnoreError();
        break;
      case 7:
        play.Run(zone);
        break;
      case 8:
        zone.Deliver();
        zone.Take();
        break;
      default:
        play.Pass(absl::Milliseconds(1 + below(400)));
    }
  }
  play.Connect();
  play.Settle(absl::Seconds(2));
  const Rollout now = play.Find(id);
  INFO(store::NameOf(now.state) << " wave " << now.wave << " after " << kills << " kills");
  for (size_t i = 0; i < 4; ++i) {
    INFO("zone " << i);
    const bool is_told = now.state == State::kFinished ||
                         (now.IsLive() && now.IsReleasedTo("zone-" + std::to_string(i)));
    CHECK(play.Has(i) == (is_told ? 2 : 1));
  }
  CHECK(play.Stored() == (now.state == State::kFinished ? 2 : 1));
  // All zones are there, so nothing but somebody keeps it from its end.
  if (now.state == State::kRunning) CHECK(now.wave == 99);
}

}  // namespace
}  // namespace skyden::rollouts::testing
