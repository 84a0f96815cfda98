// SPDX-License-Identifier: Apache-2.0
// What is asked across control planes: what is shown, to whom, and that organizations never meet.
#include <catch2/catch.hpp>

#include "skyden/base/rfc3339.h"
#include "skyden/store/tenant_tx.h"
#include "tests/insights/testing.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using nlohmann::json;

// The zones of an answer, as "control plane/zone status".
std::vector<std::string> ZonesIn(const Answer& answer) {
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  std::vector<std::string> zones;
  const json document = answer.json();
  for (const json& zone : document.at("data")) {
    zones.push_back(zone["control_plane"]["name"].get<std::string>() + "/" +
                    zone["name"].get<std::string>() + " " + zone["status"].get<std::string>());
  }
  return zones;
}
using Zones = std::vector<std::string>;

void Provision(RestEnv& env, const std::string& id, const std::string& zone,
               const std::string& token = "") {
  const Answer answer =
      env.Send("POST", "/v1/mesh/control-planes/" + id + "/provision-zone",
               token.empty() ? env.operator_token : token, "{\"name\":\"" + zone + "\"}");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
}

// As if the zone was there, or had been, long ago.
void Store(RestEnv& env, const std::string& id, const std::string& zone,
           insights::testing::Connection connection) {
  model::Resource insight = insights::testing::ZoneInsight(zone, connection);
  insight.type = env.registry().core().zone_insight->id;
  const auto written =
      env.store->Write(env.Inside(id), [insight](store::WriteTx& tx) -> absl::Status {
        model::Resource copy = insight;
        return tx.PutResource(copy);
      });
  REQUIRE(written.ok());
}

insights::LiveZone Live(const std::string& name, absl::Time since) {
  return {name, "10.2.3.4", "cp-1", "2.14.3", since, {"t", since + absl::Hours(24 * 90)}};
}

}  // namespace

TEST_CASE("zones of all control planes are one list", "[rest][fleet]") {
  RestEnv env;
  const std::string shop = env.NewControlPlane("shop");
  const std::string pay = env.NewControlPlane("pay");
  Provision(env, shop, "never");
  Provision(env, shop, "gone");
  Store(env, shop, "gone", insights::testing::Connection::kClosed);
  Provision(env, pay, "there");
  Store(env, pay, "there", insights::testing::Connection::kOpen);
  CHECK(ZonesIn(env.Get("/v3/zones")) ==
        Zones{"shop/gone offline", "shop/never never", "pay/there online"});

  // What is known of who is connected, and of who was turned away, counts at once.
  const absl::Time now = absl::Now();
  insights::LiveZone there = Live("there", now);
  there.behind_since = now;
  there.behind_types = {"MeshTimeout"};
  there.confirmed = 12;
  env.Connect(pay, {there});
  env.Refuse(shop, {{"<img>", "10.9.1.3", "the token expired", "Issue a new one.", now, now}});
  const Answer all = env.Get("/v3/zones");
  CHECK(ZonesIn(all) ==
        Zones{"shop/<img> refused", "shop/gone offline", "pay/there behind", "shop/never never"});
  const json refused = all.json()["data"][0];
  CHECK(refused["reason"] == "the token expired");
  CHECK(refused["advice"] == "Issue a new one.");
  CHECK(refused["since"] == base::FormatRfc3339(now));
  CHECK(refused["network"] == "10.9.0.0/16");
  const json behind = all.json()["data"][2];
  CHECK(behind["behind_types"] == json({"MeshTimeout"}));
  CHECK(behind["confirmed_revision"] == 12);
  CHECK(behind["token"]["id"] == "t");
  CHECK(all.json()["facets"]["status"].size() == 4);

  // Filters, as other lists have them.
  CHECK(ZonesIn(env.Get("/v3/zones?filter[status]=offline")) == Zones{"shop/gone offline"});
  CHECK(ZonesIn(env.Get("/v3/zones?filter[name]=ER")) ==
        Zones{"pay/there behind", "shop/never never"});
  CHECK(ZonesIn(env.Get("/v3/zones?filter[name][eq]=er")).empty());
  CHECK(ZonesIn(env.Get("/v3/zones?filter[control_plane_id][neq]=" + shop)) ==
        Zones{"pay/there behind"});
  CHECK(ZonesIn(env.Get("/v3/zones?filter[peer]=10.2.3.4&sort=-name")) ==
        Zones{"pay/there behind"});
  // Pages.
  const json first = env.Get("/v3/zones?page[size]=3").json();
  CHECK(first["meta"]["page"]["total"] == 4);
  const std::string next = first["meta"]["page"]["next"];
  const Answer second = env.Get("/v3/zones?page[size]=3&page[after]=" + next);
  CHECK(ZonesIn(second) == Zones{"shop/never never"});
  CHECK(second.json()["meta"]["page"]["next"].is_null());
}

