// SPDX-License-Identifier: Apache-2.0
// The served document against the routers: every route is in it, nothing else is, and no answer has
// a status that it does not declare.
#include <yaml-cpp/yaml.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "test_env.h"

namespace skyden::rest {
namespace {

using Operation = std::pair<std::string, std::string>;  // method, path

std::string LowerCase(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Declared statuses by operation.
std::map<Operation, std::set<int>> DeclaredIn(const YAML::Node& document) {
  std::map<Operation, std::set<int>> declared;
  for (const auto& path : document["paths"]) {
    for (const auto& member : path.second) {
      const auto method = member.first.as<std::string>();
      if (method == "parameters") continue;
      std::set<int>& statuses = declared[{method, path.first.as<std::string>()}];
      for (const auto& response : member.second["responses"]) {
        statuses.insert(response.first.as<int>());
      }
    }
  }
  return declared;
}

std::string Fill(std::string pattern, const std::string& id, const std::string& name) {
  for (size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{')) {
    const size_t end = pattern.find('}', at);
    const std::string what = pattern.substr(at + 1, end - at - 1);
    pattern.replace(at, end - at + 1, what == "id" ? id : what == "mesh" ? "default" : name);
  }
  return pattern;
}

}  // namespace

TEST_CASE("the OpenAPI document is served to everybody", "[rest][openapi]") {
  TestEnv env;
  const Answer answer = env.Send("GET", "/openapi.yaml", "");
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "application/yaml");
  CHECK(YAML::Load(answer.body)["openapi"].as<std::string>() == "3.0.3");
}

TEST_CASE("every route is documented, and every documented path is routed", "[rest][openapi]") {
  TestEnv env;
  const YAML::Node document = YAML::Load(env.Get("/openapi.yaml").body);
  std::set<Operation> routed;
  for (const http::Route& route : env.api->routes()) {
    routed.insert({LowerCase(std::string(http::MethodName(route.method))), route.pattern});
  }
  std::set<Operation> documented;
  for (const auto& [operation, statuses] : DeclaredIn(document)) documented.insert(operation);
  for (const auto& [method, path] : routed) {
    CAPTURE(method, path);
    CHECK(documented.contains({method, path}));
  }
  for (const auto& [method, path] : documented) {
    CAPTURE(method, path);
    CHECK(routed.contains({method, path}));
  }
  // A name that comes twice would hide what the first says.
  std::set<std::string> paths;
  for (const auto& path : document["paths"]) {
    CAPTURE(path.first.as<std::string>());
    CHECK(paths.insert(path.first.as<std::string>()).second);
  }
}

TEST_CASE("references of the document lead somewhere, and parameters are declared",
          "[rest][openapi]") {
  TestEnv env;
  const YAML::Node document = YAML::Load(env.Get("/openapi.yaml").body);
  const auto follow = [&](const YAML::Node& node) {
    if (!node["$ref"]) return YAML::Clone(node);
    const auto ref = node["$ref"].as<std::string>();
    const size_t slash = ref.rfind('/');
    const std::string kind = ref.substr(13, slash - 13);
    CAPTURE(ref);
    const YAML::Node found = document["components"][kind][ref.substr(slash + 1)];
    CHECK(found.IsDefined());
    return YAML::Clone(found);
  };
  for (const auto& path : document["paths"]) {
    const auto text = path.first.as<std::string>();
    std::set<std::string> declared;
    for (const auto& parameter : path.second["parameters"]) {
      const YAML::Node node = follow(parameter);
      if (node["in"].as<std::string>() == "path") declared.insert(node["name"].as<std::string>());
    }
    std::set<std::string> used;
    for (size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
      used.insert(text.substr(at + 1, text.find('}', at) - at - 1));
    }
    CAPTURE(text);
    CHECK(declared == used);
    for (const auto& member : path.second) {
      for (const auto& response : member.second["responses"]) follow(response.second);
    }
  }
}

TEST_CASE("no answer has a status that is not declared", "[rest][openapi]") {
  TestEnv env;
  const auto declared = DeclaredIn(YAML::Load(env.Get("/openapi.yaml").body));
  const std::string id = env.NewControlPlane();
  const std::string viewer = env.NewToken(model::Role::kViewer, id);
  const std::string missing = "00000000-0000-4000-8000-000000000000";
  const std::vector<std::pair<std::string, std::string>> as_json = {
      {"Content-Type", "application/json"}};
  const std::vector<std::pair<std::string, std::string>> as_text = {{"Content-Type", "text/plain"},
                                                                    {"Accept", "text/html"}};
  for (const auto& [operation, statuses] : declared) {
    const auto& [method, pattern] = operation;
    if (method == "delete" && pattern == "/v1/mesh/control-planes/{id}") continue;
    if (pattern.ends_with("/events")) continue;  // does not end; watcher_test looks at it
    std::string upper = method;
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const auto check = [&, &method = method, &pattern = pattern,
                        &statuses = statuses](const Answer& answer) {
      CAPTURE(method, pattern, answer.body);
      CHECK(statuses.contains(answer.status));
    };
    for (const std::string& target : {id, missing, std::string("none")}) {
      for (const std::string name : {"default", "kri_m____default_", "xds", "%FF"}) {
        const std::string path = Fill(pattern, target, name);
        for (const std::string& token : {env.operator_token, viewer, std::string()}) {
          check(env.Send(upper, path, token, method == "get" ? "" : "{}", as_json));
        }
        check(env.Send(upper, path, env.operator_token, method == "get" ? "" : "x: [", as_text));
        check(env.Send(upper, path + "?size=x&offset=-1&format=no&profile=x&dry_run=2",
                       env.operator_token, method == "get" ? "" : "[]", as_json));
      }
    }
  }
}

}  // namespace skyden::rest
