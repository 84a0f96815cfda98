// SPDX-License-Identifier: Apache-2.0
#include "resources/transfer/import.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "skyden/resources/transfer.h"
#include "tests/resources/transfer/importing.h"

namespace skyden::resources::testing {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Outcome = ImportLine::Outcome;

std::string ExportOf(ManagerEnv& env, const model::TenantScope& scope) {
  const auto text = env.manager.Export(scope, {});
  REQUIRE(text.ok());
  return *text;
}

constexpr char kBuiltinMesh[] =
    R"("mtls":{"enabledBackend":"ca-1","backends":[{"name":"ca-1","type":"builtin"}]})";

TEST_CASE("an export, imported and exported again, is the same bytes", "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "pay", kBuiltinMesh).ok());
  REQUIRE(
      env.Put("MeshTimeout", "pay", "slow", R"("labels":{"team":"yes"},)" + TimeoutSpec()).ok());
  REQUIRE(env.Put("Secret", "pay", "mine", R"("data":"aGVsbG8=")").ok());
  REQUIRE(env.Put("Zone", "", "east", R"("enabled":true)").ok());
  env.PutFromZone("MeshTimeout", "pay", "of-zone", "east", TimeoutJson());
  const std::string first = ExportOf(env, env.scope);
  env.fake_clock.Advance(absl::Hours(1));
  for (const Features features : {Features{false, false}, Features{true, true}}) {
    const auto other = env.NewControlPlane(features.mesh_creation ? 4 : 3, features);
    const auto imported = ImportInto(env, other, first);
    REQUIRE(imported.ok());
    CHECK(Count(*imported, Outcome::kSkipped) == 0);
    CHECK(ExportOf(env, other) == first);
    const auto again = ImportInto(env, other, first);
    REQUIRE(again.ok());
    CHECK(Count(*again, Outcome::kUnchanged) == again->lines.size());
  }
}

TEST_CASE("the place is free before whoever imported is told how it ended",
          "[resources][transfer]") {
  ManagerEnv env;
  struct Case {
    std::string body;
    ImportMode mode;
    absl::StatusCode code;
  };
  const std::string wrong = "---\ntype: MeshTimeout\nmesh: default\nname: x\nspec: {to: 3}\n";
  const Case cases[] = {
      {Timeout("default", "a"), ImportMode::kApply, absl::StatusCode::kOk},
      {Timeout("default", "b"), ImportMode::kDryRun, absl::StatusCode::kOk},
      {"{", ImportMode::kApply, absl::StatusCode::kInvalidArgument},
      {wrong, ImportMode::kApply, absl::StatusCode::kInvalidArgument},
      {Timeout("nowhere", "c"), ImportMode::kApply, absl::StatusCode::kInvalidArgument},
  };
  for (const Case& one : cases) {
    CAPTURE(one.body);
    absl::Status ended, next;
    absl::Notification told;
    env.manager.ImportAsync(env.scope, {one.body, one.mode},
                            [&](absl::StatusOr<ImportAnswer> answer) {
                              ended = answer.status();
                              if (answer.ok()) answer->Take();
                              next = env.manager.CheckMayImport(env.scope);
                              told.Notify();
                            });
    told.WaitForNotification();
    CHECK(ended.code() == one.code);
    CHECK(next.ok());
  }
}

TEST_CASE("promised keys give way to those of the import", "[resources][transfer]") {
  ManagerEnv env;
  const auto other = env.NewControlPlane(3);
  const std::string text =
      "type: GlobalSecret\nname: zone-token-signing-key-1\ndata: aGVsbG8=\n"
      "---\ntype: Secret\nmesh: default\nname: dataplane-token-signing-key-default-1\n"
      "data: d29ybGQ=\n";
  const auto imported = ImportInto(env, other, text);
  REQUIRE(imported.ok());
  CHECK(Count(*imported, Outcome::kUpdated) == 2);
  const std::string exported = ExportOf(env, other);
  CHECK(exported.find("data: aGVsbG8=\n") != std::string::npos);
  CHECK(exported.find("data: d29ybGQ=\n") != std::string::npos);
}

TEST_CASE("a mesh may come after what is in it, and its authority's secrets with it",
          "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "pay", kBuiltinMesh).ok());
  const std::string cert = env.SecretText("Secret", "pay", "pay.ca-builtin-cert-ca-1");
  const std::string exported = ExportOf(env, env.scope);
  const auto other = env.NewControlPlane(3, {false, false});
  REQUIRE(ImportInto(env, other, Timeout("pay", "early") + exported).ok());
  const auto stored = env.manager.Get(other, Type("Secret"), {"pay", "pay.ca-builtin-cert-ca-1"});
  REQUIRE(stored.ok());
  CHECK(stored->spec.find(cert) != std::string::npos);
}

TEST_CASE("everything that is wrong is told, and nothing is stored", "[resources][transfer]") {
  ManagerEnv env;
  const std::string text = Timeout("default", "good") +
                           "---\ntype: MeshTimeout\nmesh: default\nname: bad\nspec: {to: []}\n" +
                           Timeout("nowhere", "lost") + "---\ntype: Nonsense\nname: x\n" +
                           Timeout("default", "good");
  const auto refused = ImportInto(env, env.scope, text);
  REQUIRE(absl::IsInvalidArgument(refused.status()));
  const auto reasons = Reasons(refused.status());
  const auto has = [&](const std::string& begin) {
    return std::any_of(reasons.begin(), reasons.end(),
                       [&](const std::string& reason) { return reason.find(begin) == 0; });
  };
  CHECK(has("document 2, MeshTimeout default/bad"));
  CHECK(has("document 4, Nonsense x: type"));
  CHECK(has("document 5, MeshTimeout default/good"));
  CHECK(refused.status().message() == "3 of 5 resources cannot be imported; nothing was stored");
  CHECK(absl::IsNotFound(env.Get("MeshTimeout", "default", "good").status()));
  // What only the store knows.
  const auto lost =
      ImportInto(env, env.scope, Timeout("default", "good") + Timeout("nowhere", "lost"));
  CHECK(Reasons(lost.status()).size() == 1);
  CHECK(Reasons(lost.status()).front().find("document 2, MeshTimeout nowhere/lost") == 0);
  CHECK(absl::IsNotFound(env.Get("MeshTimeout", "default", "good").status()));
}

TEST_CASE("a dry run tells what would change and stores nothing", "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(env.Put("MeshTimeout", "default", "a", TimeoutSpec("5s")).ok());
  REQUIRE(env.Put("Secret", "default", "s", R"("data":"aGVsbG8=")").ok());
  const std::string text = "type: MeshTimeout\nmesh: default\nname: a\nspec: " + TimeoutJson("7s") +
                           "\n---\ntype: Secret\nmesh: default\nname: s\ndata: d29ybGQ=\n" +
                           Timeout("default", "new") + "---\ntype: MeshInsight\nname: default\n";
  const auto told = ImportInto(env, env.scope, text, ImportMode::kDryRun);
  REQUIRE(told.ok());
  REQUIRE(told->lines.size() == 4);
  CHECK(told->lines[0].outcome == Outcome::kUpdated);
  const auto changes = ChangesOf(Codec(), told->lines[0]);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].before == "\"5s\"");
  CHECK(changes[0].after == "\"7s\"");
  const auto masked = ChangesOf(Codec(), told->lines[1]);
  REQUIRE(masked.size() == 1);
  CHECK(masked[0].after == "\"***\"");
  CHECK(told->lines[2].outcome == Outcome::kCreated);
  CHECK(told->lines[3].outcome == Outcome::kSkipped);
  CHECK(absl::IsNotFound(env.Get("MeshTimeout", "default", "new").status()));
  CHECK(env.Get("MeshTimeout", "default", "a")->spec.find("7s") == std::string::npos);
}

