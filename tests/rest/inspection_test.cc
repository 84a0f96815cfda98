// SPDX-License-Identifier: Apache-2.0
// Inspection over the whole stack: real store, real codec, Kuma's shapes and errors.
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <utility>

#include "skyden/resources/codec.h"
#include "skyden/store/tenant_tx.h"
#include "tests/rest/rest_env.h"
#include "tests/telemetry/captured_log.h"

namespace skyden::rest {
namespace {

using nlohmann::json;
using telemetry::testing::CapturedLog;

// A control plane with a mesh in which services are resources, and what zone `east` told of it.
class Inspected {
 public:
  explicit Inspected(const std::string& services = "Exclusive") {
    const std::string id = env.NewControlPlane();
    root = RestEnv::ApiOf(id);
    api = root + "/meshes/demo";
    const auto system = model::SystemScope::For("test");
    const auto record =
        env.store->FindControlPlane(system, model::ParseControlPlaneId(id).value()).value();
    scope = system.In(record->organization, record->tenant, record->id);
    Put("", R"({"type":"Mesh","name":"demo","skipCreatingInitialPolicies":["*"],)"
            R"("meshServices":{"mode":")" +
                services + R"("}})");
  }

  void Put(const std::string& path, const std::string& body) {
    const Answer answer = env.Put(api + path, body);
    INFO(answer.body);
    REQUIRE((answer.status == 200 || answer.status == 201));
  }
  void PutPolicy(const std::string& type, const std::string& path, const std::string& name,
                 const std::string& spec) {
    Put("/" + path + "/" + name,
        R"({"type":")" + type + R"(","mesh":"demo","name":")" + name + R"(","spec":)" + spec + "}");
  }

  // As the zone would have it synced.
  void Store(const std::string& type, const std::string& name, const std::string& spec,
             model::Labels labels = {}, const std::string& status = "",
             const std::string& mesh = "demo") {
    labels.emplace("kuma.io/origin", "zone");
    labels.emplace("kuma.io/zone", "east");
    labels.emplace("kuma.io/display-name", name);
    const model::TypeDescriptor& descriptor = *env.registry().FindByName(type);
    model::Resource resource;
    resource.type = descriptor.id;
    resource.key = {mesh, name};
    resource.labels = std::move(labels);
    resource.zone = "east";
    resource.status = status;
    resource.spec = env.codec().SpecFromJson(descriptor, spec).value();
    const auto written = env.store->Write(
        *scope, [&resource](store::WriteTx& tx) { return tx.PutResource(resource); });
    REQUIRE(written.ok());
  }
  // What zone `east` says that it runs.
  void StoreVersion(const std::string& version) {
    const model::TypeDescriptor& descriptor = *env.registry().FindByName("ZoneInsight");
    model::Resource insight;
    insight.type = descriptor.id;
    insight.key = {"", "east"};
    insight.spec = env.codec()
                       .SpecFromJson(descriptor, R"({"subscriptions":[{"id":"1","version":)"
                                                 R"({"kumaCp":{"version":"2.9.0"}}},{"id":"2",)"
                                                 R"("version":{"kumaCp":{"version":")" +
                                                     version + R"("}}}]})")
                       .value();
    const auto written = env.store->Write(
        *scope, [&insight](store::WriteTx& tx) { return tx.PutResource(insight); });
    REQUIRE(written.ok());
  }
  void StoreSidecar(const std::string& name, model::Labels labels = {}) {
    labels["app"] = name;
    Store("Dataplane", name,
          R"({"networking":{"address":"10.0.0.1","inbound":[{"port":80,"name":"main","tags":)"
          R"({"kuma.io/service":")" +
              name + R"(","kuma.io/protocol":"http"}}]}})",
          std::move(labels));
  }

  json Get(const std::string& path) {
    const Answer answer = env.Get(api + path);
    INFO(path << ": " << answer.body);
    REQUIRE(answer.status == 200);
    return answer.json();
  }

  RestEnv env;
  std::string root;  // of its Kuma API
  std::string api;   // of its mesh
  std::optional<model::TenantScope> scope;
};

// The spec of a HostnameGenerator for every MeshService.
std::string Generator(const std::string& pattern) {
  return json{{"selector", {{"meshService", json::object()}}}, {"template", pattern}}.dump();
}

constexpr char kSlow[] = R"({"targetRef":{"kind":"Dataplane","labels":{"app":"web"}},
    "to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"9s"}}]})";

