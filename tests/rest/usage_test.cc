// SPDX-License-Identifier: Apache-2.0
// What control planes used: how it is grouped, paged and printed, and who is told.
#include "skyden/insights/usage.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "skyden/base/rfc3339.h"
#include "skyden/http/uri.h"
#include "skyden/store/metering.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using nlohmann::json;
using Lines = std::vector<std::string>;

store::Hour HourOf(const std::string& time) {
  return store::HourOf(base::ParseRfc3339(time).value());
}

void Add(RestEnv& env, const std::string& id, const std::string& time, store::Metered used) {
  const model::TenantScope inside = env.Inside(id);
  REQUIRE(
      store::MeteringOf(*env.store)
          .Add(model::SystemScope::For("test").In(inside.organization()),
               std::vector<store::MeteredHour>{{inside.tenant(), HourOf(time), std::move(used)}})
          .ok());
}

// "name from zone_hours dataplane_hours writes bytes" of each.
Lines LinesIn(const Answer& answer) {
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  Lines lines;
  const json document = answer.json();
  for (const json& one : document.at("data")) {
    lines.push_back(fmt::format(
        "{} {} {} {} {} {}", one.at("control_plane").at("name").get<std::string>(),
        one.at("from").get<std::string>(), one.at("zone_hours").dump(),
        one.at("dataplane_hours").dump(), one.at("writes").dump(), one.at("bytes").dump()));
  }
  return lines;
}

constexpr char kAutumn[] = "/v3/usage?from=2026-09-01&to=2026-12-01";

// Two control planes, over two months.
struct Used {
  Used() : shop(env.NewControlPlane("shop")), pay(env.NewControlPlane("pay, \"now\"")) {
    Add(env, shop, "2026-10-31T22:00:00Z", {3600, 36000, 1, 10});
    Add(env, shop, "2026-10-31T23:00:00Z", {1800, 0, 0, 0});
    Add(env, shop, "2026-11-01T00:00:00Z", {1, 0, 2, 20});
    Add(env, pay, "2026-11-02T05:00:00Z", {0, 0, 7, 700});
    Add(env, pay, "2026-11-02T06:00:00Z", {});
  }
  RestEnv env;
  const std::string shop, pay;
};

}  // namespace

TEST_CASE("what was used is added up by control plane, hour, day or month", "[rest][usage]") {
  Used u;
  CHECK(LinesIn(u.env.Get(kAutumn)) == Lines{"shop 2026-09-01T00:00:00Z 1.500278 10 3 30",
                                             "pay, \"now\" 2026-09-01T00:00:00Z 0 0 7 700"});
  const std::string grouped = std::string(kAutumn) + "&group=";
  CHECK(LinesIn(u.env.Get(grouped + "month")) ==
        Lines{"shop 2026-10-01T00:00:00Z 1.5 10 1 10", "shop 2026-11-01T00:00:00Z 0.000278 0 2 20",
              "pay, \"now\" 2026-11-01T00:00:00Z 0 0 7 700"});
  CHECK(LinesIn(u.env.Get(grouped + "day")) ==
        Lines{"shop 2026-10-31T00:00:00Z 1.5 10 1 10", "shop 2026-11-01T00:00:00Z 0.000278 0 2 20",
              "pay, \"now\" 2026-11-02T00:00:00Z 0 0 7 700"});
  CHECK(LinesIn(u.env.Get(grouped + "hour&control_plane_id=" + u.shop)).size() == 3);
  // Hours that begin within what was asked for; a period is shown as far as that goes.
  const Answer part =
      u.env.Get("/v3/usage?group=month&from=2026-10-31T22:30:00Z&to=2026-11-01T00:00:00Z");
  CHECK(LinesIn(part) == Lines{"shop 2026-10-31T23:00:00Z 0.5 0 0 0"});
  CHECK(part.json()["data"][0]["to"] == "2026-11-01T00:00:00Z");
  CHECK(part.json()["meta"]["from"] == "2026-10-31T23:00:00Z");
  CHECK(LinesIn(u.env.Get("/v3/usage?from=2026-10-31T23:00:00%2B01:00&to=2026-10-31T23:00:00Z"))
            .size() == 1);
}

TEST_CASE("usage comes in pages that go on where the one before ended", "[rest][usage]") {
  Used u;
  Lines all;
  std::string after;
  for (int pages = 1;; ++pages) {
    const Answer page = u.env.Get(std::string(kAutumn) + "&group=hour&page[size]=1" +
                                  (after.empty() ? "" : "&page[after]=" + after));
    const Lines lines = LinesIn(page);
    all.insert(all.end(), lines.begin(), lines.end());
    const json next = page.json()["meta"]["page"]["next"];
    if (next.is_null()) {
      CHECK(pages == 4);
      break;
    }
    CHECK(lines.size() == 1);
    after = next;
  }
  CHECK(all == LinesIn(u.env.Get(std::string(kAutumn) + "&group=hour")));
}

