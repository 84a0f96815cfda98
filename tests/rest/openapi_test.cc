// SPDX-License-Identifier: Apache-2.0
// The served document against the routers: every route is in it, nothing else is, and no answer has
// a status that it does not declare.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "rest/openapi_yaml.h"
#include "schema_check.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using Operation = std::pair<std::string, std::string>;  // method, path
using Schema = nlohmann::ordered_json;
using nlohmann::json;

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

Schema DocumentOf(RestEnv& env) {
  auto document = ReadYaml(env.Get("/openapi.yaml").body);
  REQUIRE(document.ok());
  return *std::move(document);
}

// Calls `fn(method, path, operation)` for each.
template <class Fn>
void ForEachOperation(const Schema& document, Fn fn) {
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method != "parameters") fn(method, path, operation);
    }
  }
}

std::string LettersOf(const std::string& name) {
  std::string letters;
  for (const char c : LowerCase(name)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) letters += c;
  }
  return letters;
}

}  // namespace

TEST_CASE("the OpenAPI document is served to everybody", "[rest][openapi]") {
  RestEnv env;
  const Answer answer = env.Send("GET", "/openapi.yaml", "");
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "application/yaml");
  CHECK(YAML::Load(answer.body)["openapi"].as<std::string>() == "3.0.3");
}

TEST_CASE("the document of a version has what its control planes have", "[rest][openapi]") {
  RestEnv env;
  const Schema two = DocumentOf(env);
  const auto read = ReadYaml(env.Get("/openapi.yaml?version=v3").body);
  REQUIRE(read.ok());
  const Schema& three = *read;
  const std::string api = "/v1/mesh/control-planes/{id}/api";
  for (const char* path :
       {"/meshes/{mesh}/timeouts", "/zoneegresses/_overview", "/zoneegressoverviews",
        "/meshes/{mesh}/meshgateways/{name}/_rules", "/meshes/{mesh}/dataplanes/{name}/rules"}) {
    CAPTURE(path);
    CHECK(two["paths"].contains(api + path));
    CHECK_FALSE(three["paths"].contains(api + path));
  }
  for (const char* path : {"/meshes/{mesh}/meshtimeouts", "/zones/_overview", "/_kri/{kri}"}) {
    CAPTURE(path);
    CHECK(three["paths"].contains(api + path));
  }
  const auto has_from = [](const Schema& document) {
    return document["components"]["schemas"].dump().find("MeshTimeoutFrom") != std::string::npos;
  };
  CHECK(has_from(two));
  CHECK_FALSE(has_from(three));
  CHECK(env.Get("/openapi.yaml?version=v9").status == 400);
}

TEST_CASE("every route is documented, and every documented path is routed", "[rest][openapi]") {
  RestEnv env;
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
  RestEnv env;
  const auto version = GENERATE(as<std::string>{}, "v2", "v3");
  CAPTURE(version);
  const YAML::Node document = YAML::Load(env.Get("/openapi.yaml?version=" + version).body);
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
  RestEnv env;
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

TEST_CASE("every operation has a name of its own, a summary and typed answers", "[rest][openapi]") {
  RestEnv env;
  const Schema document = DocumentOf(env);
  const SchemaCheck schemas(document);
  // As generators see them: without regard to case and signs, beside each other.
  std::set<std::string> names;
  size_t operations = 0;
  ForEachOperation(document, [&](const std::string& method, const std::string& path,
                                 const Schema& operation) {
    CAPTURE(method, path);
    ++operations;
    const auto id = operation["operationId"].get<std::string>();
    CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
          std::string::npos);
    for (const char* made_of_it : {"", "Response", "Params", "JSONBody", "JSONRequestBody"}) {
      CHECK(names.insert(LettersOf(id + made_of_it)).second);
    }
    CHECK_FALSE(operation["summary"].get<std::string>().empty());
    CHECK(operation["tags"].size() == 1);
    for (const auto& [status, unresolved] : operation["responses"].items()) {
      CAPTURE(status);
      const Schema& response = schemas.Follow(unresolved);
      if (status == "204") continue;
      REQUIRE(response.contains("content"));
      for (const auto& [media_type, content] : response["content"].items()) {
        const Schema& schema = schemas.Follow(content["schema"]);
        // Nothing that says only "an object".
        const bool open = schema.value("type", "") == "object" && !schema.contains("properties") &&
                          !schema.contains("additionalProperties");
        CHECK_FALSE(open);
      }
    }
  });
  CHECK(operations == env.api->routes().size());
  for (const auto& [kind, components] : document["components"].items()) {
    for (const auto& [name, component] : components.items()) {
      CAPTURE(kind, name);
      CHECK(names.insert(LettersOf(name)).second);
    }
  }
}

