// SPDX-License-Identifier: Apache-2.0
#include <httplib.h>

#include <catch2/catch.hpp>
#include <set>

#include "server/services.h"
#include "skyden/store/tenant_tx.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using nlohmann::json;

constexpr char kTimeout[] =
    R"({"type":"MeshTimeout","mesh":"default","name":"t","spec":{"targetRef":{"kind":"Mesh"},)"
    R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"90s"}}]}})";

}  // namespace

TEST_CASE("the API answers with and without /api, in every version", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string expected = env.Get(RestEnv::ApiOf(id) + "/meshes").body;
  CHECK(expected.find("\"default\"") != std::string::npos);
  for (const std::string& prefix :
       {std::string("/v1/mesh/control-planes/"), std::string("/v0/mesh/control-planes/"),
        std::string("/v3/mesh/control-planes/")}) {
    CHECK(env.Get(prefix + id + "/api/meshes").body == expected);
    CHECK(env.Get(prefix + id + "/meshes").body == expected);
    CHECK(env.Get(prefix + id + "/meshes/").body == expected);
  }
}

TEST_CASE("on v3 a Kuma client gets the index where others get the control plane", "[rest]") {
  RestEnv env;
  const std::string path = "/v3/mesh/control-planes/" + env.NewControlPlane();
  CHECK(env.Get(path).json()["name"] == "test");
  const Answer index = env.Send("GET", path, env.operator_token, "",
                                {{"User-Agent", "kumactl/3.0.0 (linux; amd64; Kuma/abc)"}});
  CHECK(index.json()["product"] == "Kuma");
}

TEST_CASE("a policy is put, read back in canonical form, and deleted", "[rest]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  const std::string path = api + "/meshes/default/meshtimeouts/t";
  CHECK(env.Put(path, kTimeout).status == 201);
  const Answer got = env.Get(path);
  CHECK(got.status == 200);
  CHECK(got.json()["spec"]["to"][0]["default"]["connectionTimeout"] == "1m30s");
  CHECK(got.json()["kri"] == "kri_mt_default___t_");
  CHECK(got.body.find("\n \"type\": \"MeshTimeout\"") != std::string::npos);
  CHECK(env.Get(api + "/_kri/kri_mt_default___t_").body == got.body);
  CHECK(env.Get(api + "/_kri/kri_mt_default___t_?format=x").json()["title"] ==
        "Could not format a resource");
  for (const char* elsewhere : {"kri_mt_nope___t_", "kri_mt____t_", "kri_m_default___default_"}) {
    const Answer missing = env.Get(api + "/_kri/" + elsewhere);
    CHECK(missing.status == 404);
    CHECK(missing.json()["title"] == "Could not retrieve a resource");
  }
  CHECK(env.Get(api + "/meshes/a%2Fb").body == "404: Page Not Found");
  CHECK(env.Get(api + "/meshes/default/meshtimeouts/..%2F..").status == 404);
  CHECK(env.Put(path, kTimeout).status == 200);
  CHECK(env.Delete(path).status == 200);
  CHECK(env.Get(path).status == 404);
}

TEST_CASE("two control planes do not see each other", "[rest]") {
  RestEnv env;
  const std::string one = RestEnv::ApiOf(env.NewControlPlane("one"));
  const std::string two = RestEnv::ApiOf(env.NewControlPlane("two"));
  CHECK(env.Put(one + "/meshes/default/meshtimeouts/t", kTimeout).status == 201);
  CHECK(env.Get(two + "/meshes/default/meshtimeouts/t").status == 404);
  CHECK(env.Get(one + "/meshtimeouts").json()["total"] == 3);
  CHECK(env.Get(two + "/meshtimeouts").json()["total"] == 2);
}

