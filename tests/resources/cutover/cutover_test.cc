// SPDX-License-Identifier: Apache-2.0
// A control plane becomes one of Kuma 3 and goes back: all of it, or nothing.
#include <algorithm>
#include <string>
#include <vector>

#include "skyden/base/gone.h"
#include "skyden/base/status.h"
#include "tests/resources/cutover/cutting.h"

namespace skyden::resources {
namespace {

using model::KumaVersion;
using testing::CuttingEnv;
using testing::DeletionOf;
using testing::TimeoutOf;
using Later = ReturnRequest::Later;

// "created MeshTimeout default/t"
std::vector<std::string> Told(const Cutover& cutover) {
  std::vector<std::string> told;
  for (const ImportLine& line : cutover.lines) {
    const char* what = line.outcome == ImportLine::Outcome::kCreated   ? "created "
                       : line.outcome == ImportLine::Outcome::kUpdated ? "updated "
                                                                       : "deleted ";
    told.push_back(what + line.type->name + " " + line.key.mesh + "/" + line.key.name);
  }
  std::sort(told.begin(), told.end());
  return told;
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : base::ViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

// With a policy that is changed, one that goes and one that comes.
struct Played : CuttingEnv {
  Played() {
    REQUIRE(PutBody("MeshTimeout", {"default", "stays"}, TimeoutOf("stays", "1s")).ok());
    REQUIRE(PutBody("MeshTimeout", {"default", "turns"}, TimeoutOf("turns", "2s")).ok());
    REQUIRE(PutBody("MeshTimeout", {"default", "goes"}, TimeoutOf("goes", "3s")).ok());
    clock_ticks();
  }
  void clock_ticks() { fake_clock.Advance(absl::Minutes(1)); }

  const std::vector<std::string> documents = {TimeoutOf("turns", "2s", "rules"),
                                              TimeoutOf("turns-outbound", "2s"),
                                              DeletionOf("MeshTimeout", "goes")};
  absl::StatusOr<Cutover> Turn(ImportMode mode = ImportMode::kApply) {
    return Upgrade(documents, mode);
  }
};

TEST_CASE("an upgrade writes, changes the version and is told in one revision", "[cutover]") {
  Played env;
  const model::Revision before = env.Revision();
  const auto done = env.Turn();
  INFO(done.status());
  REQUIRE(done.ok());
  CHECK(Told(*done) == std::vector<std::string>{"created MeshTimeout default/turns-outbound",
                                                "deleted MeshTimeout default/goes",
                                                "updated MeshTimeout default/turns"});
  CHECK(done->from == KumaVersion::kTwo);
  CHECK(done->to == KumaVersion::kThree);
  CHECK(done->before == before);
  CHECK(done->after == before + 1);
  CHECK(env.Revision() == before + 1);
  CHECK(env.Version() == KumaVersion::kThree);
  CHECK(env.Admin().version() == KumaVersion::kThree);
  const auto actions = env.Actions();
  CHECK(std::count(actions.begin(), actions.end(), "control_plane.upgrade") == 1);
  CHECK(std::count(actions.begin(), actions.end(), "resource.delete") == 1);
  // As Kuma 3 labels what is written.
  const auto turned = env.Get("MeshTimeout", "default", "turns");
  REQUIRE(turned.ok());
  CHECK(turned->labels.at("kuma.io/display-name") == "turns");
}

TEST_CASE("what is only tried changes nothing", "[cutover]") {
  Played env;
  const std::string exported = env.Exported();
  const model::Revision before = env.Revision();
  const auto actions = env.Actions().size();
  const auto tried = env.Turn(ImportMode::kDryRun);
  INFO(tried.status());
  REQUIRE(tried.ok());
  CHECK(Told(*tried).size() == 3);
  CHECK(env.Revision() == before);
  CHECK(env.Version() == KumaVersion::kTwo);
  CHECK(env.Exported() == exported);
  CHECK(env.Actions().size() == actions);

  REQUIRE(env.Turn().ok());
  const std::string upgraded = env.Exported();
  const auto back = env.Return({.mode = ImportMode::kDryRun});
  INFO(back.status());
  REQUIRE(back.ok());
  CHECK(Told(*back).size() == 3);
  CHECK(env.Version() == KumaVersion::kThree);
  CHECK(env.Exported() == upgraded);
}

TEST_CASE("there and back again is the same, to the byte", "[cutover]") {
  Played env;
  const std::string exported = env.Exported();
  REQUIRE(env.Turn().ok());
  CHECK(env.Exported() != exported);
  env.clock_ticks();
  const auto back = env.Return();
  INFO(back.status());
  REQUIRE(back.ok());
  CHECK(Told(*back) == std::vector<std::string>{"created MeshTimeout default/goes",
                                                "deleted MeshTimeout default/turns-outbound",
                                                "updated MeshTimeout default/turns"});
  CHECK(env.Version() == KumaVersion::kTwo);
  CHECK(env.Exported() == exported);
  CHECK(env.Actions().front() != "change.unnamed");
  // And once more.
  REQUIRE(env.Turn().ok());
  REQUIRE(env.Return().ok());
  CHECK(env.Exported() == exported);
}

TEST_CASE("an upgrade that has nothing to write can be taken back, too", "[cutover]") {
  CuttingEnv env;
  const std::string exported = env.Exported();
  const auto done = env.Upgrade({});
  INFO(done.status());
  REQUIRE(done.ok());
  CHECK(done->before == done->after);
  CHECK(env.Version() == KumaVersion::kThree);
  REQUIRE(env.Return().ok());
  CHECK(env.Version() == KumaVersion::kTwo);
  CHECK(env.Exported() == exported);
}

TEST_CASE("what was written since is named, and goes only when somebody says so", "[cutover]") {
  Played env;
  const std::string exported = env.Exported();
  REQUIRE(env.Turn().ok());
  env.scope = env.Admin();
  const auto put = [&](const char* name, const std::string& body) {
    REQUIRE(env.PutBody("MeshTimeout", {"default", name}, body).ok());
  };
  put("later", TimeoutOf("later", "9s"));
  put("turns", TimeoutOf("turns", "9s", "rules"));
  put("stays", TimeoutOf("stays", "9s"));
  put("stays", TimeoutOf("stays", "1s"));  // as it was: but labelled as Kuma 3 does
  REQUIRE(env.Delete("MeshTimeout", "default", "turns-outbound").ok());
  REQUIRE(env.Put("Mesh", "", "other").ok());
  REQUIRE(env.Put("Secret", "default", "mine", R"("data":"eA==")").ok());
  const std::string before = env.Exported();

  const auto refused = env.Return();
  CHECK(absl::IsFailedPrecondition(refused.status()));
  CHECK(FieldsOf(refused.status()) ==
        std::vector<std::string>{"Mesh other", "MeshTimeout default/later",
                                 "MeshTimeout default/stays", "MeshTimeout default/turns",
                                 "MeshTimeout default/turns-outbound", "Secret default/mine"});
  CHECK(env.Exported() == before);
  CHECK(env.Version() == KumaVersion::kThree);

  const auto done = env.Return({.later = Later::kIsDiscarded});
  INFO(done.status());
  REQUIRE(done.ok());
  env.scope = env.Admin();
  CHECK(env.Version() == KumaVersion::kTwo);
  CHECK(env.Exported() == exported);
}

TEST_CASE("a mesh that went since comes back with all that was in it", "[cutover]") {
  Played env;
  REQUIRE(env.Put("Mesh", "", "gone").ok());
  REQUIRE(env.Put("Secret", "gone", "mine", R"("data":"eA==")").ok());
  const std::string exported = env.Exported();
  REQUIRE(env.Turn().ok());
  env.scope = env.Admin();
  REQUIRE(env.Delete("Mesh", "", "gone").ok());
  CHECK(absl::IsFailedPrecondition(env.Return().status()));
  const auto back = env.Return({.later = Later::kIsDiscarded});
  INFO(back.status());
  REQUIRE(back.ok());
  env.scope = env.Admin();
  // But for the key that signs its dataplanes' tokens: that is another.
  const auto without_keys = [](std::string text) {
    for (size_t at = 0; (at = text.find("data: ", at)) != std::string::npos; ++at) {
      text.erase(at, text.find('\n', at) - at);
    }
    return text;
  };
  CHECK(without_keys(env.Exported()).size() == without_keys(exported).size());
  CHECK(env.Get("Secret", "gone", "mine").ok());
}

TEST_CASE("what Kuma 3 does not take is named, and nothing is stored", "[cutover]") {
  Played env;
  const std::string exported = env.Exported();
  const auto refused = env.Upgrade(
      {TimeoutOf("turns", "2s", "rules"),
       R"({"type":"MeshTimeout","mesh":"default","name":"empty","spec":{}})",
       R"({"type":"Timeout","mesh":"default","name":"old","sources":[],"destinations":[]})"});
  CHECK(absl::IsFailedPrecondition(refused.status()));
  const auto fields = FieldsOf(refused.status());
  REQUIRE(fields.size() == 2);
  CHECK(fields[0].starts_with("MeshTimeout default/empty"));
  CHECK(fields[1].starts_with("Timeout default/old"));
  CHECK(env.Exported() == exported);
  CHECK(env.Version() == KumaVersion::kTwo);
}

TEST_CASE("an upgrade over something that changed is none", "[cutover]") {
  Played env;
  const model::Revision looked_at = env.Revision();
  REQUIRE(env.PutBody("MeshTimeout", {"default", "new"}, TimeoutOf("new", "1s")).ok());
  const auto refused = env.UpgradeOver(looked_at, env.documents);
  CHECK(absl::IsAborted(refused.status()));
  CHECK(std::string(refused.status().message()).find("MeshTimeout default/new") !=
        std::string::npos);
  CHECK(env.Version() == KumaVersion::kTwo);
  // What zones tell does not count.
  const model::Revision again = env.Revision();
  env.PutFromZone("Dataplane", "default", "p", "zone-1");
  CHECK(env.UpgradeOver(again, env.documents).ok());
}

TEST_CASE("nobody upgrades while changes are released zone by zone", "[cutover]") {
  Played env;
  const auto put = [&](store::RolloutRecord::State state) {
    store::RolloutRecord record;
    record.id = store::testing::Uuid(7);
    record.mesh = "default";
    record.state = state;
    record.created_at = env.clock.Now();
    record.plan = "plan";
    const auto written =
        env.store->Write(env.scope, [&](store::WriteTx& tx) { return tx.PutRollout(record, {}); });
    REQUIRE(written.ok());
  };
  put(store::RolloutRecord::State::kPaused);
  const auto refused = env.Turn();
  CHECK(absl::IsFailedPrecondition(refused.status()));
  CHECK(FieldsOf(refused.status()) ==
        std::vector<std::string>{"rollout " + store::testing::Uuid(7)});
  CHECK(env.Version() == KumaVersion::kTwo);
  put(store::RolloutRecord::State::kAborted);
  CHECK(env.Turn().ok());
  put(store::RolloutRecord::State::kReady);
  CHECK(absl::IsFailedPrecondition(env.Return().status()));
  put(store::RolloutRecord::State::kFinished);
  CHECK(env.Return().ok());
}

TEST_CASE("either way is there once", "[cutover]") {
  Played env;
  CHECK(absl::IsFailedPrecondition(env.Return().status()));
  REQUIRE(env.Turn().ok());
  CHECK(absl::IsFailedPrecondition(env.Turn().status()));
  REQUIRE(env.Return().ok());
  CHECK(absl::IsFailedPrecondition(env.Return().status()));
}

TEST_CASE("the way back ends where the history does", "[cutover]") {
  Played env;
  REQUIRE(env.Turn().ok());
  const auto pruned = env.store->Write(env.scope, [&](store::WriteTx& tx) {
    return tx.PruneHistory(absl::FromUnixSeconds(4'000'000'000)).status();
  });
  REQUIRE(pruned.ok());
  const auto refused = env.Return();
  INFO(refused.status());
  CHECK(base::IsGone(refused.status()));
  CHECK(env.Version() == KumaVersion::kThree);
}

TEST_CASE("a control plane that was made of Kuma 3 has no way back", "[cutover]") {
  CuttingEnv env;
  env.scope = static_cast<TestEnv&>(env).NewControlPlane("three", KumaVersion::kThree);
  const auto refused = env.Return();
  INFO(refused.status());
  CHECK(base::IsGone(refused.status()));
}

TEST_CASE("whoever does not manage a control plane does not upgrade it", "[cutover]") {
  Played env;
  const model::TenantScope viewer = env.As(model::Role::kViewer);
  const CutoverDeps deps{*env.store, env.registry(), env.codec(), env.clock};
  const model::OrganizationScope owner = env.owner();
  CHECK(absl::IsPermissionDenied(
      UpgradeControlPlane(deps, {owner, viewer}, {{}, env.Revision()}).status()));
  CHECK(absl::IsPermissionDenied(ReturnControlPlane(deps, {owner, viewer}, {}).status()));
}

TEST_CASE("a control plane of Kuma 3 has no ServiceInsights", "[cutover]") {
  Played env;
  model::Resource insight;
  insight.type = env.registry().core().service_insight->id;
  insight.key = {"default", "all-services-default"};
  env.Store(insight);
  CHECK(env.NamesOf("ServiceInsight").size() == 1);
  REQUIRE(env.Turn().ok());
  CHECK(env.NamesOf("ServiceInsight").empty());
}

}  // namespace
}  // namespace skyden::resources
