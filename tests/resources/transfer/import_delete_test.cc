// SPDX-License-Identifier: Apache-2.0
// Documents that say `delete: true`.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "skyden/resources/transfer.h"
#include "tests/resources/transfer/importing.h"

namespace skyden::resources::testing {
namespace {

using Catch::Matchers::Contains;
using Outcome = ImportLine::Outcome;
using Lines = std::vector<std::string>;

std::string Gone(const std::string& type, const std::string& mesh, const std::string& name) {
  return "---\ntype: " + type + "\n" + (mesh.empty() ? "" : "mesh: " + mesh + "\n") +
         "name: " + name + "\ndelete: true\n";
}

// What the audit was told of deletions, newest first: "MeshTimeout default/a <detail>".
Lines Deletions(ManagerEnv& env) {
  Lines lines;
  REQUIRE(env.store
              ->Read(env.scope,
                     [&](store::ReadTx& tx) -> absl::Status {
                       SKYDEN_ASSIGN_OR_RETURN(const auto page, tx.ListAudit({}));
                       for (const store::AuditEntry& entry : page.entries) {
                         if (entry.note.action != "resource.delete") continue;
                         lines.push_back(entry.note.object_type + " " + entry.note.object_name +
                                         " " + entry.note.detail);
                       }
                       return absl::OkStatus();
                     })
              .ok());
  return lines;
}

constexpr char kProvidedMesh[] =
    R"("mtls":{"enabledBackend":"ca-1","skipValidation":true,"backends":[{"name":"ca-1",)"
    R"("type":"provided","conf":{"cert":{"secret":"my-cert"},"key":{"secret":"my-key"}}}]})";

TEST_CASE("documents that say delete are deleted in the import's transaction",
          "[resources][transfer]") {
  ManagerEnv env;
  for (const char* name : {"a", "b"}) {
    REQUIRE(env.Put("MeshTimeout", "default", name, TimeoutSpec()).ok());
  }
  const std::string text = Gone("MeshTimeout", "default", "a") + Timeout("default", "c") +
                           Gone("MeshTimeout", "default", "nowhere") +
                           Gone("MeshTimeout", "no-mesh", "x");
  const Lines expected = {"deleted MeshTimeout default/a", "created MeshTimeout default/c",
                          "skipped MeshTimeout default/nowhere (there is none)",
                          "skipped MeshTimeout no-mesh/x (there is none)"};
  const auto told = ImportInto(env, env.scope, text, ImportMode::kDryRun);
  INFO(told.status());
  REQUIRE(told.ok());
  CHECK(Told(*told) == expected);
  CHECK(env.Get("MeshTimeout", "default", "a").ok());
  CHECK(Deletions(env).empty());

  const auto done = ImportInto(env, env.scope, text);
  REQUIRE(done.ok());
  CHECK(Told(*done) == expected);
  CHECK(absl::IsNotFound(env.Get("MeshTimeout", "default", "a").status()));
  CHECK(env.Get("MeshTimeout", "default", "b").ok());
  const Lines audit = Deletions(env);
  REQUIRE(audit.size() == 1);
  CHECK_THAT(audit.front(), Contains("MeshTimeout default/a {\"before\":{"));

  const auto again = ImportInto(env, env.scope, text);
  REQUIRE(again.ok());
  CHECK(Count(*again, Outcome::kSkipped) == 3);
  CHECK(Count(*again, Outcome::kUnchanged) == 1);
  CHECK(Deletions(env) == audit);
}

TEST_CASE("deletions come after what refers to them is changed", "[resources][transfer]") {
  ManagerEnv env;
  const std::string secrets =
      "---\ntype: Secret\nmesh: pay\nname: my-cert\ndata: aGVsbG8=\n"
      "---\ntype: Secret\nmesh: pay\nname: my-key\ndata: d29ybGQ=\n";
  const auto made =
      ImportInto(env, env.scope, secrets + "---\n{type: Mesh, name: pay, " + kProvidedMesh + "}\n");
  INFO(made.status());
  REQUIRE(made.ok());
  const std::string without = Gone("Secret", "pay", "my-cert") + Gone("Secret", "pay", "my-key");
  const auto used = ImportInto(env, env.scope, without);
  REQUIRE(absl::IsInvalidArgument(used.status()));
  CHECK_THAT(Reasons(used.status()).front(), Contains("currently in use"));
  SECTION("the mesh uses them no more") {
    const auto done = ImportInto(env, env.scope, without + "---\ntype: Mesh\nname: pay\n");
    INFO(done.status());
    REQUIRE(done.ok());
    CHECK(Count(*done, Outcome::kDeleted) == 2);
  }
  SECTION("the mesh goes, too") {
    const auto done = ImportInto(env, env.scope, Gone("Mesh", "", "pay") + without);
    INFO(done.status());
    REQUIRE(done.ok());
    CHECK(Count(*done, Outcome::kDeleted) == 3);
    CHECK_THAT(done->lines.front().reason, Contains("in it"));
    CHECK(absl::IsNotFound(env.Get("Mesh", "", "pay").status()));
  }
}

TEST_CASE("a mesh that is deleted takes with it what is in it, and nothing comes into it",
          "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(env.Put("Mesh", "", "pay", R"("skipCreatingInitialPolicies":["*"])").ok());
  REQUIRE(env.Put("MeshTimeout", "pay", "a", TimeoutSpec()).ok());
  REQUIRE(env.Put("MeshTimeout", "pay", "b", TimeoutSpec()).ok());
  const auto both = ImportInto(env, env.scope, Timeout("pay", "c") + Gone("Mesh", "", "pay"));
  REQUIRE(absl::IsInvalidArgument(both.status()));
  CHECK(Reasons(both.status()) ==
        Lines{"document 1, MeshTimeout pay/c: its mesh is deleted by document 2"});
  const auto done =
      ImportInto(env, env.scope, Gone("Mesh", "", "pay") + Gone("MeshTimeout", "pay", "a"));
  REQUIRE(done.ok());
  CHECK(Told(*done) ==
        Lines{"deleted Mesh /pay (with 1 resource in it)", "deleted MeshTimeout pay/a"});
  env.PutFromZone("Dataplane", "default", "dp", "east");
  const auto busy = ImportInto(env, env.scope, Gone("Mesh", "", "default"));
  CHECK_THAT(Reasons(busy.status()).front(), Contains("dataplanes attached"));
}

TEST_CASE("a document that deletes says nothing else", "[resources][transfer]") {
  ManagerEnv env;
  REQUIRE(env.Put("MeshTimeout", "default", "a", TimeoutSpec()).ok());
  env.PutFromZone("MeshTimeout", "default", "of-zone", "east", TimeoutJson());
  struct Case {
    std::string text;
    std::string refusal;
  };
  const Case cases[] = {
      {Gone("MeshTimeout", "default", "a") + "spec: " + TimeoutJson() + "\n",
       "document 1, MeshTimeout default/a: spec: must not be there beside delete"},
      {"type: MeshTimeout\nmesh: default\nname: a\ndelete: false\n",
       "document 1, MeshTimeout default/a: delete: must be true where it is there"},
      {"type: MeshTimeout\nmesh: default\ndelete: true\n",
       "document 1, MeshTimeout: name: cannot be empty"},
      {"type: Secret\nname: a\ndelete: true\n", "document 1, Secret a: mesh: cannot be empty"},
      {Gone("Dataplane", "default", "dp"),
       "document 1, Dataplane default/dp: type: a zone makes and deletes it"},
      {Gone("MeshInsight", "", "default"),
       "document 1, MeshInsight default: type: the control plane makes and deletes it itself"},
      {Gone("Nonsense", "", "x"), "document 1, Nonsense x: type: is no type of resource"},
      {Gone("MeshTimeout", "default", "a") + Timeout("default", "a"),
       "document 2, MeshTimeout default/a: comes twice: document 1 is the same resource"},
      {Gone("MeshTimeout", "default", "of-zone"),
       "document 1, MeshTimeout default/of-zone: [\"kuma.io/origin\"]: the origin label must be "
       "set to 'global'"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    const auto refused = ImportInto(env, env.scope, one.text);
    REQUIRE(absl::IsInvalidArgument(refused.status()));
    CHECK(Reasons(refused.status()) == Lines{one.refusal});
  }
  CHECK(env.Get("MeshTimeout", "default", "a").ok());
  // The mesh of a policy that does not name it.
  CHECK(ImportInto(env, env.scope, "type: MeshTimeout\nname: a\ndelete: true\n").ok());
  CHECK(absl::IsNotFound(env.Get("MeshTimeout", "default", "a").status()));
}

TEST_CASE("a promised key can be deleted and is not made again by an import",
          "[resources][transfer]") {
  ManagerEnv env;
  const auto done =
      ImportInto(env, env.scope,
                 Gone("GlobalSecret", "", "zone-token-signing-key-1") +
                     Gone("Secret", "default", "dataplane-token-signing-key-default-1"));
  REQUIRE(done.ok());
  CHECK(Count(*done, Outcome::kDeleted) == 2);
  CHECK(absl::IsNotFound(env.Get("GlobalSecret", "", "zone-token-signing-key-1").status()));
}

TEST_CASE("an import deletes what is there, not what was foreseen", "[resources][transfer]") {
  ManagerEnv env;
  const auto put = [&](const std::string& name, const std::string& timeout) {
    REQUIRE(env.Put("MeshTimeout", "default", name, TimeoutSpec(timeout)).ok());
  };
  for (const char* name : {"gone", "made-anew", "other", "quiet"}) put(name, "1s");
  std::string yaml;
  for (const char* name : {"gone", "made-anew", "new", "other", "quiet"}) {
    yaml += Gone("MeshTimeout", "default", name);
  }
  Stepwise steps(env, yaml);
  steps.Foresee();
  REQUIRE(env.Delete("MeshTimeout", "default", "gone").ok());
  REQUIRE(env.Delete("MeshTimeout", "default", "made-anew").ok());
  put("made-anew", "2s");
  put("other", "3s");
  put("new", "4s");
  steps.Write();
  for (const char* name : {"gone", "made-anew", "new", "other", "quiet"}) {
    INFO(name);
    CHECK(absl::IsNotFound(env.Get("MeshTimeout", "default", name).status()));
  }
  CHECK(Told(TakeLines(steps.import)) ==
        Lines{"skipped MeshTimeout default/gone (there is none)",
              "deleted MeshTimeout default/made-anew", "deleted MeshTimeout default/new",
              "deleted MeshTimeout default/other", "deleted MeshTimeout default/quiet"});
  CHECK_THAT(steps.LastDetail("made-anew"), Contains("2s"));
  CHECK_THAT(steps.LastDetail("new"), Contains("4s"));
  CHECK_THAT(steps.LastDetail("other"), Contains("3s"));
  CHECK_THAT(steps.LastDetail("quiet"), Contains("1s"));
}

}  // namespace
}  // namespace skyden::resources::testing