TEST_CASE("following next walks the whole list once", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string api = RestEnv::ApiOf(id);
  for (int i = 0; i < 23; ++i) {
    json body = json::parse(kTimeout);
    body["name"] = "page-" + std::to_string(i);
    REQUIRE(env.Put(api + "/meshes/default/meshtimeouts/" + body["name"].get<std::string>(),
                    body.dump())
                .status == 201);
  }
  std::set<std::string> names;
  std::string path = api + "/meshes/default/meshtimeouts?size=10&name=page-";
  for (int page = 0; page < 3; ++page) {
    const json list = env.Get(path).json();
    CHECK(list["total"] == 23);
    for (const json& item : list["items"]) names.insert(item["name"]);
    if (page == 2) {
      CHECK(list["next"].is_null());
      break;
    }
    const std::string next = list["next"];
    const std::string origin = "http://" + env.server->address();
    REQUIRE(next.starts_with(origin + api));
    path = next.substr(origin.size());
  }
  CHECK(names.size() == 23);
}

TEST_CASE("HEAD is a method that Kuma knows nowhere; the manager answers it as GET", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const auto head = [&](const std::string& path) {
    Answer answer = env.Send("HEAD", path, env.operator_token);
    CHECK(answer.body.empty());
    return answer;
  };
  const Answer mesh = head(RestEnv::ApiOf(id) + "/meshes/default");
  CHECK(mesh.status == 405);
  CHECK(mesh.allow == "PUT, DELETE, GET");
  CHECK(mesh.content_type == "text/plain; charset=utf-8");
  CHECK(head(RestEnv::ApiOf(id) + "/").status == 405);
  CHECK(head(RestEnv::ApiOf(id) + "/nothing").status == 404);
  CHECK(head("/v1/mesh/control-planes/" + id).status == 200);
}

TEST_CASE("whoever asks for a path with dots is sent to the one without", "[rest]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  // Before anybody is asked who he is, as in Kuma.
  const Answer answer = env.Send("PUT", api + "/meshes/../meshes/./x", "", "{}");
  CHECK(answer.status == 307);
  CHECK(answer.body.empty());
  CHECK(env.Get(api + "/meshes/./default").body ==
        "<a href=\"" + api + "/meshes/default\">Temporary Redirect</a>.\n\n");
}

