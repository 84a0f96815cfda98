// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

constexpr char kTimeout[] =
    R"({"type":"MeshTimeout","mesh":"default","name":"t","spec":{"targetRef":{"kind":"Mesh"},)"
    R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"5s"}}]}})";

std::string OpsAudit(const std::string& id) {
  return "/v1/mesh/control-planes/" + id + "/ops/audit";
}

}  // namespace

TEST_CASE("the audit of a control plane is its administrators' alone", "[rest][audit]") {
  RestEnv env;
  const std::string mine = env.NewControlPlane("mine");
  const std::string theirs = env.NewControlPlane("theirs");
  const std::string admin = env.NewToken(model::Role::kAdmin, mine);
  const std::string viewer = env.NewToken(model::Role::kViewer, mine);
  REQUIRE(env.Send("PUT", RestEnv::ApiOf(mine) + "/meshes/default/meshtimeouts/t", admin, kTimeout)
              .status == 201);

  const Answer own = env.Send("GET", OpsAudit(mine), admin);
  REQUIRE(own.status == 200);
  CHECK(own.json()["data"][0]["action"] == "resource.create");
  CHECK(own.json()["data"][0]["actor"]["name"].get<std::string>().starts_with("account "));
  CHECK(own.body.find(theirs) == std::string::npos);
  CHECK(env.Send("GET", OpsAudit(mine), viewer).status == 403);
  CHECK(env.Send("GET", OpsAudit(theirs), admin).status == 404);
  // The whole organization's is not for those who are bound to one control plane.
  for (const char* path : {"/v3/audit-logs", "/v3/audit-logs/verification"}) {
    CHECK(env.Send("GET", path, admin).status == 403);
    CHECK(env.Send("GET", path, "").status == 401);
    CHECK(env.Get(path).status == 200);
    CHECK(env.Post(path, "{}").status == 405);
  }
  CHECK(env.Send("GET", "/v3/rejected-connections", admin).status == 403);
  CHECK(env.Get("/v3/rejected-connections").json()["data"].empty());
}

TEST_CASE("pages and filters of the audit, and what is wrong with them", "[rest][audit]") {
  RestEnv env;
  for (int i = 0; i < 5; ++i) env.NewControlPlane("cp-" + std::to_string(i));
  const auto page = env.Get("/v3/audit-logs?page[size]=2&filter[action]=control_plane.create");
  REQUIRE(page.status == 200);
  REQUIRE(page.json()["data"].size() == 2);
  CHECK(page.json()["data"][0]["detail"]["name"] == "cp-4");
  const auto next = page.json()["meta"]["page"]["next"].get<uint64_t>();
  const auto second =
      env.Get("/v3/audit-logs?page[size]=2&filter[action]=control_plane.create&page[before]=" +
              std::to_string(next));
  CHECK(second.json()["data"][0]["detail"]["name"] == "cp-2");
  const auto lines = env.Get("/v3/audit-logs?format=jsonl&page[after]=0");
  CHECK(lines.content_type == "application/x-ndjson");
  CHECK(std::count(lines.body.begin(), lines.body.end(), '\n') == 5);
  CHECK(lines.body.starts_with("{\"sequence\":1,"));
  CHECK(env.Get("/v3/audit-logs/verification").json()["intact"] == true);

  for (const char* query :
       {"page[size]=0", "page[size]=1001", "page[size]=x", "page[after]=-1",
        "page[after]=1&page[before]=2", "filter[at][gte]=yesterday", "filter[what]=x",
        "filter[control_plane_id]=x", "filter[type]=gateway_access", "filter[ts][lte]=x",
        "format=xml", "filter[]=x", "filter["}) {
    const Answer refused = env.Get(std::string("/v3/audit-logs?") + query);
    CAPTURE(query, refused.body);
    CHECK(refused.status == 400);
    CHECK(refused.json()["invalid_parameters"].size() == 1);
  }
}

TEST_CASE("without a webhook, that is what its state says", "[rest][audit]") {
  RestEnv env;
  const std::string admin = env.NewToken(model::Role::kAdmin);
  CHECK(env.Send("GET", "/v3/audit-log-webhook", admin).json() ==
        nlohmann::json({{"audit_log_destination_id", nullptr}, {"enabled", false}}));
  const auto status = env.Get("/v3/audit-log-webhook/status").json();
  CHECK(status["webhook_status"] == "unconfigured");
  CHECK_FALSE(status.contains("last_attempt_at"));
  // The daemon's own is for operators.
  CHECK(status["daemon"]["webhook_status"] == "unconfigured");
  CHECK(env.Get("/v3/audit-log-webhook").json()["daemon"]["enabled"] == false);
  CHECK(env.Send("GET", "/v3/audit-log-replay-job", admin).json() ==
        nlohmann::json({{"status", "unconfigured"}}));
}