constexpr char kDbService[] = R"({"ports":[{"name":"main","port":80,"appProtocol":"http"}]})";

}  // namespace

TEST_CASE("a proxy's rules name the policies that they came from", "[inspection]") {
  Inspected mesh;
  mesh.StoreSidecar("web");
  mesh.StoreSidecar("db");
  mesh.PutPolicy("MeshTimeout", "meshtimeouts", "slow", kSlow);
  const json rules = mesh.Get("/dataplanes/web/_rules");
  CHECK(rules["resource"]["name"] == "web");
  REQUIRE(rules["rules"].size() == 1);
  const json& timeout = rules["rules"][0];
  CHECK(timeout["type"] == "MeshTimeout");
  // In a mesh of services as resources, rules by tags are not shown.
  CHECK(timeout["toRules"].empty());
  CHECK(timeout["toResourceRules"][0]["conf"] == json::parse(R"([{"idleTimeout":"9s"}])"));
  CHECK(timeout["toResourceRules"][0]["origin"][0]["resourceMeta"]["name"] == "slow");
  CHECK(mesh.Get("/dataplanes/db/_rules")["rules"].empty());
}

TEST_CASE("rules by tags are shown where services are tags", "[inspection]") {
  Inspected mesh("Disabled");
  mesh.StoreSidecar("web");
  mesh.PutPolicy("MeshTimeout", "meshtimeouts", "slow", kSlow);
  CHECK(mesh.Get("/dataplanes/web/_rules")["rules"][0]["toRules"][0]["conf"]["idleTimeout"] ==
        "9s");
}

TEST_CASE("what changes shows in the next answer", "[inspection]") {
  Inspected mesh;
  mesh.StoreSidecar("web");
  CHECK(mesh.Get("/dataplanes/web/_rules")["rules"].empty());
  mesh.PutPolicy("MeshTimeout", "meshtimeouts", "slow", kSlow);
  CHECK(mesh.Get("/dataplanes/web/_rules")["rules"].size() == 1);
  CHECK(mesh.env.Delete(mesh.api + "/meshtimeouts/slow").status == 200);
  CHECK(mesh.Get("/dataplanes/web/_rules")["rules"].empty());
}