TEST_CASE("malformed requests end in an answer below 500", "[rest]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  for (const std::string path :
       {"/meshes/%00", "/meshes/%FF", "/meshes/%zz", "/meshes?size=%00", "/meshes?filter[=1",
        "/meshes?filter[labels.x=1", "/meshes?%zz=%zz", "/_kri/%F0%9F%99%82",
        "/meshes/default/dataplanes?gateway=%FF", "/meshes?offset=99999999999",
        "/meshes?offset=99999999999999999999", "/meshes?name=%F0%28%8C%28"}) {
    CAPTURE(path);
    const Answer answer = env.Get(api + path);
    CHECK(answer.status >= 200);
    CHECK(answer.status < 500);
    CHECK(answer.json().is_object());
  }
  const std::string path = api + "/meshes/default/meshtimeouts/t";
  for (const std::string& body : std::vector<std::string>{
           "", "{", "[]", "7", "null", "\"x\"", "{\"type\":7}", std::string("{\"a\":\"\0\"}", 9),
           "{\"a\":\"\xFF\"}", std::string(50'000, '['), "{\"spec\":1e999999}",
           "{\"name\":\"t\",\"name\":\"u\"}"}) {
    CAPTURE(body.substr(0, 40));
    const Answer answer = env.Put(path, body);
    CHECK(answer.status == 400);
    CHECK(answer.json()["type"] == "/std-errors");
  }
  CHECK(env.Get(path).status == 404);
}

TEST_CASE("a viewer reads policies but no secrets and writes nothing", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string api = RestEnv::ApiOf(id);
  const std::string viewer = env.NewToken(model::Role::kViewer, id);
  CHECK(env.Send("GET", api + "/meshtimeouts", viewer).status == 200);
  CHECK(env.Send("GET", api + "/who-am-i", viewer).json()["groups"] ==
        json({"mesh-system:authenticated"}));
  const Answer secrets = env.Send("GET", api + "/meshes/default/secrets", viewer);
  CHECK(secrets.status == 403);
  CHECK(secrets.json()["title"] == "Access Denied");
  CHECK(env.Send("PUT", api + "/meshes/default/meshtimeouts/t", viewer, kTimeout).status == 403);
  CHECK(env.Send("DELETE", api + "/meshes/default", viewer).status == 403);
  CHECK(env.Send("POST", api + "/tokens/user", viewer, R"({"name":"x","validFor":"1h"})").status ==
        403);
}

TEST_CASE("a user token of a control plane is good there and nowhere else", "[rest]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane("one"));
  const std::string other = RestEnv::ApiOf(env.NewControlPlane("two"));
  const Answer token =
      env.Post(api + "/tokens/user", R"({"name":"jane","groups":["team"],"validFor":"1h"})");
  REQUIRE(token.status == 200);
  CHECK(token.content_type == "text/plain");
  const Answer me = env.Send("GET", api + "/who-am-i", token.body);
  CHECK(me.status == 200);
  CHECK(me.json() == json({{"name", "jane"}, {"groups", {"team", "mesh-system:authenticated"}}}));
  CHECK(env.Send("GET", other + "/who-am-i", token.body).status == 401);
  CHECK(env.Send("GET", "/v1/mesh/control-planes", token.body).status == 401);
  const Answer broken = env.Post(api + "/tokens/user", "{not json");
  CHECK(broken.status == 400);
  CHECK(broken.json()["title"] == "Bad Request");
}

TEST_CASE("overviews and insights have the forms that there are", "[rest]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  REQUIRE(env.Put(api + "/zones/z", R"({"type":"Zone","name":"z"})").status == 201);
  CHECK(env.Get(api + "/zones/z/_overview?format=universal").status == 200);
  const Answer insight = env.Get(api + "/mesh-insights/default?format=kubernetes");
  CHECK(insight.json()["kind"] == "MeshInsight");
  CHECK(insight.json()["metadata"]["name"] == "default");
  CHECK(insight.json()["spec"].contains("dataplanesByType"));
  CHECK(!insight.json()["spec"].contains("creationTime"));
  for (const char* path : {"/zones/z/_overview", "/mesh-insights/default", "/zones/z"}) {
    INFO(path);
    const Answer unknown = env.Get(api + path + "?format=x");
    CHECK(unknown.status == 400);
    CHECK(unknown.json()["title"] == "Could not retrieve a resource");
  }
}

TEST_CASE("what the server refuses by itself has the shape of the API that was asked", "[rest]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  const std::vector<std::pair<std::string, std::string>> long_header = {
      {"X-Long", std::string(20'000, 'x')}};
  const Answer kuma = env.Send("GET", api + "/meshes", env.operator_token, "", long_header);
  CHECK(kuma.status == 431);
  CHECK(kuma.content_type == "application/json");
  CHECK(kuma.json()["type"] == "/std-errors");
  CHECK(kuma.json()["details"] == "path and headers are larger than 16 KiB");
  const Answer manager =
      env.Send("GET", "/v1/mesh/control-planes", env.operator_token, "", long_header);
  CHECK(manager.status == 431);
  CHECK(manager.content_type == "application/problem+json");
  CHECK(manager.json()["type"] == "urn:skyden:problem:headers-too-large");
}

TEST_CASE("questions about a proxy go to its zone", "[rest]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  // A zone egress is as good as a dataplane here, and the store takes it as it is.
  const auto caller = env.services().authenticator.Authenticate(env.operator_token);
  const auto scope =
      env.services().authenticator.Enter(*caller, model::ControlPlaneId(api.substr(24, 36)));
  REQUIRE(scope.ok());
  const auto written = env.store->Write(*scope, [&](store::WriteTx& tx) {
    model::Resource egress;
    egress.type = env.registry().FindByName("ZoneEgress")->id;
    egress.key.name = "egress-hashed";
    egress.labels = {{"kuma.io/display-name", "egress"}, {"kuma.io/zone", "zone-1"}};
    egress.zone = "zone-1";
    return tx.PutResource(egress);
  });
  REQUIRE(written.ok());
  env.zones_gateway.answer = std::string("cluster::ok");
  const Answer clusters = env.Get(api + "/zoneegresses/egress-hashed/clusters");
  CHECK(clusters.status == 200);
  CHECK(clusters.content_type == "text/plain");
  CHECK(clusters.body == "cluster::ok");
  REQUIRE(env.zones_gateway.asked.size() == 1);
  CHECK(env.zones_gateway.asked[0].zone_name == "zone-1");
  CHECK(env.zones_gateway.asked[0].resource_name == "egress");
  CHECK(env.zones_gateway.asked[0].resource_type == "ZoneEgress");
  CHECK(env.Get(api + "/zoneegresses/egress-hashed/xds").content_type == "application/json");
  env.zones_gateway.answer = absl::UnavailableError("the zone is not connected");
  const Answer failed = env.Get(api + "/zoneegresses/egress-hashed/stats");
  CHECK(failed.status == 400);
  CHECK(failed.json()["detail"] == "the zone is not connected");
  CHECK(env.Get(api + "/zoneegresses/egress-hashed/nope").status == 404);
  CHECK(env.Get(api + "/zoneegresses/nope/stats").status == 404);
  CHECK(env.zones_gateway.asked.size() == 3);

  // A client that goes takes its question with it.
  env.zones_gateway.answers = false;
  httplib::Client impatient("http://" + env.server->address());
  impatient.set_read_timeout(0, 100'000);
  CHECK_FALSE(impatient.Get(api + "/zoneegresses/egress-hashed/stats",
                            {{"authorization", "Bearer " + env.operator_token}}));
  absl::MutexLock lock(&env.zones_gateway.mu);
  const auto cancelled = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return env.zones_gateway.cancelled == "ticket";
  };
  CHECK(env.zones_gateway.mu.AwaitWithTimeout(absl::Condition(&cancelled), absl::Seconds(20)));
}

TEST_CASE("members that are not stored are told in headers, the body stays Kuma's", "[kuma_api]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  const auto put = [&](const std::string& path, const std::string& body) {
    const Answer answer = env.Put(api + path, body);
    INFO(answer.body);
    CHECK(answer.status == 201);
    CHECK(answer.json() == nlohmann::json::object());
    return answer.warnings;
  };
  const std::string retry =
      R"({"type":"MeshRetry","mesh":"default","name":"r","spec":{"to":[)"
      R"({"targetRef":{"kind":"Mesh"},"default":{"tcp":{"maxConnectAttempt":1,"maxConnectAttemps":1,)"
      R"("a\"\r\nb":2}}}]}})";
  CHECK(put("/meshes/default/meshretries/r", retry) ==
        std::vector<std::string>{
            R"(299 - "unknown field \"spec.to[0].default.tcp.maxConnectAttemps\"")",
            R"(299 - "unknown field \"spec.to[0].default.tcp.a\"\r\nb\"")"});
  CHECK(put("/meshes/m", R"({"type":"Mesh","name":"m","mtl":{}})") ==
        std::vector<std::string>{R"(299 - "unknown field \"mtl\"")"});
  // What is read can be written back.
  const Answer read = env.Get(api + "/meshes/default/meshretries/r");
  CHECK(env.Put(api + "/meshes/default/meshretries/r", read.body).warnings.empty());
}

