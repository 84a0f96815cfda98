// SPDX-License-Identifier: Apache-2.0
// What ends, when, and who is told of it.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "skyden/base/rfc3339.h"
#include "skyden/http/uri.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/insights/testing.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using nlohmann::json;
using Names = std::vector<std::string>;

// "kind name" of each, in order.
Names EndingIn(const Answer& answer) {
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  Names names;
  const json document = answer.json();
  for (const json& one : document.at("data")) {
    names.push_back(one["kind"].get<std::string>() + " " + one.value("name", ""));
  }
  return names;
}

std::string In(absl::Duration duration) { return base::FormatRfc3339(absl::Now() + duration); }

// A system account's token, and the account's id.
std::pair<std::string, std::string> TokenEnding(RestEnv& env, const std::string& name,
                                                absl::Duration in) {
  const std::string account =
      env.Post("/v3/system-accounts", fmt::format(R"({{"name":"of {}"}})", name)).json()["id"];
  const Answer token = env.Post("/v3/system-accounts/" + account + "/access-tokens",
                                fmt::format(R"({{"name":"{}","expires_at":"{}"}})", name, In(in)));
  INFO(token.body);
  REQUIRE(token.status == 201);
  return {token.json()["token"], account};
}

// The ids of tokens that end within `in`, or did within a week: as somebody finds them who looks at
// one account after the other. Zones' of `known`; accounts' of all, or of `only`.
std::set<std::string> LookedUp(RestEnv& env, const model::OrganizationScope& scope,
                               const std::set<model::TenantKey>& known,
                               const std::optional<model::AccountId>& only, absl::Duration in) {
  using Kind = store::AccountRecord::Kind;
  std::set<std::string> ids;
  const auto read = env.store->ReadDirectory(scope, [&](store::DirectoryReadTx& tx) {
    for (const Kind kind : {Kind::kZone, Kind::kUser, Kind::kSystemAccount}) {
      const auto accounts = tx.ListAccounts(kind);
      REQUIRE(accounts.ok());
      for (const store::AccountRecord& account : *accounts) {
        const bool seen = kind == Kind::kZone ? known.contains(account.tenant)
                                              : !only.has_value() || *only == account.id;
        const auto tokens = tx.ListTokens(account.id);
        REQUIRE(tokens.ok());
        for (const store::TokenRecord& token : *tokens) {
          const bool ends = token.expires_at.has_value() &&
                            *token.expires_at<absl::Now() + in&& * token.expires_at> absl::Now() -
                                absl::Hours(24 * 7);
          if (seen && ends && !token.revoked_at) ids.insert(token.id.str());
        }
      }
    }
    return absl::OkStatus();
  });
  REQUIRE(read.ok());
  return ids;
}

// All pages of three each.
std::set<std::string> Listed(RestEnv& env, const std::string& token, absl::Duration in) {
  std::set<std::string> ids;
  std::string next;
  do {
    const Answer page = env.Send("GET",
                                 "/v3/expiring?page[size]=3&before=" + http::PercentEncode(In(in)) +
                                     (next.empty() ? "" : "&page[after]=" + next),
                                 token);
    INFO(page.body);
    REQUIRE(page.status == 200);
    const json document = page.json();
    CHECK(document["meta"]["complete"] == true);
    for (const json& one : document["data"]) CHECK(ids.insert(one["token_id"]).second);
    const json& from = document["meta"]["page"]["next"];
    next = from.is_null() ? "" : from.get<std::string>();
  } while (!next.empty());
  return ids;
}

}  // namespace

