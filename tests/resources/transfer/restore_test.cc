// SPDX-License-Identifier: Apache-2.0
// Going back to what people wrote, and copies of it, in random walks.
#include <catch2/catch.hpp>
#include <random>

#include "absl/synchronization/notification.h"
#include "fmt/format.h"
#include "skyden/base/gone.h"
#include "skyden/base/status.h"
#include "skyden/resources/history.h"
#include "tests/resources/transfer/importing.h"

namespace skyden::resources {
namespace {

using testing::Count;
using testing::ImportInto;
using testing::ManagerEnv;
using Outcome = ImportLine::Outcome;

absl::StatusOr<ImportResult> Restore(ManagerEnv& env, RestoreRequest request) {
  absl::StatusOr<ImportResult> result = absl::UnknownError("not called");
  absl::Notification done;
  env.manager.RestoreAsync(env.scope, std::move(request), [&](absl::StatusOr<ImportAnswer> answer) {
    if (answer.ok()) {
      result = answer->Take();
    } else {
      result = answer.status();
    }
    done.Notify();
  });
  done.WaitForNotification();
  return result;
}

model::Revision RevisionOf(ManagerEnv& env) {
  model::Revision revision = 0;
  REQUIRE(env.store
              ->Read(env.scope,
                     [&](store::ReadTx& tx) -> absl::Status {
                       const auto found = tx.CurrentRevision();
                       if (found.ok()) revision = *found;
                       return found.status();
                     })
              .ok());
  return revision;
}

// What people wrote, without when it was written last.
std::map<std::string, std::string> StateOf(ManagerEnv& env) {
  std::map<std::string, std::string> state;
  REQUIRE(env.store
              ->Read(env.scope,
                     [&](store::ReadTx& tx) -> absl::Status {
                       state.clear();
                       for (const model::TypeDescriptor& type : store::testing::Registry().all()) {
                         if (type.ReadOnlyAtGlobal() || type.path.empty()) continue;
                         const auto all = tx.ListResources(type.id, std::nullopt);
                         if (!all.ok()) return all.status();
                         for (const model::Resource& one : *all) {
                           const std::string name =
                               fmt::format("{} {}/{}", type.name, one.key.mesh, one.key.name);
                           if (name.find("-token-signing-key-") != std::string::npos) continue;
                           state[name] = one.spec;
                         }
                       }
                       return absl::OkStatus();
                     })
              .ok());
  return state;
}

void Walk(ManagerEnv& env, std::mt19937_64& random, int steps) {
  const auto below = [&random](uint64_t n) { return random() % n; };
  for (int i = 0; i < steps; ++i) {
    const std::string mesh = below(2) == 0 ? "default" : "m2";
    std::string yaml;
    if (below(6) == 0) {
      yaml = fmt::format("type: Mesh\nname: m2\n{}", below(2) == 0 ? "delete: true\n" : "");
    } else if (below(3) == 0) {
      yaml = fmt::format("type: MeshTimeout\nmesh: {}\nname: t{}\ndelete: true\n", mesh, below(5));
    } else if (below(4) == 0) {
      yaml = fmt::format("type: Secret\nmesh: {}\nname: s{}\ndata: {}\n", mesh, below(2),
                         below(2) == 0 ? "b25l" : "dHdv");
    } else {
      yaml = fmt::format("type: MeshTimeout\nmesh: {}\nname: t{}\nspec: {}\n", mesh, below(5),
                         testing::TimeoutJson(fmt::format("{}s", 1 + below(9))));
    }
    // What is refused (a mesh that is not there) changes nothing.
    ImportInto(env, env.scope, yaml).status().IgnoreError();
  }
}

TEST_CASE("what was of another version of Kuma is not taken back into a control plane of 3",
          "[resources][history]") {
  ManagerEnv env;
  const auto write = [&](const std::string& spec) {
    const std::string document =
        fmt::format("type: MeshTimeout\nmesh: default\nname: t\nspec: {}\n", spec);
    REQUIRE(ImportInto(env, env.scope, document).ok());
    return RevisionOf(env);
  };
  const std::string to = R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"1s"}}])";
  const model::Revision of_two =
      write(R"({"targetRef":{"kind":"Mesh","proxyTypes":["Gateway"]},)" + to + "}");
  const model::Revision of_both = write("{" + to + "}");
  write(R"({"targetRef":{"kind":"Mesh"},)" + to + "}");
  const PastFilter one{store::testing::Registry().FindByName("MeshTimeout"), "default", "t"};
  env.scope =
      model::SystemScope::For("test").In(env.scope.organization(), env.scope.tenant(),
                                         env.scope.control_plane(), model::KumaVersion::kThree);
  const auto before = StateOf(env);
  const auto refused = Restore(env, {.revision = of_two, .of = one});
  CHECK(absl::IsInvalidArgument(refused.status()));
  REQUIRE(base::ViolationsOf(refused.status()).size() == 1);
  CHECK(base::ViolationsOf(refused.status())[0].field == "MeshTimeout default/t");
  CHECK(StateOf(env) == before);
  const auto taken_back = Restore(env, {.revision = of_both, .of = one});
  INFO(taken_back.status());
  CHECK(taken_back.ok());
}

TEST_CASE("everything is taken back to any of many revisions", "[resources][history]") {
  ManagerEnv env;
  std::mt19937_64 random(4711);
  std::map<model::Revision, std::map<std::string, std::string>> states;
  for (int i = 0; i < 6; ++i) {
    Walk(env, random, 6);
    states[RevisionOf(env)] = StateOf(env);
  }
  for (const auto& [revision, state] : states) {
    INFO("revision " << revision);
    const auto before = StateOf(env);
    RestoreRequest tried{.revision = revision, .of = {}, .mode = ImportMode::kDryRun};
    const auto dry = Restore(env, tried);
    INFO(dry.status());
    REQUIRE(dry.ok());
    CHECK(StateOf(env) == before);
    const auto done = Restore(env, {.revision = revision, .of = {}});
    INFO(done.status());
    REQUIRE(done.ok());
    CHECK(StateOf(env) == state);
    for (const Outcome outcome : {Outcome::kCreated, Outcome::kUpdated, Outcome::kDeleted}) {
      CHECK(Count(*dry, outcome) == Count(*done, outcome));
    }
    const model::Revision after = RevisionOf(env);
    REQUIRE(Restore(env, {.revision = revision, .of = {}}).ok());
    CHECK(RevisionOf(env) == after);
  }
}

TEST_CASE("what cannot be taken back is refused", "[resources][history]") {
  ManagerEnv env;
  REQUIRE(ImportInto(env, env.scope, testing::Timeout("default", "t")).ok());
  const model::Revision now = RevisionOf(env);
  const auto* timeout = store::testing::Registry().FindByName("MeshTimeout");
  const auto* dataplane = store::testing::Registry().FindByName("Dataplane");
  CHECK(absl::IsInvalidArgument(Restore(env, {.revision = now + 1, .of = {}}).status()));
  CHECK(absl::IsNotFound(
      Restore(env, {.revision = now, .of = {timeout, "default", "none"}}).status()));
  CHECK(absl::IsInvalidArgument(
      Restore(env, {.revision = now, .of = {dataplane, "default", "d"}}).status()));
  REQUIRE(env.store
              ->Write(env.scope,
                      [](store::WriteTx& tx) {
                        return tx.PruneHistory(absl::InfiniteFuture()).status();
                      })
              .ok());
  const auto gone = Restore(env, {.revision = now - 1, .of = {}});
  CHECK(base::IsGone(gone.status()));
}

}  // namespace
}  // namespace skyden::resources