TEST_CASE("a question about zones that does not read is refused", "[rest][fleet]") {
  RestEnv env;
  for (const char* query : {"page[size]=0", "page[size]=1001", "sort=colour", "filter[colour]=x",
                            "filter[status][x]=y", "page[after]=x"}) {
    CAPTURE(query);
    CHECK(env.Get(std::string("/v3/zones?") + query).status == 400);
  }
  CHECK(env.Get("/v3/zones?page[after]=" + std::string(4000, 'a')).status == 400);
  for (const char* query : {"top=-1", "top=1001", "top=x"}) {
    CAPTURE(query);
    CHECK(env.Get(std::string("/v3/fleet?") + query).status == 400);
  }
}

TEST_CASE("the fleet says what is wrong, and the worst first", "[rest][fleet]") {
  RestEnv env;
  const std::string fine = env.NewControlPlane("fine");
  const std::string shop = env.NewControlPlane("shop");
  Provision(env, fine, "eu-1");
  Store(env, fine, "eu-1", insights::testing::Connection::kOpen);
  Provision(env, shop, "eu-2");
  Store(env, shop, "eu-2", insights::testing::Connection::kClosed);
  const Answer answer = env.Get("/v3/fleet?top=1");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  const json fleet = answer.json();
  CHECK(fleet["totals"]["control_planes"] == 2);
  CHECK(fleet["totals"]["zones"]["total"] == 2);
  CHECK(fleet["totals"]["zones"]["online"] == 1);
  REQUIRE(fleet["causes"].size() == 1);
  CHECK(fleet["causes"][0]["kind"] == "zones_offline");
  CHECK(fleet["causes"][0]["control_planes"][0]["id"] == shop);
  CHECK(ZonesIn(env.Get("/v3/zones?" + fleet["causes"][0]["filter"].get<std::string>())) ==
        Zones{"shop/eu-2 offline"});
  REQUIRE(fleet["control_planes"].size() == 1);
  CHECK(fleet["control_planes"][0]["name"] == "shop");
  CHECK(fleet["control_planes"][0]["worst"] == "bad");
  CHECK(fleet["control_planes_left_off"] == 1);

  // The same as long as nothing is otherwise.
  const std::string revision = fleet["revision"];
  CHECK(env.Get("/v3/fleet").json()["revision"] == revision);
  env.Connect(shop, {Live("eu-2", absl::Now())});
  CHECK(env.Get("/v3/fleet").json()["revision"] != revision);
  CHECK(env.Get("/v3/fleet").json()["control_planes"][0]["worst"] == "ok");

  const Answer suspended =
      env.Post("/v1/mesh/control-planes/" + shop + "/ops/suspend", R"({"reason":"maintenance"})");
  CHECK(suspended.status == 200);
  const json rest = env.Get("/v3/fleet").json();
  CHECK(rest["totals"]["suspended"] == 1);
  CHECK(rest["control_planes"][0]["suspension"]["reason"] == "maintenance");
}

TEST_CASE("a person's change of a resource is the last change", "[rest][fleet]") {
  RestEnv env;
  const std::string id = env.NewControlPlane("shop");
  const auto changed = [&] {
    const auto time = base::ParseRfc3339(
        env.Get("/v3/fleet").json()["control_planes"][0]["last_change"].get<std::string>());
    REQUIRE(time.ok());
    return *time;
  };
  const absl::Time made = changed();
  REQUIRE(env.Put(RestEnv::ApiOf(id) + "/meshes/m", R"({"type":"Mesh","name":"m"})").status == 201);
  CHECK(changed() > made);
  const absl::Time put = changed();
  Provision(env, id, "eu-1");
  Store(env, id, "eu-1", insights::testing::Connection::kOpen);
  CHECK(changed() == put);
}