TEST_CASE("an import writes over what is there, not over what was foreseen",
          "[resources][transfer]") {
  ManagerEnv env;
  const auto put = [&](const std::string& name, const std::string& timeout) {
    REQUIRE(env.Put("MeshTimeout", "default", name, TimeoutSpec(timeout)).ok());
  };
  put("gone", "1s");
  put("made-anew", "5s");
  put("other", "1s");
  put("quiet", "1s");
  put("same", "5s");
  std::string yaml;
  for (const char* name : {"gone", "made-anew", "new", "other", "quiet", "same", "taken"}) {
    yaml += Timeout("default", name);
  }
  Stepwise steps(env, yaml);
  steps.Foresee();
  REQUIRE(env.Delete("MeshTimeout", "default", "gone").ok());
  // The same version, another resource.
  REQUIRE(env.Delete("MeshTimeout", "default", "made-anew").ok());
  put("made-anew", "2s");
  put("other", "3s");
  put("taken", "4s");
  steps.Write();

  for (const char* name : {"gone", "made-anew", "new", "other", "quiet", "same", "taken"}) {
    INFO(name);
    CHECK(env.Get("MeshTimeout", "default", name)->spec == TimeoutJson("5s"));
  }
  const auto outcome = [](const ImportLine& line) { return line.outcome; };
  std::vector<Outcome> outcomes;
  const ImportResult result = TakeLines(steps.import);
  std::transform(result.lines.begin(), result.lines.end(), std::back_inserter(outcomes), outcome);
  using enum ImportLine::Outcome;
  CHECK(outcomes == std::vector<Outcome>{kCreated, kUpdated, kCreated, kUpdated, kUpdated,
                                         kUnchanged, kUpdated});
  CHECK_THAT(steps.LastDetail("gone"), StartsWith("resource.create"));
  CHECK_THAT(steps.LastDetail("made-anew"), Contains(R"("before":"2s","after":"5s")"));
  CHECK_THAT(steps.LastDetail("other"), Contains(R"("before":"3s","after":"5s")"));
  CHECK_THAT(steps.LastDetail("quiet"), Contains(R"("before":"1s","after":"5s")"));
  CHECK_THAT(steps.LastDetail("taken"), Contains(R"("before":"4s","after":"5s")"));
}