TEST_CASE("confs are told for a proxy, its inbounds and what it calls", "[inspection]") {
  Inspected mesh;
  mesh.StoreSidecar("web");
  mesh.Store("MeshService", "db", kDbService);
  mesh.PutPolicy("MeshTimeout", "meshtimeouts", "slow", kSlow);
  mesh.PutPolicy("MeshTrace", "meshtraces", "trace",
                 R"({"default":{"backends":[{"type":"Zipkin","zipkin":{"url":"http://z/api"}}]}})");
  mesh.PutPolicy("MeshTLS", "meshtlses", "tls",
                 R"({"targetRef":{"kind":"Dataplane"},"rules":[{"default":{"mode":"Strict"}}]})");

  const json layout = mesh.Get("/dataplanes/web/_layout");
  CHECK(layout["kri"] == "kri_dp_demo_east__web_");
  CHECK(layout["inbounds"][0]["kri"] == "kri_dp_demo_east__web_main");
  CHECK(layout["inbounds"][0]["proxyResourceName"] == "self_inbound_dp_main");
  CHECK(layout["outbounds"][0]["kri"] == "kri_msvc_demo_east__db_main");
  CHECK(layout["outbounds"][0]["protocol"] == "http");

  const json proxy = mesh.Get("/dataplanes/web/_policies")["policies"];
  REQUIRE(proxy.size() == 1);
  CHECK(proxy[0]["kind"] == "MeshTrace");
  CHECK(proxy[0]["origins"][0]["kri"] == "kri_mtr_demo___trace_");
  const json inbound =
      mesh.Get("/dataplanes/web/_inbounds/kri_dp_demo_east__web_main/_policies")["policies"];
  CHECK(inbound[0]["kind"] == "MeshTLS");
  CHECK(inbound[0]["rules"][0]["conf"]["mode"] == "Strict");
  const json outbound =
      mesh.Get("/dataplanes/web/_outbounds/kri_msvc_demo_east__db_main/_policies")["policies"];
  CHECK(outbound[0]["kind"] == "MeshTimeout");
  CHECK(outbound[0]["conf"][0]["idleTimeout"] == "9s");
}

TEST_CASE("routes are told with the rules that each policy gave", "[inspection]") {
  Inspected mesh;
  mesh.StoreSidecar("web");
  mesh.Store("MeshService", "db", kDbService, {{"app", "db"}});
  mesh.PutPolicy(
      "MeshHTTPRoute", "meshhttproutes", "r",
      R"({"to":[{"targetRef":{"kind":"MeshService","labels":{"app":"db"}},"rules":[)"
      R"({"matches":[{"path":{"type":"Exact","value":"/a"}}],"default":{"filters":[)"
      R"({"type":"RequestHeaderModifier","requestHeaderModifier":{"remove":["x"]}}]}}]}]})");
  mesh.PutPolicy("MeshTimeout", "meshtimeouts", "on-route",
                 R"({"to":[{"targetRef":{"kind":"MeshHTTPRoute","name":"r"},)"
                 R"("default":{"http":{"requestTimeout":"3s"}}}]})");
  const std::string outbound = "/dataplanes/web/_outbounds/kri_msvc_demo_east__db_main/_routes";
  const json route = mesh.Get(outbound)["routes"][0];
  CHECK(route["kind"] == "MeshHTTPRoute");
  CHECK(route["rules"][0]["kri"] == "kri_mhttpr_demo___r_");
  CHECK(route["rules"][0]["matches"][0]["path"]["value"] == "/a");
  const json policies = mesh.Get(outbound + "/kri_mhttpr_demo___r_/_policies")["policies"];
  CHECK(policies[0]["conf"][0]["http"]["requestTimeout"] == "3s");
}

TEST_CASE("a policy and a service tell whom they select, page by page", "[inspection]") {
  Inspected mesh;
  for (const char* name : {"db", "web", "web-2", "web-3"}) mesh.StoreSidecar(name);
  mesh.PutPolicy("MeshTimeout", "meshtimeouts", "all",
                 R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"9s"}}]})");
  mesh.PutPolicy("MeshTimeout", "meshtimeouts", "slow", kSlow);
  mesh.Store("MeshService", "webs", R"({"selector":{"dataplaneTags":{"kuma.io/service":"web"}}})");
  CHECK(mesh.Get("/meshtimeouts/slow/_resources/dataplanes")["total"] == 1);
  CHECK(mesh.Get("/meshservices/webs/_resources/dataplanes")["items"][0]["name"] == "web");
  CHECK(mesh.Get("/meshservices/webs/_dataplanes")["total"] == 1);
  const json page = mesh.Get("/meshtimeouts/all/_resources/dataplanes?size=2&offset=1");
  CHECK(page["total"] == 4);
  CHECK(page["items"].size() == 2);
  CHECK(page["items"][0]["name"] == "web");
  CHECK(page["next"].get<std::string>().find("offset=3") != std::string::npos);
  CHECK(mesh.Get("/meshtimeouts/all/_resources/dataplanes?name=web-")["total"] == 2);
  CHECK_FALSE(mesh.Get("/meshtimeouts/all/_resources/dataplanes").contains("next"));
  const json attached = mesh.Get("/meshtimeouts/slow/dataplanes");
  CHECK(attached["items"][0]["dataplane"]["name"] == "web");
  CHECK(attached["items"][0]["attachments"] == json::parse(R"([{"type":"dataplane"}])"));
}