TEST_CASE("tokens are listed by when they end", "[rest][expiring]") {
  RestEnv env;
  const std::string shop = env.NewControlPlane("shop");
  TokenEnding(env, "second", absl::Hours(48));
  TokenEnding(env, "first", absl::Hours(24));
  TokenEnding(env, "far", absl::Hours(24 * 300));
  const auto record =
      env.store->FindControlPlane(model::SystemScope::For("test"), model::ControlPlaneId(shop));
  REQUIRE(record.ok());
  env.store.NewToken((*record)->organization, model::Role::kConnector, &**record, "eu-1",
                     absl::Now() + absl::Hours(30));
  env.store.NewToken((*record)->organization, model::Role::kConnector, &**record, "eu-2",
                     absl::Now() - absl::Hours(24));
  env.store.NewToken((*record)->organization, model::Role::kConnector, &**record, "eu-3",
                     absl::Now() - absl::Hours(24 * 30));
  const Answer all = env.Get("/v3/expiring");
  const Names found = EndingIn(all);
  REQUIRE(found.size() == 4);
  const json data = all.json()["data"];
  CHECK(data[0]["zone_name"] == "eu-2");
  CHECK(data[0]["ended"] == true);
  CHECK(data[0]["control_plane"]["name"] == "shop");
  CHECK(data[1]["name"] == "first");
  CHECK(data[1]["ended"] == false);
  CHECK(data[1]["account"]["name"] == "of first");
  CHECK(data[2]["zone_name"] == "eu-1");
  CHECK(data[3]["name"] == "second");
  CHECK(
      EndingIn(env.Get("/v3/expiring?before=" + http::PercentEncode(In(absl::Hours(25))))).size() ==
      2);
  CHECK(EndingIn(env.Get("/v3/expiring?filter[kind]=zone_token")).size() == 2);
  // Pages.
  std::string next;
  Names in_pages;
  do {
    const json page =
        env.Get("/v3/expiring?page[size]=3" + (next.empty() ? "" : "&page[after]=" + next)).json();
    CHECK(page["meta"]["page"]["total"] == 4);
    for (const json& one : page["data"]) in_pages.push_back(one["token_id"]);
    next = page["meta"]["page"]["next"].is_null() ? "" : page["meta"]["page"]["next"];
  } while (!next.empty() && in_pages.size() < 10);
  CHECK(in_pages.size() == 4);
  for (const char* wrong : {"before=soon", "page[size]=0", "page[after]=%3F", "filter[colour]=x"}) {
    CAPTURE(wrong);
    CHECK(env.Get(std::string("/v3/expiring?") + wrong).status == 400);
  }
}

TEST_CASE("what is listed is what is found account by account, for whoever asks",
          "[rest][expiring]") {
  RestEnv env;
  std::mt19937 random(7);
  const auto below = [&random](int n) {
    return static_cast<int>(random() % static_cast<unsigned>(n));
  };
  std::vector<store::ControlPlaneRecord> records;
  for (const char* name : {"one", "two", "three"}) {
    const model::ControlPlaneId id(env.NewControlPlane(name));
    const auto record = env.store->FindControlPlane(model::SystemScope::For("test"), id);
    REQUIRE(record.ok());
    records.push_back(**record);
  }
  const model::OrganizationKey organization = records[0].organization;
  const auto system = model::SystemScope::For("test").In(organization);
  const auto viewer = env.store.NewToken(organization, model::Role::kViewer, &records[1], "",
                                         absl::Now() + absl::Hours(30));
  for (int i = 0; i < 60; ++i) {
    std::optional<absl::Time> end = absl::Now() + absl::Hours(below(400) - 200) + absl::Minutes(30);
    if (below(6) == 0) end = std::nullopt;
    const bool zone = below(2) == 0;
    const std::string name = zone ? "z" + std::to_string(i) : "";
    const auto made =
        env.store.NewToken(organization, model::Role::kConnector,
                           zone ? &records[static_cast<size_t>(below(3))] : nullptr, name, end);
    if (below(5) != 0) continue;
    REQUIRE(env.store
                ->WriteDirectory(system,
                                 [&](store::DirectoryTx& tx) {
                                   return tx.RevokeToken(made.record.id, absl::Now());
                                 })
                .ok());
  }
  const std::string stranger = env.NewOrganization("stranger");
  for (const absl::Duration in : {absl::Hours(40), absl::Hours(24 * 30)}) {
    const auto all = LookedUp(
        env, system, {records[0].tenant, records[1].tenant, records[2].tenant}, std::nullopt, in);
    CHECK(all.size() > 10);
    CHECK(Listed(env, env.operator_token, in) == all);
    const auto own = LookedUp(env, system, {records[1].tenant}, viewer.account.id, in);
    CHECK(own.size() > 2);
    CHECK(own.size() < all.size());
    CHECK(Listed(env, viewer.text, in) == own);
    CHECK(Listed(env, stranger, in).empty());
  }
}

TEST_CASE("who administrates nothing sees his own tokens", "[rest][expiring]") {
  RestEnv env;
  TokenEnding(env, "other", absl::Hours(24));
  const auto [token, account] = TokenEnding(env, "own", absl::Hours(48));
  CHECK(env.Send("GET", "/v3/expiring", token).status == 403);
  REQUIRE(env.Post("/v3/system-accounts/" + account + "/assigned-roles",
                   R"({"role_name":"Viewer","entity_id":"*",
                       "entity_type_name":"Mesh Control Planes"})")
              .status == 201);
  CHECK(EndingIn(env.Send("GET", "/v3/expiring", token)) == Names{"system_account_token own"});
  const std::string stranger = env.NewOrganization("stranger");
  CHECK(EndingIn(env.Send("GET", "/v3/expiring", stranger)).empty());
}

