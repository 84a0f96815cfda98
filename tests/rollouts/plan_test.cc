// SPDX-License-Identifier: Apache-2.0
// What a rollout is refused for. Nothing is there afterwards.
#include <catch2/catch.hpp>

#include "fmt/format.h"
#include "skyden/base/limits_rollouts.h"
#include "skyden/base/status.h"
#include "tests/rollouts/played_rollout.h"

namespace skyden::rollouts::testing {
namespace {

using Names = std::vector<std::string>;

// All that is wrong, or the message.
std::string WhyNot(PlayedRollout& play, std::string body, std::vector<RolloutWave> waves) {
  const auto started =
      play.rollouts->Start(play.scope, play.Request(std::move(body), std::move(waves)));
  CHECK(absl::IsInvalidArgument(started.status()));
  std::string text(started.status().message().data(), started.status().message().size());
  for (const base::FieldViolation& violation : base::ViolationsOf(started.status())) {
    text += fmt::format("; {}: {}", violation.field, violation.reason);
  }
  return text;
}

TEST_CASE("nonsense is refused, and nothing begins", "[rollouts]") {
  PlayedRollout play(2);
  const model::TenantScope other = play.env.NewControlPlane("other");
  play.env.Provision(other, "foreign");
  const std::string good = Document("t", 2);
  struct Case {
    std::string body;
    std::vector<RolloutWave> waves;
    std::string says;
  };
  const std::vector<Case> cases = {
      {good, {}, "waves: must name one"},
      {good, {Names{"foreign"}}, "there is no zone called \"foreign\""},
      {good, {Names{"zone-9"}}, "there is no zone called \"zone-9\""},
      {good, {Names{"zone-0"}, Names{"zone-0"}}, "waves[1]: zone \"zone-0\" comes twice"},
      {good, {100, Names{"zone-0"}}, "comes twice"},
      {good, {100, 100}, "waves[1]: has no zone"},
      {"", {100}, "there is no resource in it"},
      {"type: MeshTimeout\nname: [", {100}, "line"},
      {R"({"type":"MeshNonsense","mesh":"default","name":"t"})", {100}, "is no type of resource"},
      {R"({"type":"MeshTimeout","mesh":"default","name":"t","spec":{"to":[{}]}})", {100}, "spec"},
      {R"({"type":"MeshTimeout","mesh":"none","name":"t","spec":{}})", {100}, "none"},
      {R"({"type":"Secret","mesh":"default","name":"s","data":"aGk="})", {100}, "secrets are not"},
      {R"({"type":"Mesh","name":"new"})", {100}, "only what is in a mesh"},
      {R"({"type":"MeshTimeout","name":"none","delete":true})", {100}, "change nothing"},
  };
  for (const Case& each : cases) {
    INFO(each.body);
    CHECK_THAT(WhyNot(play, each.body, each.waves), Catch::Contains(each.says));
  }
  CHECK(play.rollouts->List(play.scope)->empty());
}

TEST_CASE("a rollout is bounded, and counted before it is looked at", "[rollouts]") {
  PlayedRollout play(1);
  std::string many;
  for (size_t i = 0; i <= base::limits::kRolloutDocuments; ++i) {
    many += Document(fmt::format("t{}", i), 1) + "\n---\n";
  }
  CHECK_THAT(WhyNot(play, many, {100}), Catch::Contains("there are 501 documents: 500 at most"));
  std::string large = many;
  while (large.size() <= base::limits::kRolloutBytes) large += many;
  CHECK_THAT(WhyNot(play, large, {100}), Catch::Contains("bytes: "));
  CHECK_THAT(WhyNot(play, Document("t", 1), std::vector<RolloutWave>(101, RolloutWave(100))),
             Catch::Contains("must be 100 at most"));
}

TEST_CASE("a mesh has one at a time, and each is its control plane's", "[rollouts]") {
  PlayedRollout play(1);
  REQUIRE(play.env.Put(play.scope, "Mesh", "", "second").ok());
  const std::string id = play.Start(play.Request(Document("t", 2), {100})).id;
  const auto another =
      play.rollouts->Start(play.scope, play.Request(Document("u", 2), {RolloutWave(100)}));
  CHECK(absl::IsAlreadyExists(another.status()));
  play.Start(play.Request(Document("u", 2, "second"), {100}));
  CHECK(play.rollouts->List(play.scope)->size() == 2);

  const model::TenantScope other = play.env.NewControlPlane("other");
  CHECK(play.rollouts->List(other)->empty());
  const absl::Status theirs = play.rollouts->Find(other, id).status();
  CHECK(absl::IsNotFound(theirs));
  CHECK(theirs == play.rollouts->Find(other, "nothing").status());
  CHECK(absl::IsNotFound(play.rollouts->Abort(other, id, "").status()));
  CHECK(absl::IsNotFound(play.rollouts->Finish(other, id).status()));
  CHECK(play.Find(id).IsLive());
}

TEST_CASE("of rollouts that are over the last are kept", "[rollouts]") {
  PlayedRollout play(1);
  std::string last;
  for (size_t i = 0; i < base::limits::kRolloutsKept + 3; ++i) {
    last = play.Start(play.Request(Document("t", 2), {100})).id;
    REQUIRE(play.rollouts->Abort(play.scope, last, "").ok());
  }
  const auto all = play.rollouts->List(play.scope);
  REQUIRE(all.ok());
  CHECK(all->size() == base::limits::kRolloutsKept);
}

TEST_CASE("what is begun on a condition is not when something changed", "[rollouts]") {
  PlayedRollout play(1);
  RolloutRequest request = play.Request(Document("t", 2), {100});
  request.if_revision = 1;
  REQUIRE(
      play.env
          .Put(play.scope, "MeshTimeout", "default", "u", kds::testing::Numbered("MeshTimeout", 1))
          .ok());
  const auto started = play.rollouts->Start(play.scope, std::move(request));
  CHECK(absl::IsAborted(started.status()));
  CHECK(play.rollouts->List(play.scope)->empty());
}

}  // namespace
}  // namespace skyden::rollouts::testing