TEST_CASE("the older forms show older policies as well", "[inspection]") {
  Inspected mesh("Disabled");
  mesh.StoreSidecar("web");
  mesh.Put("/traffic-permissions/tp",
           R"({"type":"TrafficPermission","mesh":"demo","name":"tp","sources":[{"match":)"
           R"({"kuma.io/service":"*"}}],"destinations":[{"match":{"kuma.io/service":"web"}}]})");
  const json policies = mesh.Get("/dataplanes/web/policies");
  CHECK(policies["kind"] == "SidecarDataplane");
  CHECK(policies["items"][0]["type"] == "inbound");
  CHECK(policies["items"][0]["matchedPolicies"]["TrafficPermission"][0]["name"] == "tp");
  CHECK(mesh.Get("/traffic-permissions/tp/dataplanes")["total"] == 1);
  mesh.PutPolicy("MeshTrace", "meshtraces", "trace",
                 R"({"default":{"backends":[{"type":"Zipkin","zipkin":{"url":"http://z/api"}}]}})");
  CHECK(mesh.Get("/dataplanes/web/rules")["items"][0]["type"] == "SingleItem");
}

TEST_CASE("a built-in gateway is shown by its listeners", "[inspection]") {
  Inspected mesh;
  mesh.Store("Dataplane", "edge",
             R"({"networking":{"address":"10.0.0.2","gateway":{"type":"BUILTIN","tags":)"
             R"({"kuma.io/service":"edge"}}}})");
  mesh.Put("/meshgateways/gw",
           R"({"type":"MeshGateway","mesh":"demo","name":"gw","selectors":[{"match":)"
           R"({"kuma.io/service":"edge"}}],"conf":{"listeners":[{"port":80,"protocol":"HTTP"}]}})");
  mesh.Put("/meshgatewayroutes/r",
           R"({"type":"MeshGatewayRoute","mesh":"demo","name":"r","selectors":[{"match":)"
           R"({"kuma.io/service":"edge"}}],"conf":{"http":{"rules":[{"matches":[{"path":)"
           R"({"match":"EXACT","value":"/"}}],"backends":[{"weight":1,"destination":)"
           R"({"kuma.io/service":"db"}}]}]}}})");
  mesh.Put("/timeouts/t",
           R"({"type":"Timeout","mesh":"demo","name":"t","sources":[{"match":)"
           R"({"kuma.io/service":"edge"}}],"destinations":[{"match":{"kuma.io/service":"*"}}],)"
           R"("conf":{"connectTimeout":"9s"}})");
  const json view = mesh.Get("/dataplanes/edge/policies");
  CHECK(view["kind"] == "MeshGatewayDataplane");
  CHECK(view["gateway"]["name"] == "gw");
  const json& route = view["listeners"][0]["hosts"][0]["routes"][0];
  CHECK(route["route"] == "r");
  CHECK(route["destinations"][0]["policies"]["Timeout"]["name"] == "t");
  const json use = mesh.Get("/timeouts/t/dataplanes")["items"][0];
  CHECK(use["gateway"]["name"] == "gw");
  CHECK(use["listeners"][0]["hosts"][0]["routes"][0]["destinations"] ==
        json::parse(R"([{"kuma.io/service":"db"}])"));
  CHECK(mesh.Get("/meshgateways/gw/dataplanes")["total"] == 1);
  CHECK(mesh.Get("/meshgatewayroutes/r/dataplanes")["total"] == 1);
  CHECK(mesh.Get("/meshgateways/gw/_rules")["resource"]["type"] == "MeshGateway");
  CHECK(mesh.Get("/dataplanes/edge/rules")["total"] == 0);
}

TEST_CASE("a service has the hostnames that generators give it", "[inspection]") {
  Inspected mesh;
  mesh.Store("MeshService", "db", kDbService, {{"kuma.io/env", "universal"}});
  const json hostnames = mesh.Get("/meshservices/db/_hostnames");
  CHECK(hostnames["total"] == 1);
  CHECK(hostnames["items"][0]["hostname"] == "db.svc.east.mesh.local");
  CHECK(hostnames["items"][0]["zones"] == json::parse(R"([{"name":"east"}])"));
}

TEST_CASE("hostnames are conditional as Go's templates are", "[inspection]") {
  Inspected mesh;
  mesh.Store("MeshService", "db", kDbService, {{"kuma.io/env", "kubernetes"}});
  const std::string body =
      R"({"type":"HostnameGenerator","name":"cond","spec":)" +
      Generator("{{ if .Zone }}{{ .DisplayName }}.{{ .Zone }}.{{ end }}cond.local") + "}";
  REQUIRE(mesh.env.Put(mesh.root + "/hostnamegenerators/cond", body).status == 201);
  CHECK(mesh.Get("/meshservices/db/_hostnames")["items"][0]["hostname"] == "db.east.cond.local");
}

TEST_CASE("a generator that cannot be filled in leaves the others as they are", "[inspection]") {
  Inspected mesh;
  mesh.Store("MeshService", "db", kDbService, {{"kuma.io/env", "universal"}});
  const auto store = [&](const char* name, const char* pattern) {
    mesh.Store("HostnameGenerator", name, Generator(pattern), {}, "", /*mesh=*/"");
  };
  store("aaa", R"({{ label "none" }}.local)");
  store("zzz", "{{ .NoSuchField }");
  store("mmm", "{{ .DisplayName }}.good.local");
  const CapturedLog log;
  const json hostnames = mesh.Get("/meshservices/db/_hostnames");
  CHECK(hostnames["total"] == 2);
  CHECK(hostnames["items"][0]["hostname"] == "db.good.local");
  CHECK(hostnames["items"][1]["hostname"] == "db.svc.east.mesh.local");
  const std::string told = log.Text();
  CHECK_THAT(told, Catch::Contains("generator=aaa") && Catch::Contains("label none not found"));
  CHECK_THAT(told, Catch::Contains("generator=zzz") && Catch::Contains("request_id="));
}

TEST_CASE("an internal error is logged under the id of its request", "[inspection]") {
  Inspected mesh;
  mesh.StoreSidecar("web");
  const CapturedLog log;
  const Answer answer =
      mesh.env.Get(mesh.api + "/dataplanes/web/_inbounds/kri_dp____a_no/_policies");
  CHECK(answer.status == 500);
  const auto id = answer.json()["instance"].get<std::string>();
  CHECK_THAT(log.Text(), Catch::Contains("request_id=" + id));
}

TEST_CASE("an identity is told when it is ready", "[inspection]") {
  Inspected mesh;
  mesh.StoreSidecar("web", {{"kuma.io/workload", "web"}});
  CHECK_FALSE(mesh.Get("/dataplanes/web/_layout").contains("spiffeId"));
  constexpr char kSpec[] = R"({"selector":{"dataplane":{"matchLabels":{}}}})";
  mesh.Store("MeshIdentity", "identity", kSpec);
  CHECK_FALSE(mesh.Get("/dataplanes/web/_layout").contains("spiffeId"));
  mesh.Store("MeshIdentity", "identity", kSpec, {},
             R"({"conditions":[{"type":"Ready","status":"True"}]})");
  CHECK(mesh.Get("/dataplanes/web/_layout")["spiffeId"] ==
        "spiffe://demo.east.mesh.local/workload/web");
  // Of several the one that asks for most.
  mesh.Store("MeshIdentity", "special",
             R"({"selector":{"dataplane":{"matchLabels":{"app":"web"}}},)"
             R"("spiffeID":{"trustDomain":"td","path":"/a/{{ label \"app\" }}"}})",
             {}, R"({"conditions":[{"type":"Ready","status":"True"}]})");
  CHECK(mesh.Get("/dataplanes/web/_layout")["spiffeId"] == "spiffe://td/a/web");
}

