// SPDX-License-Identifier: Apache-2.0
// Proxies beside their insights: what is listed, and how what a lost zone left behind is shown.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "server/services.h"
#include "skyden/store/change.h"
#include "skyden/store/tenant_tx.h"
#include "tests/insights/testing.h"
#include "tests/rest/rest_env.h"

using namespace skyden;
using namespace skyden::rest;
using insights::testing::Connection;
using insights::testing::InsightOf;
using insights::testing::Proxy;
using insights::testing::ZoneInsight;
using nlohmann::json;

namespace {

class Env : public RestEnv {
 public:
  Env() : api(ApiOf(NewControlPlane())) {
    const auto caller = services().authenticator.Authenticate(operator_token);
    scope =
        services().authenticator.Enter(*caller, model::ControlPlaneId(api.substr(24, 36))).value();
    Store("ZoneInsight", ZoneInsight("east", Connection::kOpen));
  }

  void Store(const std::string& type, model::Resource resource) {
    resource.type = registry().FindByName(type)->id;
    const auto written =
        store->Write(*scope, [&](store::WriteTx& tx) { return tx.PutResource(resource); });
    REQUIRE(written.ok());
  }
  void Run(const Proxy& proxy) {
    Store("Dataplane", proxy.Dataplane());
    Store("DataplaneInsight", InsightOf(proxy.Dataplane(), {}));
  }
  std::vector<std::string> Names(const std::string& path) {
    const json list = Get(api + path).json();
    std::vector<std::string> names = {std::to_string(list.at("total").get<int>())};
    for (const json& item : list.at("items")) names.push_back(item.at("name"));
    return names;
  }
  json Subscription(const std::string& path, const std::string& insight) {
    const json body = Get(api + path).json();
    const json& item = body.contains("items") ? body.at("items").at(0) : body;
    return item.at(insight).at("subscriptions").at(0);
  }

  const std::string api;
  std::optional<model::TenantScope> scope;
};

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("overviews are filtered and paged as the proxies are", "[rest][overviews]") {
  Env env;
  REQUIRE(env.Put(env.api + "/meshes/other", R"({"type":"Mesh","name":"other"})").status == 201);
  env.Run({.name = "a-1"});
  env.Run({.name = "a-2", .services = {"db"}});
  env.Run({.name = "gw", .gateway = insights::ProxyKind::kBuiltinGateway});
  env.Run({.mesh = "other", .name = "b"});
  CHECK(env.Names("/dataplanes/_overview") == Strings{"4", "a-1", "a-2", "gw", "b"});
  CHECK(env.Names("/dataplanes+insights") == Strings{"4", "a-1", "a-2", "gw", "b"});
  for (const std::string list :
       {"/meshes/default/dataplanes/_overview?", "/meshes/default/dataplanes+insights?"}) {
    CHECK(env.Names(list) == Strings{"3", "a-1", "a-2", "gw"});
    CHECK(env.Names(list + "name=a-") == Strings{"2", "a-1", "a-2"});
    CHECK(env.Names(list + "tag=kuma.io/service:db") == Strings{"1", "a-2"});
    CHECK(env.Names(list + "gateway=true") == Strings{"1", "gw"});
    CHECK(env.Names(list + "gateway=delegated") == Strings{"0"});
    CHECK(env.Names(list + "size=1&offset=1") == Strings{"3", "a-2"});
  }
  CHECK(env.Get(env.api + "/meshes/none/dataplanes/_overview").status == 404);
  CHECK(env.Get(env.api + "/meshes/default/dataplanes/none/_overview").status == 404);
}

TEST_CASE("an overview without an insight says so in a list by nothing, alone by an empty one",
          "[rest][overviews]") {
  Env env;
  env.Store("Dataplane", Proxy{.name = "a"}.Dataplane());
  const std::string path = "/meshes/default/dataplanes";
  CHECK_FALSE(
      env.Get(env.api + path + "/_overview").json()["items"][0].contains("dataplaneInsight"));
  CHECK(env.Get(env.api + path + "/a/_overview").json().at("dataplaneInsight") == json::object());
}

TEST_CASE("proxies of a zone that is gone are shown as gone with it", "[rest][overviews]") {
  Env env;
  env.Run({.name = "a"});
  auto egress = Proxy{.mesh = "", .name = "eg"}.Dataplane();
  egress.spec.clear();
  env.Store("ZoneEgress", egress);
  env.Store("ZoneEgressInsight", InsightOf(egress, {}));
  struct Case {
    std::string path;
    std::string insight;
  };
  const std::vector<Case> cases = {
      {"/meshes/default/dataplanes/_overview", "dataplaneInsight"},
      {"/meshes/default/dataplanes/a/_overview", "dataplaneInsight"},
      {"/zoneegresses/_overview", "zoneEgressInsight"},
      {"/zoneegressoverviews", "zoneEgressInsight"},
      {"/zoneegresses/eg/_overview", "zoneEgressInsight"},
  };
  for (const Case& c : cases) {
    INFO(c.path);
    CHECK_FALSE(env.Subscription(c.path, c.insight).contains("disconnectTime"));
  }
  env.Store("ZoneInsight", ZoneInsight("east", Connection::kClosed));
  for (const Case& c : cases) {
    INFO(c.path);
    CHECK(env.Subscription(c.path, c.insight).at("disconnectTime") == "2023-11-14T22:21:40Z");
  }
  env.Store("ZoneInsight", ZoneInsight("east", Connection::kOpen));
  for (const Case& c : cases) {
    INFO(c.path);
    CHECK_FALSE(env.Subscription(c.path, c.insight).contains("disconnectTime"));
  }
}

TEST_CASE("services are listed as of now, by kind and by name", "[rest][overviews]") {
  Env env;
  env.Run({.name = "a", .services = {"web", "admin"}});
  env.Run({.name = "gw", .services = {"edge"}, .gateway = insights::ProxyKind::kBuiltinGateway});
  const std::string path = "/meshes/default/service-insights";
  CHECK(env.Names(path) == Strings{"3", "admin", "edge", "web"});
  CHECK(env.Names(path + "?type=gateway_builtin") == Strings{"1", "edge"});
  CHECK(env.Names(path + "?name=e") == Strings{"2", "edge", "web"});
  CHECK(env.Names(path + "?size=1&offset=2") == Strings{"3", "web"});
  const json web = env.Get(env.api + path + "/web").json();
  CHECK(web.at("status") == "online");
  CHECK(web.at("addressPort") == "web.mesh:80");
  env.Store("ZoneInsight", ZoneInsight("east", Connection::kClosed));
  CHECK(env.Get(env.api + path + "/web").json().at("status") == "offline");
  CHECK(env.Get(env.api + path + "?type=nonsense").status == 400);
}

TEST_CASE("the pages of mesh insights link to each other", "[rest][overviews]") {
  Env env;
  for (const char* name : {"a", "b", "c"}) {
    const std::string body = fmt::format(R"({{"type":"Mesh","name":"{}"}})", name);
    REQUIRE(env.Put(env.api + "/meshes/" + name, body).status == 201);
  }
  const json page = env.Get(env.api + "/mesh-insights?size=2").json();
  CHECK(page.at("total") == 4);
  CHECK(page.at("items").size() == 2);
  CHECK(page.at("next").get<std::string>().find("offset=2") != std::string::npos);
  const json last = env.Get(env.api + "/mesh-insights?size=2&offset=2").json();
  CHECK(last.at("items").size() == 2);
  CHECK(last.at("next").is_null());
  CHECK(env.Get(env.api + "/mesh-insights?size=2&offset=9").json().at("items").empty());
}
