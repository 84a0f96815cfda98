// SPDX-License-Identifier: Apache-2.0
// `skyden plan`, `apply`, `sync` and `drift` against the real daemon.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

std::string TimeoutYaml(const std::string& name, int seconds, const std::string& extra = "") {
  return "type: MeshTimeout\nmesh: default\nname: " + name + "\n" + extra +
         "spec:\n  to:\n  - targetRef: {kind: Mesh}\n    default: {connectionTimeout: " +
         std::to_string(seconds) + "s}\n";
}

// A folder of documents.
class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) { fs::create_directories(path_); }
  void Write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(path_ + "/" + name).parent_path());
    WriteFile(path_ + "/" + name, text);
  }
  void Remove(const std::string& name) const { fs::remove(path_ + "/" + name); }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

uint64_t RevisionOf(const TestDaemon& daemon, const std::string& id) {
  // What was written last is audited last.
  return daemon.Call("GET", "/v1/mesh/control-planes/" + id + "/ops/audit?page[size]=1")
      .body.at("data")
      .at(0)
      .at("sequence")
      .get<uint64_t>();
}

TEST_CASE("a folder against a control plane: what each step says, does and exits with",
          "[end_to_end][plan]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const Folder folder(daemon.dir() + "/folder");
  folder.Write("mesh.yaml", "type: Mesh\nname: pay\n");
  folder.Write("team/a.yml",
               TimeoutYaml("a", 5, "labels: {team: x}\n") + "---\n" + TimeoutYaml("b", 6));
  folder.Write("team/secret.json",
               R"({"type":"Secret","mesh":"pay","name":"s","data":"aGVsbG8="})");
  folder.Write("notes.txt", "not a document");
  folder.Write(".hidden/x.yaml", "neither: is this");
  const std::string dir = folder.path();
  REQUIRE(daemon
              .Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/by-hand",
                    Timeout("by-hand", 9))
              .status == 201);

  struct Step {
    std::string what;
    std::function<void()> before;
    std::vector<std::string> command;
    int exit_code;
    std::vector<std::string> says;
    bool writes;
  };
  const auto none = [] {};
  const Step steps[] = {
      {"a plan stores nothing",
       none,
       {"plan", "demo", "-f", dir},
       0,
       {"+ Mesh pay\n", "+ MeshTimeout default/a\n", "+ Secret pay/s\n",
        "4 documents in 3 files: 4 created, 0 updated, 0 deleted, 0 unchanged, 0 skipped\n"},
       false},
      {"nor does one that says it by its exit code",
       none,
       {"plan", "demo", "-f", dir, "--detailed-exitcode"},
       3,
       {"4 created"},
       false},
      {"without a terminal nobody can be asked",
       none,
       {"apply", "demo", "-f", dir},
       2,
       {"--yes"},
       false},
      {"a sync does it",
       none,
       {"sync", "demo", "-f", dir, "--prune"},
       0,
       {"applied: 4 created, 0 updated, 0 deleted, 0 unchanged, 0 skipped\n"},
       true},
      {"the second run changes nothing",
       none,
       {"sync", "demo", "-f", dir, "--prune"},
       0,
       {"0 created, 0 updated, 0 deleted, 4 unchanged, 0 skipped\n"},
       false},
      {"and nothing has drifted",
       none,
       {"drift", "demo", "-f", dir, "--prune"},
       0,
       {"4 unchanged"},
       false},
      {"also for who does not say whose it is",
       none,
       {"plan", "demo", "-f", dir},
       0,
       {"4 unchanged"},
       false},
      {"a change shows what it changes, of secrets only that they change",
       [&] {
         folder.Write("team/a.yml", TimeoutYaml("a", 7, "labels: {team: x}\n"));
         folder.Write("team/secret.json",
                      R"({"type":"Secret","mesh":"pay","name":"s","data":"d29ybGQ="})");
       },
       {"drift", "demo", "-f", dir, "--prune"},
       3,
       {"~ MeshTimeout default/a\n    - spec.to[0].default.connectionTimeout: \"5s\"\n"
        "    + spec.to[0].default.connectionTimeout: \"7s\"\n",
        "~ Secret pay/s\n", "\"***\"", "- MeshTimeout default/b\n",
        "0 created, 2 updated, 1 deleted, 1 unchanged, 0 skipped\n"},
       false},
      {"a selector takes only some",
       none,
       {"plan", "demo", "-f", dir, "--prune", "--selector", "team=x"},
       0,
       {"1 document in 3 files: 0 created, 1 updated, 0 deleted"},
       false},
      {"pruning touches its own alone",
       none,
       {"sync", "demo", "-f", dir, "--prune"},
       0,
       {"applied: 0 created, 2 updated, 1 deleted"},
       true},
      {"another folder's is refused",
       [&] { Folder(daemon.dir() + "/other").Write("a.yaml", TimeoutYaml("a", 1)); },
       {"sync", "demo", "-f", daemon.dir() + "/other", "--owner", "other"},
       1,
       {"a.yaml:1, MeshTimeout default/a", "\"default\" keeps it"},
       false},
      {"a mistake has its file and line",
       [&] {
         folder.Write("team/wrong.yaml",
                      "\n\ntype: MeshTimeout\nmesh: default\nname: w\nspec: {to: []}\n");
       },
       {"plan", "demo", "-f", dir},
       1,
       {"team/wrong.yaml:3, MeshTimeout default/w"},
       false},
      {"also one that is no YAML",
       [&] { folder.Write("team/wrong.yaml", "type: [\n"); },
       {"plan", "demo", "-f", dir},
       1,
       {"team/wrong.yaml: document 1, line"},
       false},
      {"a document may delete",
       [&] {
         folder.Write("team/wrong.yaml",
                      "type: MeshTimeout\nmesh: default\nname: by-hand\ndelete: true\n");
       },
       {"apply", "demo", "-f", dir, "--yes"},
       0,
       {"- MeshTimeout default/by-hand\n", "applied: 0 created, 0 updated, 1 deleted"},
       true},
      {"once",
       none,
       {"apply", "demo", "-f", dir, "--yes"},
       0,
       {". MeshTimeout default/by-hand (there is none)\n", "0 deleted"},
       false},
      {"nothing at all is no wish",
       [&] { Folder(daemon.dir() + "/empty").Write("x.yaml", "# nothing\n"); },
       {"sync", "demo", "-f", daemon.dir() + "/empty", "--prune"},
       1,
       {"there is no document"},
       false},
  };
  for (const Step& step : steps) {
    step.before();
    const uint64_t before = RevisionOf(daemon, id);
    const Ran ran = daemon.Cli(step.command);
    INFO(step.what << "\n" << ran.output << ran.errors);
    CHECK(ran.exit_code == step.exit_code);
    for (const std::string& text : step.says) CHECK_THAT(ran.output + ran.errors, Contains(text));
    CHECK((ran.output + ran.errors).find("d29ybGQ=") == std::string::npos);
    CHECK((RevisionOf(daemon, id) != before) == step.writes);
  }
}