TEST_CASE("what is not there is refused as Kuma refuses it", "[inspection]") {
  Inspected mesh;
  mesh.StoreSidecar("web");
  struct Case {
    const char* path;
    int status;
    const char* title;
  };
  const Case cases[] = {
      {"/dataplanes/no/_rules", 404, "Could not retrieve Dataplane"},
      {"/dataplanes/no/rules", 404, "Could not get MatchedPolicies"},
      {"/dataplanes/no/policies", 404, "Could not get MatchedPolicies"},
      {"/dataplanes/no/_policies", 404, "Could not retrieve Dataplane"},
      {"/dataplanes/no/_layout", 404, "Failed to retrieve Dataplane"},
      {"/meshgateways/no/_rules", 404, "Could not retrieve MeshGateway"},
      {"/meshgateways/no/dataplanes", 404, "Could not find MeshGateway"},
      {"/meshgatewayroutes/no/dataplanes", 404, "Could not find MeshGatewayRoute"},
      {"/meshtimeouts/no/_resources/dataplanes", 404, "Could not retrieve policy"},
      {"/meshtimeouts/no/_resources/dataplanes?size=0", 400, "Could not retrieve policy"},
      {"/meshservices/no/_dataplanes", 404, "Could not retrieve policy"},
      {"/meshservices/no/_hostnames", 404, "could not retrieve service"},
      {"/dataplanes/web/_inbounds/x/_policies", 400, "Bad Request"},
      {"/dataplanes/web/_inbounds/kri_dp____a_no/_policies", 500, "Failed building response"},
      {"/dataplanes/web/_outbounds/kri_zz_____/_routes", 400, "Bad Request"},
      {"/dataplanes/web/_outbounds/kri_m_____/_routes/x/_policies", 400, "Bad Request"},
  };
  for (const Case& c : cases) {
    INFO(c.path);
    const Answer answer = mesh.env.Get(mesh.api + c.path);
    CHECK(answer.status == c.status);
    CHECK(answer.json()["title"] == c.title);
  }
  CHECK(mesh.env.Get(mesh.api + "/virtual-outbounds/no/dataplanes").status == 404);
  CHECK(mesh.Get("/meshtimeouts/no/dataplanes")["total"] == 0);
}