TEST_CASE("looking at the fleet makes no keys and no rows", "[rest][fleet]") {
  RestEnv env;
  const std::string id = env.NewControlPlane("shop");
  const size_t promised = env.PendingKeys(id);
  REQUIRE(promised > 0);
  env.Get("/v3/fleet");  // the sign-in is noted
  env.Settle();
  const auto before = env.store->counters();
  CHECK(env.Get("/v3/fleet").status == 200);
  CHECK(env.Get("/v3/zones").status == 200);
  env.Settle();
  CHECK(env.PendingKeys(id) == promised);
  CHECK(env.store->counters().writes == before.writes);
  // What did not change is not read again.
  const auto reads = env.store->counters().reads;
  CHECK(env.Get("/v3/fleet").status == 200);
  CHECK(env.store->counters().reads == reads);
}

TEST_CASE("everybody sees the zones of what he may read, and no others", "[rest][fleet]") {
  RestEnv env;
  const std::string mine = env.NewControlPlane("mine");
  const std::string other = env.NewControlPlane("other");
  Provision(env, mine, "eu-1");
  Provision(env, other, "eu-2");
  const std::string viewer = env.NewToken(model::Role::kViewer, mine);
  const std::string creator = env.NewToken(model::Role::kCreator);
  const std::string connector = env.NewToken(model::Role::kConnector);
  const std::string stranger = env.NewOrganization("stranger");
  CHECK(ZonesIn(env.Send("GET", "/v3/zones", viewer)) == Zones{"mine/eu-1 never"});
  CHECK(ZonesIn(env.Send("GET", "/v3/zones", creator)).empty());
  CHECK(env.Send("GET", "/v3/zones", connector).status == 403);
  CHECK(env.Send("GET", "/v3/fleet", connector).status == 403);
  CHECK(ZonesIn(env.Send("GET", "/v3/zones", stranger)).empty());
  CHECK(env.Send("GET", "/v3/fleet", viewer).json()["totals"]["control_planes"] == 1);
  // Somebody else's control plane, one's own that one may not read, and none answer the same.
  const auto ask = [&](const std::string& id) {
    return env.Send("GET", "/v3/zones?filter[control_plane_id]=" + id, viewer).body;
  };
  CHECK(ask(other) == ask("00000000-0000-4000-8000-000000000000"));
  CHECK(ask(other) != ask(mine));
}

TEST_CASE("what an organization is told does not depend on what others do", "[rest][fleet]") {
  RestEnv env;
  const std::string mine = env.NewOrganization("mine");
  const std::string theirs = env.NewOrganization("theirs");
  const auto make = [&](const std::string& token, const std::string& name) {
    const Answer made =
        env.Send("POST", "/v1/mesh/control-planes", token, "{\"name\":\"" + name + "\"}");
    REQUIRE(made.status == 201);
    return made.json()["id"].get<std::string>();
  };
  const std::string own = make(mine, "shop");
  Provision(env, own, "eu-1", mine);
  Store(env, own, "eu-1", insights::testing::Connection::kClosed);
  const auto told = [&] {
    json fleet = env.Send("GET", "/v3/fleet", mine).json();
    fleet.erase("at");
    return fleet.dump() + env.Send("GET", "/v3/zones", mine).body;
  };
  const std::string alone = told();
  // The same names, on the other side.
  const std::string foreign = make(theirs, "shop");
  Provision(env, foreign, "eu-1", theirs);
  Store(env, foreign, "eu-1", insights::testing::Connection::kOpen);
  const absl::Time now = absl::Now();
  env.Connect(foreign, {Live("eu-1", now)});
  env.Refuse(foreign, {{"eu-1", "10.9.1.3", "the token expired", "", now, now}});
  CHECK(told() == alone);
  CHECK(env.Send("DELETE", "/v1/mesh/control-planes/" + foreign, theirs).status == 204);
  CHECK(told() == alone);
  CHECK(ZonesIn(env.Send("GET", "/v3/zones", theirs)).empty());
}

}  // namespace skyden::rest