TEST_CASE("usage as CSV has a line for each, and says where it goes on", "[rest][usage]") {
  Used u;
  const std::string head =
      "control_plane_id,control_plane_name,deleted_at,from,to,zone_hours,dataplane_hours,writes,"
      "bytes\r\n";
  const std::string shop = u.shop +
                           ",shop,,2026-09-01T00:00:00Z,2026-12-01T00:00:00Z,"
                           "1.500278,10,3,30\r\n";
  const std::string pay = u.pay +
                          ",\"pay, \"\"now\"\"\",,2026-09-01T00:00:00Z,"
                          "2026-12-01T00:00:00Z,0,0,7,700\r\n";
  const Answer all = u.env.Get(std::string(kAutumn) + "&format=csv");
  CHECK(all.status == 200);
  CHECK(all.content_type == "text/csv; charset=utf-8");
  CHECK(all.body == head + shop + pay);
  CHECK_FALSE(all.headers.contains("link"));
  CHECK(u.env.Send("GET", kAutumn, u.env.operator_token, "", {{"Accept", "text/csv"}}).body ==
        all.body);
  const Answer first = u.env.Get(std::string(kAutumn) + "&format=csv&page[size]=1");
  CHECK(first.body == head + shop);
  const std::string link = first.headers.at("link");
  REQUIRE(link.ends_with(">; rel=\"next\""));
  const Answer second = u.env.Get(link.substr(1, link.find('>') - 1));
  CHECK(second.body == head + pay);
  CHECK_FALSE(second.headers.contains("link"));
}

TEST_CASE("everybody sees what the control planes used that he may read", "[rest][usage]") {
  Used u;
  const std::string viewer = u.env.NewToken(model::Role::kViewer, u.shop);
  const std::string connector = u.env.NewToken(model::Role::kConnector);
  const std::string creator = u.env.NewToken(model::Role::kCreator);
  const std::string stranger = u.env.NewOrganization("stranger");
  const auto ask = [&](const std::string& token, const std::string& more = "") {
    return u.env.Send("GET", kAutumn + more, token);
  };
  CHECK(LinesIn(ask(viewer)).size() == 1);
  CHECK(LinesIn(ask(creator)).empty());
  CHECK(LinesIn(ask(stranger)).empty());
  CHECK(ask(connector).status == 403);
  CHECK(ask("").status == 401);
  // What is foreign, one's own that one may not read, and what is missing.
  const std::string missing = "&control_plane_id=00000000-0000-4000-8000-000000000000";
  CHECK(ask(viewer, "&control_plane_id=" + u.pay).status == 404);
  CHECK(ask(viewer, missing).status == 404);
  CHECK(ask(stranger, "&control_plane_id=" + u.shop).status == 404);

  // What is deleted is shown to who may read all, under the name that it had.
  REQUIRE(u.env.Delete("/v1/mesh/control-planes/" + u.shop).status == 204);
  const json data = u.env.Get(kAutumn).json()["data"];
  REQUIRE(data.size() == 2);
  CHECK(data[0]["control_plane"]["name"] == "shop");
  CHECK(data[0]["control_plane"]["id"] == u.shop);
  CHECK(data[0].contains("deleted_at"));
  CHECK_FALSE(data[1].contains("deleted_at"));
  CHECK(LinesIn(u.env.Get(kAutumn + std::string("&control_plane_id=") + u.shop)).size() == 1);
  CHECK(ask(viewer).status == 403);  // who read that one alone
}

TEST_CASE("a question about usage that does not read is refused", "[rest][usage]") {
  RestEnv env;
  for (const char* query :
       {"from=yesterday", "from=2026-13-01", "to=1969-12-31", "from=2026-11-02&to=2026-11-01",
        "from=2026-11-01&to=2026-11-01", "from=2025-01-01&to=2026-12-01", "group=week",
        "control_plane_id=demo", "page[size]=0", "page[size]=1001", "page[after]=x", "format=xml",
        "format=csv&page[size]=10001"}) {
    CAPTURE(query);
    const Answer answer = env.Get(std::string("/v3/usage?") + query);
    CHECK(answer.status == 400);
  }
  CHECK(env.Get("/v3/usage?page[after]=" + std::string(4000, 'a')).status == 400);
  // Just as much as may be, and this month without a word.
  CHECK(env.Get("/v3/usage?from=2025-10-28&to=2026-12-02").status == 200);
  const json meta = env.Get("/v3/usage").json()["meta"];
  CHECK(meta["from"].get<std::string>().ends_with("-01T00:00:00Z"));
  CHECK(meta["group"] == "total");
}

TEST_CASE("what was used long ago is forgotten, with the names of what is gone", "[rest][usage]") {
  Used u;
  REQUIRE(u.env.Delete("/v1/mesh/control-planes/" + u.shop).status == 204);
  const auto forget = [&](const std::string& before) {
    const absl::Time time = base::ParseRfc3339(before).value();
    REQUIRE(insights::ForgetOldUsage(*u.env.store, u.env.Inside(u.pay).organization(), time).ok());
  };
  // Whole days.
  forget("2026-11-01T23:59:59Z");
  CHECK(LinesIn(u.env.Get(std::string(kAutumn) + "&group=day")) ==
        Lines{"shop 2026-11-01T00:00:00Z 0.000278 0 2 20",
              "pay, \"now\" 2026-11-02T00:00:00Z 0 0 7 700"});
  store::Metering& metering = store::MeteringOf(*u.env.store);
  const auto owner = model::SystemScope::For("test").In(u.env.Inside(u.pay).organization());
  CHECK(metering.ListPast(owner)->size() == 1);
  forget(base::FormatRfc3339(absl::Now() + absl::Hours(48)));
  CHECK(LinesIn(u.env.Get(kAutumn)).empty());
  CHECK(metering.ListPast(owner)->empty());
}

}  // namespace skyden::rest