TEST_CASE("authorities of meshes end when their certificates do, and none is made for this",
          "[rest][expiring]") {
  RestEnv env;
  const std::string id = env.NewControlPlane("shop");
  const std::string api = RestEnv::ApiOf(id);
  REQUIRE(env.Put(api + "/meshes/m", R"({"type":"Mesh","name":"m","mtls":{"enabledBackend":"ca",
      "backends":[{"name":"ca","type":"builtin",
                   "conf":{"caCert":{"RSAbits":2048,"expiration":"240h"}}}]}})")
              .status == 201);
  const size_t promised = env.PendingKeys(id);
  const Names before = EndingIn(env.Get("/v3/expiring?filter[kind]=mesh_ca"));
  CHECK(env.PendingKeys(id) == promised);
  REQUIRE(env.Get(api + "/meshes/m/secrets/m.ca-builtin-cert-ca").status == 200);
  const Answer answer = env.Get("/v3/expiring?filter[kind]=mesh_ca");
  CHECK(EndingIn(answer) == Names{"mesh_ca ca"});
  CHECK(answer.json()["data"][0]["mesh"] == "m");
  const auto ends = base::ParseRfc3339(answer.json()["data"][0]["ends_at"].get<std::string>());
  REQUIRE(ends.ok());
  CHECK(*ends > absl::Now() + absl::Hours(200));
  CHECK(*ends < absl::Now() + absl::Hours(241));
}

TEST_CASE("proxies that did not renew their certificates are counted", "[rest][expiring]") {
  RestEnv env;
  const std::string id = env.NewControlPlane("shop");
  const auto put = [&](const std::string& name, absl::Duration begun, absl::Duration ends) {
    const insights::testing::Proxy proxy{.name = name, .zone = "eu-1"};
    insights::testing::Seen seen;
    seen.issued_backend = "ca";
    seen.certificate = {{absl::Now() - begun, absl::Now() + ends}};
    model::Resource dataplane = proxy.Dataplane();
    dataplane.type = env.registry().FindByName("Dataplane")->id;
    model::Resource insight = insights::testing::InsightOf(dataplane, seen);
    insight.type = env.registry().FindByName("DataplaneInsight")->id;
    const auto written = env.store->Write(env.Inside(id), [&](store::WriteTx& tx) -> absl::Status {
      model::Resource first = dataplane;
      model::Resource second = insight;
      const absl::Status status = tx.PutResource(first);
      return status.ok() ? tx.PutResource(second) : status;
    });
    REQUIRE(written.ok());
  };
  put("fresh", absl::Hours(1), absl::Hours(23));
  put("late", absl::Hours(23), absl::Hours(1));
  put("past", absl::Hours(30), -absl::Hours(6));
  const Answer answer = env.Get("/v3/expiring?filter[kind]=identity_certificates");
  REQUIRE(EndingIn(answer).size() == 1);
  const json one = answer.json()["data"][0];
  CHECK(one["count"] == 2);
  CHECK(one["ended"] == true);
  CHECK(one["zone_name"] == "eu-1");
  CHECK(one["mesh"] == "default");
}

TEST_CASE("what ends is a calendar for who asks for one", "[rest][expiring]") {
  RestEnv env;
  const std::string name =
      "a, b; c\\d "
      "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
      "\u00e4";
  TokenEnding(env, "first", absl::Hours(24));
  const std::string account =
      env.Post("/v3/system-accounts", json{{"name", "robot"}}.dump()).json()["id"];
  REQUIRE(env.Post("/v3/system-accounts/" + account + "/access-tokens",
                   json{{"name", name}, {"expires_at", In(absl::Hours(30))}}.dump())
              .status == 201);
  for (const auto& answer :
       {env.Get("/v3/expiring?format=ics"),
        env.Send("GET", "/v3/expiring", env.operator_token, "", {{"Accept", "text/calendar"}})}) {
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    CHECK(answer.content_type == "text/calendar; charset=utf-8");
    const std::string& text = answer.body;
    CHECK(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
    CHECK(text.ends_with("END:VCALENDAR\r\n"));
    CHECK(text.find("SUMMARY:Token first of of first ends\r\n") != std::string::npos);
    // Escaped, and folded before the 76th byte, between characters.
    std::string unfolded = text;
    for (size_t at = 0; (at = unfolded.find("\r\n ", at)) != std::string::npos;) {
      unfolded.erase(at, 3);
    }
    CHECK(unfolded.find("SUMMARY:Token a\\, b\\; c\\\\d \u00e4\u00e4") != std::string::npos);
    for (size_t at = 0, end = 0; at < text.size(); at = end + 2) {
      end = text.find("\r\n", at);
      REQUIRE(end != std::string::npos);
      CHECK(end - at <= 75);
      CHECK((static_cast<unsigned char>(text[end + 2]) & 0xc0) != 0x80);
    }
  }
  CHECK(env.Get("/v3/expiring?format=xls").status == 400);
  CHECK(EndingIn(env.Get("/v3/expiring?format=json")).size() == 2);
}

}  // namespace skyden::rest