TEST_CASE("administrators say where their organization's audit is sent", "[rest][audit]") {
  RestEnv env;
  const std::string admin = env.NewOrganization("tenant");
  const auto send = [&](const char* method, const std::string& path, const std::string& body = "") {
    return env.Send(method, "/v3/audit-log-" + path, admin, body);
  };
  const std::string input =
      R"({"name":"siem","endpoint":"https://siem.example.com/x","authorization":"Bearer s3cret",
          "log_format":"json","skip_ssl_verification":false})";
  const Answer made = send("POST", "destinations", input);
  INFO(made.body);
  REQUIRE(made.status == 201);
  CHECK(made.body.find("s3cret") == std::string::npos);
  CHECK(made.json()["name"] == "siem");
  CHECK(made.json()["has_authorization"] == true);
  const std::string id = made.json()["id"];
  CHECK(send("POST", "destinations", input).status == 409);
  const auto page = send("GET", "destinations?filter[name]=siem").json();
  CHECK(page["meta"]["page"]["total"] == 1);
  CHECK(page["data"][0] == made.json());
  CHECK(send("GET", "destinations?filter[name]=other").json()["data"].empty());
  CHECK(send("GET", "destinations/" + id).json() == made.json());
  const Answer changed = send("PATCH", "destinations/" + id, R"({"authorization":null})");
  CHECK(changed.json()["has_authorization"] == false);

  const std::string enable =
      nlohmann::json{{"audit_log_destination_id", id}, {"enabled", true}}.dump();
  const Answer webhook = send("PATCH", "webhook", enable);
  INFO(webhook.body);
  REQUIRE(webhook.status == 200);
  CHECK(webhook.json() == nlohmann::json{{"audit_log_destination_id", id},
                                         {"enabled", true},
                                         {"endpoint", "https://siem.example.com/x"},
                                         {"log_format", "json"},
                                         {"skip_ssl_verification", false}});
  CHECK(send("GET", "webhook").json() == webhook.json());
  CHECK(send("GET", "webhook/status").json()["webhook_status"] == "active");
  CHECK(send("DELETE", "destinations/" + id).status == 409);
  const Answer replay =
      send("PUT", "replay-job",
           R"({"start_at":"2026-01-01T00:00:00Z","end_at":"2026-01-02T00:00:00Z"})");
  REQUIRE(replay.status == 202);
  CHECK(replay.json()["status"] == "accepted");
  CHECK(send("GET", "replay-job").json() == replay.json());
  CHECK(send("DELETE", "webhook").status == 204);
  CHECK(send("GET", "replay-job").json()["status"] == "failed");
  CHECK(send("DELETE", "destinations/" + id).status == 204);
  CHECK(send("GET", "destinations/" + id).status == 404);
  const Answer all = env.Send("GET", "/v3/audit-logs", admin);
  CHECK(all.body.find("audit_webhook.update") != std::string::npos);
  CHECK(all.body.find("s3cret") == std::string::npos);
}

TEST_CASE("what cannot be said of where the audit is sent is refused by name", "[rest][audit]") {
  RestEnv env;
  struct Row {
    const char* method;
    const char* path;
    const char* body;
    const char* says;
  };
  const Row rows[] = {
      {"POST", "destinations", "{}", "endpoint"},
      {"POST", "destinations", R"({"name":"x","endpoint":"http://siem.example.com"})", "https://"},
      {"POST", "destinations", R"({"name":"x","endpoint":"https://169.254.169.254/"})",
       "audit_destinations_internal"},
      {"POST", "destinations",
       R"({"name":"x","endpoint":"https://a.example.com","skip_ssl_verification":true})",
       "always verified"},
      {"POST", "destinations",
       R"({"name":"x","endpoint":"https://a.example.com","log_format":"cps"})", "log_format"},
      {"POST", "destinations", R"({"name":"x","endpoint":"https://a.example.com","colour":1})",
       "colour"},
      {"PATCH", "webhook", R"({"audit_log_destination_id":"none"})", "no such destination"},
      {"PATCH", "webhook", R"({"enabled":true})", "audit_log_destination_id"},
      {"PUT", "replay-job", R"({"start_at":"2026-01-02T00:00:00Z"})", "end_at"},
      {"PUT", "replay-job", R"({"start_at":"soon","end_at":"2026-01-02T00:00:00Z"})", "start_at"},
  };
  for (const Row& row : rows) {
    const Answer answer = env.Send(row.method, std::string("/v3/audit-log-") + row.path,
                                   env.operator_token, row.body);
    INFO(row.method << " " << row.path << " " << row.body << ": " << answer.body);
    CHECK(answer.status == 400);
    CHECK(answer.body.find(row.says) != std::string::npos);
  }
  CHECK(env.Put("/v3/audit-log-replay-job",
                R"({"start_at":"2026-01-01T00:00:00Z","end_at":"2026-01-02T00:00:00Z"})")
            .status == 409);
}

TEST_CASE("the audit takes the filters that clients of such an API have", "[rest][audit]") {
  RestEnv env;
  env.NewControlPlane("cp");
  CHECK(env.Send("GET", "/v3/roles", "spat_none").status == 401);
  env.Settle();  // the refusal is written behind its answer
  env.fake_clock.Advance(absl::Minutes(1));
  const auto actions = [&](const std::string& query) {
    std::string all;
    const Answer answer = env.Get("/v3/audit-logs?page[after]=0&" + query);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    const auto page = answer.json();
    for (const auto& entry : page["data"]) {
      all += entry["action"].get<std::string>() + " ";
    }
    return all;
  };
  const std::string both = actions("");
  const std::string made = "control_plane.create ";
  CHECK(actions("filter[type]=authorization") == made);
  CHECK(actions("filter[type]=authentication&filter[action]=control_plane").empty());
  CHECK(both.starts_with(made));
  CHECK(made + actions("filter[type][eq]=authentication") == both);
  const std::string soon = absl::FormatTime(
      "%Y-%m-%dT%H:%M:%SZ", env.clock.Now() + absl::Seconds(1), absl::UTCTimeZone());
  CHECK(actions("filter[ts][gte]=" + soon).empty());
  CHECK(actions("filter[ts][lte]=" + soon) == both);
}

}  // namespace skyden::rest
