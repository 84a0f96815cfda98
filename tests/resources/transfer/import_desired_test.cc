// SPDX-License-Identifier: Apache-2.0
// Imports that say what people want: whose it is, and what of theirs has no document.
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "skyden/model/kuma_labels.h"
#include "skyden/resources/transfer.h"
#include "tests/resources/transfer/importing.h"

namespace skyden::resources::testing {
namespace {

using Catch::Matchers::Contains;
using Foreign = DesiredState::Foreign;
using Rest = DesiredState::Rest;
using Lines = std::vector<std::string>;

DesiredState Of(const std::string& owner, Rest rest = Rest::kStays) {
  DesiredState desired;
  desired.owner = owner;
  desired.rest = rest;
  return desired;
}

std::string OwnerOf(ManagerEnv& env, const std::string& mesh, const std::string& name) {
  const auto found = env.Get("MeshTimeout", mesh, name);
  if (!found.ok()) return "not there";
  return std::string(model::LabelOf(found->labels, kOwnerLabel));
}

constexpr char kMesh[] = "---\ntype: Mesh\nname: pay\n";

TEST_CASE("a sync labels what it writes, and the second one changes nothing",
          "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(env.Put("MeshTimeout", "default", "by-hand", TimeoutSpec()).ok());
  const std::string folder = kMesh + Timeout("pay", "a") + Timeout("default", "by-hand") +
                             "---\ntype: Secret\nmesh: pay\nname: s\ndata: aGVsbG8=\n";
  const auto first = ImportInto(env, env.scope, folder, ImportMode::kApply, Of("x"));
  INFO(first.status());
  REQUIRE(first.ok());
  CHECK(Told(*first) == Lines{"created Mesh /pay", "created MeshTimeout pay/a",
                              "updated MeshTimeout default/by-hand", "created Secret pay/s"});
  CHECK(OwnerOf(env, "pay", "a") == "x");
  CHECK(OwnerOf(env, "default", "by-hand") == "x");
  const model::Revision revision = env.Get("MeshTimeout", "pay", "a")->revision;
  env.fake_clock.Advance(absl::Hours(1));
  for (const Rest rest : {Rest::kStays, Rest::kIsDeleted}) {
    const auto again = ImportInto(env, env.scope, folder, ImportMode::kApply, Of("x", rest));
    INFO(again.status());
    REQUIRE(again.ok());
    CHECK(Count(*again, ImportLine::Outcome::kUnchanged) == again->lines.size());
  }
  CHECK(env.Get("MeshTimeout", "pay", "a")->revision == revision);
}

TEST_CASE("what once was is no wish: times, status, what zones made", "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(env.Put("MeshTimeout", "default", "a", TimeoutSpec()).ok());
  const absl::Time made = env.Get("MeshTimeout", "default", "a")->creation_time;
  const std::string times =
      "creationTime: \"2020-01-02T03:04:05Z\"\nmodificationTime: \"2020-01-02T03:04:05Z\"\n";
  const std::string of_zone = "labels: {kuma.io/origin: zone, kuma.io/zone: east}\n";
  const auto done =
      ImportInto(env, env.scope, Timeout("default", "a", times) + Timeout("default", "z", of_zone),
                 ImportMode::kApply, DesiredState{});
  REQUIRE(done.ok());
  CHECK(Told(*done) ==
        Lines{"unchanged MeshTimeout default/a", "skipped MeshTimeout default/z (a zone made it)"});
  CHECK(env.Get("MeshTimeout", "default", "a")->creation_time == made);
  CHECK(OwnerOf(env, "default", "z") == "not there");
}

TEST_CASE("who does not say whose it is leaves it to its owner", "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(ImportInto(env, env.scope, Timeout("default", "a"), ImportMode::kApply, Of("x")).ok());
  const auto same =
      ImportInto(env, env.scope, Timeout("default", "a"), ImportMode::kApply, DesiredState{});
  REQUIRE(same.ok());
  CHECK(Told(*same) == Lines{"unchanged MeshTimeout default/a"});
  CHECK(OwnerOf(env, "default", "a") == "x");
  // As it was: the label goes.
  REQUIRE(ImportInto(env, env.scope, Timeout("default", "a")).ok());
  CHECK(OwnerOf(env, "default", "a").empty());
}

TEST_CASE("what another owner keeps is taken over only when asked to", "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(ImportInto(env, env.scope, Timeout("default", "a"), ImportMode::kApply, Of("x")).ok());
  const auto refused =
      ImportInto(env, env.scope, Timeout("default", "a"), ImportMode::kApply, Of("y"));
  REQUIRE(absl::IsInvalidArgument(refused.status()));
  CHECK(Reasons(refused.status()) ==
        Lines{"document 1, MeshTimeout default/a: labels[\"skyden/owner\"]: \"x\" keeps it; only "
              "when asked to does \"y\" take it over"});
  DesiredState takes = Of("y");
  takes.foreign = Foreign::kTakenOver;
  REQUIRE(ImportInto(env, env.scope, Timeout("default", "a"), ImportMode::kApply, takes).ok());
  CHECK(OwnerOf(env, "default", "a") == "y");
}

TEST_CASE("a prune touches the owner's alone", "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(env.Put("MeshTimeout", "default", "by-hand", TimeoutSpec()).ok());
  const std::string stays = Timeout("default", "stays");
  const std::string team = "labels: {team: a}\n";
  REQUIRE(ImportInto(env, env.scope,
                     kMesh + stays + Timeout("pay", "goes") + Timeout("default", "goes", team),
                     ImportMode::kApply, Of("x"))
              .ok());
  REQUIRE(ImportInto(env, env.scope, Timeout("default", "of-y"), ImportMode::kApply, Of("y")).ok());
  DesiredState of_team = Of("x", Rest::kIsDeleted);
  of_team.rest_labels = {{"team", "a"}};
  const auto some = ImportInto(env, env.scope, stays, ImportMode::kDryRun, of_team);
  REQUIRE(some.ok());
  CHECK(Told(*some) ==
        Lines{"unchanged MeshTimeout default/stays", "deleted MeshTimeout default/goes"});
  // The mesh goes as well, with what came with it.
  const auto all = ImportInto(env, env.scope, stays, ImportMode::kApply, Of("x", Rest::kIsDeleted));
  INFO(all.status());
  REQUIRE(all.ok());
  CHECK(Told(*all) == Lines{"unchanged MeshTimeout default/stays",
                            "deleted MeshTimeout default/goes", "deleted MeshTimeout pay/goes",
                            "deleted Mesh /pay (with 4 resources in it)"});
  for (const char* name : {"by-hand", "of-y", "stays"}) {
    CHECK(env.Get("MeshTimeout", "default", name).ok());
  }
}

TEST_CASE("a mesh with something of others in it is not pruned", "[resources][transfer]") {
  ManagerEnv env;
  const std::string stays = Timeout("default", "stays");
  REQUIRE(ImportInto(env, env.scope, kMesh + stays, ImportMode::kApply, Of("x")).ok());
  SECTION("by hand") {
    REQUIRE(env.Put("MeshTimeout", "pay", "by-hand", TimeoutSpec()).ok());
    const auto refused =
        ImportInto(env, env.scope, stays, ImportMode::kApply, Of("x", Rest::kIsDeleted));
    REQUIRE(absl::IsInvalidArgument(refused.status()));
    CHECK(Reasons(refused.status()) ==
          Lines{"no document, Mesh pay: has no document and would be deleted, but 1 resource in it "
                "is not of \"x\": MeshTimeout by-hand, for one"});
  }
  SECTION("of a zone") {
    env.PutFromZone("Dataplane", "pay", "dp", "east");
    const auto refused =
        ImportInto(env, env.scope, stays, ImportMode::kApply, Of("x", Rest::kIsDeleted));
    CHECK_THAT(Reasons(refused.status()).front(), Contains("Dataplane dp, for one"));
  }
  SECTION("of a document") {
    const auto refused = ImportInto(env, env.scope, stays + Timeout("pay", "new"),
                                    ImportMode::kApply, Of("x", Rest::kIsDeleted));
    CHECK(Reasons(refused.status()) ==
          Lines{"document 2, MeshTimeout pay/new: its mesh has no document any more, and would be "
                "deleted"});
  }
  CHECK(env.Get("Mesh", "", "pay").ok());
}

TEST_CASE("what is another owner's by the time of the writing is not pruned",
          "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(ImportInto(env, env.scope, Timeout("default", "a") + Timeout("default", "b"),
                     ImportMode::kApply, Of("x"))
              .ok());
  const Defaults defaults(store::testing::Registry(), Codec());
  const DesiredState desired = Of("x", Rest::kIsDeleted);
  const auto owned = ListOwned(env.views, env.scope, store::testing::Registry(), defaults, desired);
  REQUIRE(owned.ok());
  Stepwise steps(env, Timeout("default", "new"), desired, *owned);
  steps.Foresee();
  DesiredState takes = Of("y");
  takes.foreign = Foreign::kTakenOver;
  REQUIRE(ImportInto(env, env.scope, Timeout("default", "a"), ImportMode::kApply, takes).ok());
  steps.Write();
  CHECK(Told(TakeLines(steps.import)) ==
        Lines{"created MeshTimeout default/new",
              "skipped MeshTimeout default/a (it is another owner's by now)",
              "deleted MeshTimeout default/b"});
  CHECK(OwnerOf(env, "default", "a") == "y");
}

}  // namespace
}  // namespace skyden::resources::testing