TEST_CASE("an export is a folder that changes nothing, and drift is told to Prometheus",
          "[end_to_end][plan]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  for (int i = 0; i < 3; ++i) {
    const std::string name = "t-" + std::to_string(i);
    REQUIRE(daemon
                .Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/" + name,
                      Timeout(name, 5 + i))
                .status == 201);
  }
  const std::string file = daemon.dir() + "/export.yaml";
  REQUIRE(daemon.Cli({"export", "--control-plane", "demo", "--file", file}).exit_code == 0);
  // The mesh is exported so that another control plane takes it as it is.
  REQUIRE(daemon.Cli({"apply", "demo", "-f", file, "--yes"}).exit_code == 0);
  const Ran same = daemon.Cli({"plan", "demo", "-f", file, "--detailed-exitcode"});
  INFO(same.output);
  CHECK(same.exit_code == 0);

  const std::string metrics = daemon.dir() + "/drift.prom";
  const std::vector<std::string> drift = {"drift", "demo", "-f",         file,
                                          "-o",    "json", "--textfile", metrics};
  const Ran none = daemon.Cli(drift);
  CHECK(none.exit_code == 0);
  CHECK(Json::parse(none.output).at("updated") == 0);
  CHECK_THAT(ReadFile(metrics),
             Contains("skyden_drift_resources{control_plane=\"demo\",change=\"updated\"} 0\n"));
  REQUIRE(daemon
              .Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/t-1",
                    Timeout("t-1", 99))
              .status == 200);
  const Ran some = daemon.Cli(drift);
  CHECK(some.exit_code == 3);
  const Json report = Json::parse(some.output);
  CHECK(report.at("updated") == 1);
  CHECK_THAT(report.at("resources").dump(), Contains("t-1") && Contains(":"));
  const std::string text = ReadFile(metrics);
  CHECK_THAT(text,
             Contains("skyden_drift_resources{control_plane=\"demo\",change=\"updated\"} 1\n"));
  CHECK_THAT(text, Contains("skyden_drift_check_success{control_plane=\"demo\"} 1\n"));
  // Whoever cannot look says so.
  const Ran lost = daemon.Cli({"drift", "nowhere", "-f", file, "--textfile", metrics});
  CHECK(lost.exit_code == 1);
  CHECK(ReadFile(metrics).find("skyden_drift_check_success{control_plane=\"nowhere\"} 0\n") !=
        std::string::npos);
  CHECK(std::distance(fs::directory_iterator(daemon.dir()), {}) > 0);
  for (const auto& entry : fs::directory_iterator(daemon.dir())) {
    CHECK(entry.path().extension() != ".tmp");
  }
}

TEST_CASE("a folder is applied only while it is what a preview was of", "[end_to_end][plan]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const Folder folder(daemon.dir() + "/folder");
  folder.Write("a.yaml", TimeoutYaml("a", 5));
  const Ran preview = daemon.Cli({"preview", "demo", "-f", folder.path(), "-o", "json"});
  INFO(preview.output << preview.errors);
  REQUIRE(preview.exit_code == 0);
  const std::string revision = Json::parse(preview.output).at("revision");
  const std::string path = TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/";
  REQUIRE(daemon.Call("PUT", path + "meanwhile", Timeout("meanwhile", 9)).status == 201);
  for (const std::string command : {"apply", "sync"}) {
    std::vector<std::string> words = {command,       "demo",          "-f",
                                      folder.path(), "--if-revision", revision};
    if (command == "apply") words.emplace_back("--yes");
    const Ran refused = daemon.Cli(words);
    INFO(refused.output << refused.errors);
    CHECK(refused.exit_code == 1);
    CHECK(daemon.Call("GET", path + "a").status == 404);
  }
  const Ran again = daemon.Cli({"preview", "demo", "-f", folder.path(), "-o", "json"});
  const std::string newest = Json::parse(again.output).at("revision");
  const Ran applied =
      daemon.Cli({"apply", "demo", "-f", folder.path(), "--yes", "--if-revision", newest});
  INFO(applied.output << applied.errors);
  CHECK(applied.exit_code == 0);
  CHECK(daemon.Call("GET", path + "a").status == 200);
}

}  // namespace
}  // namespace skyden::end_to_end