TEST_CASE("a policy of commercial builds is kept as it is, and Kuma's lists say nothing of it",
          "[kuma_api]") {
  for (const model::KumaVersion version : model::kKumaVersions) {
    RestEnv env;
    const std::string api = RestEnv::ApiOf(env.NewControlPlane("opa", version));
    const nlohmann::json spec = {
        {"targetRef", {{"kind", "Dataplane"}, {"labels", {{"app", "a"}}}}},
        {"default", {{"appendPolicies", {{{"rego", {{"type", "InsecureInline"}}}, {"more", 1}}}}}}};
    const nlohmann::json body = {
        {"type", "MeshOPA"}, {"mesh", "default"}, {"name", "o"}, {"spec", spec}};
    const std::string path = api + "/meshes/default/meshopas/o";
    const Answer made = env.Put(path, body.dump());
    INFO(made.body);
    CHECK(made.status == 201);
    CHECK(made.warnings.empty());
    CHECK(env.Get(path).json()["spec"] == spec);
    CHECK(env.Get(api + "/meshopas").json()["total"] == 1);
    CHECK(env.Get(api + "/_resources").body.find("MeshOPA") == std::string::npos);
    CHECK(env.Get(api + "/policies").body.find("MeshOPA") == std::string::npos);
    CHECK(env.Delete(path).status == 200);
  }
}

}  // namespace skyden::rest