TEST_CASE("what a zone made stays that zone's", "[resources][transfer]") {
  ManagerEnv env;
  const std::string labels = "labels: {kuma.io/origin: zone, kuma.io/zone: east}\n";
  REQUIRE(ImportInto(env, env.scope, Timeout("default", "of-zone", labels)).ok());
  CHECK(env.Get("MeshTimeout", "default", "of-zone")->zone == "east");
  const auto nameless =
      ImportInto(env, env.scope, Timeout("default", "x", "labels: {kuma.io/origin: zone}\n"));
  CHECK(absl::IsInvalidArgument(nameless.status()));
  const auto never = ImportInto(
      env, env.scope, "type: Mesh\nname: m\nlabels: {kuma.io/origin: zone, kuma.io/zone: east}\n");
  CHECK(absl::IsInvalidArgument(never.status()));
}

TEST_CASE("an import is for administrators", "[resources][transfer]") {
  ManagerEnv env;
  const auto viewer = env.As(model::Role::kViewer);
  CHECK(absl::IsPermissionDenied(ImportInto(env, viewer, Timeout("default", "a")).status()));
}

TEST_CASE("YAML that people write means what kumactl takes it for", "[resources][transfer]") {
  ManagerEnv env;
  const std::string head = "type: MeshTimeout\nmesh: default\nname: m\n";
  const std::string to = "spec:\n  to:\n  - &t {targetRef: {kind: Mesh}, default: &d ";
  const auto merged = ImportInto(env, env.scope,
                                 head + to +
                                     "{connectionTimeout: 1s}}\n  from:\n  - {<<: *t, default: "
                                     "{<<: *d, idleTimeout: 5s}}\n");
  INFO(merged.status().ToString());
  REQUIRE(merged.ok());
  for (const char* no_mesh : {"", "mesh: ~\n"}) {
    const auto in_default = ImportInto(
        env, env.scope,
        std::string("type: MeshTimeout\nname: d\n") + no_mesh + to + "{connectionTimeout: 1s}}\n");
    INFO(in_default.status().ToString());
    REQUIRE(in_default.ok());
    CHECK(in_default->lines.front().key.mesh == "default");
  }
  for (const char* not_text : {"n", "Y", "0x10", "1.5", "2_000", "!!int '3'"}) {
    CAPTURE(not_text);
    const auto refused =
        ImportInto(env, env.scope,
                   head + "labels:\n  v: " + not_text + "\n" + to + "{connectionTimeout: 1s}}\n");
    CHECK(Reasons(refused.status()).front().find("must be of type string") != std::string::npos);
  }
  for (const char* text : {"1E400", "!!binary aGk=", "2024-02-29", "!!str 12", "!mine 12", "0x"}) {
    CAPTURE(text);
    CHECK(ImportInto(env, env.scope,
                     head + "labels:\n  v: " + text + "\n" + to + "{connectionTimeout: 1s}}\n")
              .ok());
  }
}

TEST_CASE("lists of resources, Kubernetes objects and nothing at all", "[resources][transfer]") {
  ManagerEnv env;
  const auto json = ImportInto(
      env, env.scope, R"([{"type":"Zone","name":"a"},{"type":"Zone","name":"b","enabled":false}])");
  REQUIRE(json.ok());
  CHECK(json->lines.size() == 2);
  const auto list = ImportInto(env, env.scope, "- type: Zone\n  name: c\n");
  CHECK(Reasons(list.status()).front().find("with --- between them") != std::string::npos);
  const auto kubernetes =
      ImportInto(env, env.scope, "apiVersion: kuma.io/v1alpha1\nkind: Mesh\nmetadata: {name: a}\n");
  CHECK(Reasons(kubernetes.status()).front().find("Kubernetes format") != std::string::npos);
  CHECK(absl::IsInvalidArgument(ReadImport("# nothing\n").status()));
}

}  // namespace
}  // namespace skyden::resources::testing