TEST_CASE("every reference of the document leads somewhere, and nothing lies about unused",
          "[rest][openapi]") {
  RestEnv env;
  const Schema document = DocumentOf(env);
  std::set<std::string> used;
  const std::function<void(const Schema&)> walk = [&](const Schema& node) {
    if (!node.is_structured()) return;
    if (node.is_object() && node.contains("$ref")) {
      const auto ref = node["$ref"].get<std::string>();
      CAPTURE(ref);
      CHECK(node.size() == 1);
      CHECK(document.contains(Schema::json_pointer(ref.substr(1))));
      used.insert(ref);
      return;
    }
    for (const Schema& member : node) walk(member);
  };
  walk(document);
  for (const auto& [kind, components] : document["components"].items()) {
    if (kind == "securitySchemes") continue;
    for (const auto& [name, component] : components.items()) {
      CAPTURE(kind, name);
      CHECK(used.contains(fmt::format("#/components/{}/{}", kind, name)));
    }
  }
}

// Answers of a mesh with one of each: what is said of them is what they are.
TEST_CASE("answers are what the document says they are", "[rest][openapi]") {
  RestEnv env;
  const Schema document = DocumentOf(env);
  const SchemaCheck schemas(document);
  const std::string id = env.NewControlPlane();
  const std::string api = RestEnv::ApiOf(id);
  const auto put = [&](const std::string& path, const std::string& body) {
    const Answer answer = env.Put(api + path, body);
    INFO(answer.body);
    REQUIRE((answer.status == 200 || answer.status == 201));
  };
  put("/meshes/default", R"({"type":"Mesh","name":"default",
      "meshServices":{"mode":"Exclusive"},
      "mtls":{"enabledBackend":"ca","backends":[{"name":"ca","type":"builtin"}]}})");
  put("/meshes/default/meshtimeouts/name", R"({"type":"MeshTimeout","mesh":"default","name":"name",
      "spec":{"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},
      "default":{"idleTimeout":"1m","http":{"requestTimeout":"15s"}}}]}})");
  put("/meshes/default/meshgateways/name", R"({"type":"MeshGateway","mesh":"default",
      "name":"name","selectors":[{"match":{"kuma.io/service":"edge"}}],
      "conf":{"listeners":[{"port":80,"protocol":"HTTP"}]}})");
  put("/meshes/default/meshexternalservices/name", R"({"type":"MeshExternalService",
      "mesh":"default","name":"name","spec":{"match":{"type":"HostnameGenerator","port":80,
      "protocol":"http"},"endpoints":[{"address":"1.2.3.4","port":80}]}})");
  put("/zones/name", R"({"type":"Zone","name":"name","enabled":true})");
  put("/meshes/default/timeouts/name", R"({"type":"Timeout","mesh":"default","name":"name",
      "sources":[{"match":{"kuma.io/service":"*"}}],
      "destinations":[{"match":{"kuma.io/service":"*"}}],"conf":{"connectTimeout":"5s"}})");
  const std::string account = env.Post("/v3/system-accounts", R"({"name":"robot"})").json()["id"];
  env.Post("/v3/system-accounts/" + account + "/access-tokens", R"({"name":"t"})");
  env.Post("/v3/system-accounts/" + account + "/assigned-roles",
           R"({"role_name":"Viewer","entity_id":"*","entity_type_name":"Mesh Control Planes"})");
  env.Post("/v1/mesh/control-planes/" + id + "/ops/suspend", R"({"reason":"x"})");
  size_t checked = 0;
  ForEachOperation(document, [&](const std::string& method, const std::string& path,
                                 const Schema& operation) {
    if (method != "get" || path.ends_with("/events")) return;
    for (const std::string name : {"name", "default", account.c_str()}) {
      const Answer answer = env.Get(Fill(path, id, name));
      const auto response = operation["responses"].find(std::to_string(answer.status));
      CAPTURE(path, name, answer.status, answer.body);
      REQUIRE(response != operation["responses"].end());
      const Schema& content = schemas.Follow(*response)["content"];
      const std::string type = answer.content_type.substr(0, answer.content_type.find(';'));
      const auto described = content.find(type);
      CHECK(described != content.end());
      if (described == content.end() || type.find("json") == std::string::npos) continue;
      if (answer.status == 200) ++checked;
      CHECK(schemas.Misfits((*described)["schema"], answer.json()) == std::vector<std::string>());
    }
  });
  CHECK(checked > 150);
}

}  // namespace skyden::rest
