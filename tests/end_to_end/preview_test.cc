// SPDX-License-Identifier: Apache-2.0
// `skyden preview` against the real daemon.
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

using Catch::Matchers::Contains;

std::string Timeout(const std::string& name, const std::string& service) {
  return "type: MeshTimeout\nmesh: default\nname: " + name +
         "\nspec:\n  targetRef: {kind: MeshService, name: " + service +
         "}\n  to:\n  - targetRef: {kind: Mesh}\n    default: {idleTimeout: 77s}\n";
}

std::string Proxy(const std::string& name, const std::string& service) {
  return "---\ntype: Dataplane\nmesh: default\nname: " + name +
         "\nlabels: {kuma.io/origin: zone, kuma.io/zone: east, kuma.io/display-name: " + name +
         "}\nnetworking:\n  address: 10.0.0.1\n  inbound:\n  - port: 80\n    tags: "
         "{kuma.io/service: " +
         service + "}\n";
}

}  // namespace

TEST_CASE("a change against a control plane: what a preview says, and exits with",
          "[end_to_end][preview]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const auto file = [&](const std::string& name, const std::string& text) {
    WriteFile(daemon.dir() + "/" + name, text);
    return daemon.dir() + "/" + name;
  };
  const std::string proxies =
      file("proxies.yaml", Proxy("web-1", "web") + Proxy("web-2", "web") + Proxy("db-1", "db"));
  REQUIRE(daemon.Cli({"import", "--control-plane", "demo", proxies}).exit_code == 0);
  const std::string change = file("change.yaml", Timeout("slow", "web"));
  const std::string wrong =
      file("wrong.yaml", Timeout("slow", "web") + "---\n\ntype: MeshTimeout\nname: x\nspec: 7\n");
  const std::string folder = daemon.dir() + "/folder";
  std::filesystem::create_directories(folder);
  WriteFile(folder + "/a.yaml", Timeout("a", "web"));
  WriteFile(folder + "/b.json",
            R"({"type":"MeshTimeout","mesh":"default","name":"none","delete":true})");

  struct Step {
    std::string what;
    std::vector<std::string> command;
    int exit_code;
    std::vector<std::string> says;
  };
  const Step steps[] = {
      {"who changes, and how",
       {"preview", "demo", "-f", change},
       0,
       {"+ MeshTimeout default/slow\n", "2 Dataplanes changed: default/web-1, default/web-2\n",
        "services: web 2\n", "  MeshTimeout toRules\n", "\"idleTimeout\": \"1m17s\"",
        "begins to have effect: MeshTimeout default/slow (2 proxies)\n",
        "2 of 3 proxies change, at revision "}},
      {"as many as may", {"preview", "demo", "-f", change, "--fail-over", "2"}, 0, {}},
      {"more than may",
       {"preview", "demo", "-f", change, "--fail-over", "1"},
       3,
       {"2 of 3 proxies change"}},
      {"for programs",
       {"preview", "demo", "-f", change, "--fail-over", "0", "-o", "json"},
       3,
       {"\"changed\": 2", "\"revision\": "}},
      {"a folder, with a deletion of nothing",
       {"preview", "demo", "-f", folder},
       0,
       {"+ MeshTimeout default/a\n", "2 of 3 proxies change"}},
      {"what is wrong, and where", {"preview", "demo", "-f", wrong}, 1, {}},
      {"no file", {"preview", "demo", "-f", daemon.dir() + "/none.yaml"}, 1, {}},
      {"no control plane", {"preview", "nowhere", "-f", change}, 1, {}},
      {"no words", {"preview", "demo"}, 2, {}},
  };
  for (const Step& step : steps) {
    CAPTURE(step.what);
    const auto result = daemon.Cli(step.command);
    CAPTURE(result.output, result.errors);
    CHECK(result.exit_code == step.exit_code);
    for (const std::string& text : step.says) CHECK_THAT(result.output, Contains(text));
  }
  const auto refused = daemon.Cli({"preview", "demo", "-f", wrong});
  CHECK_THAT(refused.errors, Contains("wrong.yaml:11"));
  CHECK_THAT(daemon.Cli({"preview", "demo", "-f", change, "--fail-over", "1"}).errors,
             Contains("2 proxies change, more than 1"));
  // Nothing of all this was written.
  CHECK(daemon.Call("GET", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/slow").status ==
        404);
}

}  // namespace skyden::end_to_end