TEST_CASE("what needs services as resources is refused without them", "[inspection]") {
  Inspected mesh("Everywhere");
  mesh.StoreSidecar("web");
  for (const char* path : {"/dataplanes/web/_policies", "/dataplanes/web/_layout",
                           "/dataplanes/web/_outbounds/x/_routes"}) {
    const Answer answer = mesh.env.Get(mesh.api + path);
    CHECK(answer.status == 400);
    CHECK(answer.json()["detail"].get<std::string>().ends_with("without meshService enabled"));
  }
}

TEST_CASE("another control plane's mesh looks as if it were not there", "[inspection]") {
  Inspected mesh;
  mesh.StoreSidecar("web");
  REQUIRE(mesh.Get("/dataplanes/web/_rules")["rules"].empty());
  const std::string other = RestEnv::ApiOf(mesh.env.NewControlPlane("other")) + "/meshes/demo";
  const Answer answer = mesh.env.Get(other + "/dataplanes/web/_rules");
  CHECK(answer.status == 404);
  CHECK(answer.json()["title"] == "Failed to retrieve Mesh");
}

TEST_CASE("a proxy of a zone of Kuma 3 is shown what that zone makes of the policies",
          "[inspection]") {
  Inspected mesh("Disabled");
  mesh.Store("Dataplane", "web",
             R"({"networking":{"address":"10.0.0.1","inbound":[{"port":80,"name":"main"}]}})");
  mesh.StoreVersion("2.14.3");
  mesh.PutPolicy("MeshTimeout", "meshtimeouts", "both",
                 R"({"targetRef":{"kind":"Mesh","proxyTypes":["Sidecar"]},)"
                 R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"9s"}}],)"
                 R"("from":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"8s"}}]})");
  mesh.PutPolicy("MeshRetry", "meshretries", "gateways",
                 R"({"targetRef":{"kind":"Mesh","proxyTypes":["Gateway"]},"to":[{"targetRef":)"
                 R"({"kind":"Mesh"},"default":{"tcp":{"maxConnectAttempt":5}}}]})");
  const json second = mesh.Get("/dataplanes/web/_rules")["rules"];
  REQUIRE(second.size() == 1);
  CHECK(second[0]["fromRules"].size() == 1);
  CHECK(second[0]["toRules"].size() == 1);
  // Kuma's word for a proxy's missing tags.
  CHECK(second[0]["inboundRules"][0]["inbound"] ==
        json::parse(R"({"name":"main","port":80,"tags":null})"));
  CHECK(mesh.env.Get(mesh.api + "/dataplanes/web/_policies").status == 400);
  CHECK(mesh.env.Get(mesh.api + "/dataplanes/web/_layout").status == 400);

  mesh.StoreVersion("3.0.0-dev.348b6528b");
  const json third = mesh.Get("/dataplanes/web/_rules")["rules"];
  REQUIRE(third.size() == 1);
  CHECK(third[0]["fromRules"].empty());
  CHECK(third[0]["toRules"].empty());
  const json& inbound = third[0]["inboundRules"][0]["rules"][0];
  CHECK(inbound["conf"] == json::parse(R"([{"idleTimeout":"8s"}])"));
  CHECK(inbound["origin"][0]["resourceMeta"]["name"] == "both");
  const json& to = third[0]["toResourceRules"][0];
  CHECK(to["conf"] == json::parse(R"([{"idleTimeout":"9s"}])"));
  CHECK(to["origin"][0]["resourceMeta"]["name"] == "both-outbound");
  CHECK(mesh.Get("/dataplanes/web/_policies")["policies"].empty());
  CHECK(mesh.Get("/dataplanes/web/_layout")["inbounds"].size() == 1);
  CHECK(mesh.env.Get(mesh.api + "/dataplanes/none/_layout").status == 400);

  const auto selected = [&mesh](const std::string& policy) {
    return mesh.Get("/" + policy + "/_resources/dataplanes")["total"];
  };
  CHECK(selected("meshtimeouts/both") == 1);
  CHECK(mesh.Get("/meshtimeouts/both/dataplanes")["total"] == 1);
  CHECK(mesh.Get("/meshretries/gateways/dataplanes")["total"] == 0);
  // By name it would be every proxy there; so it is none.
  mesh.PutPolicy("MeshTimeout", "meshtimeouts", "named",
                 R"({"targetRef":{"kind":"Dataplane","name":"web"},)"
                 R"("rules":[{"default":{"idleTimeout":"1s"}}]})");
  CHECK(mesh.Get("/dataplanes/web/_rules")["rules"][0]["inboundRules"][0]["rules"].size() == 1);
}

}  // namespace skyden::rest
