// SPDX-License-Identifier: Apache-2.0
// What people wrote, over REST: read, compared, and taken back.
#include <algorithm>
#include <catch2/catch.hpp>

#include "fmt/format.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using nlohmann::json;

struct Plane {
  explicit Plane(const std::string& name = "test")
      : id(env.NewControlPlane(name)),
        path("/v1/mesh/control-planes/" + id),
        api(RestEnv::ApiOf(id)) {}

  uint64_t Revision() { return History()["revision"].get<uint64_t>(); }
  json History(const std::string& query = "") {
    const Answer answer = env.Get(path + "/ops/history" + query);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return answer.json();
  }
  void PutTimeout(const std::string& name, int seconds, const std::string& mesh = "default") {
    const json body = {{"type", "MeshTimeout"},
                       {"mesh", mesh},
                       {"name", name},
                       {"spec",
                        {{"targetRef", {{"kind", "Mesh"}}},
                         {"to",
                          {{{"targetRef", {{"kind", "Mesh"}}},
                            {"default", {{"idleTimeout", fmt::format("{}s", seconds)}}}}}}}}};
    const Answer put =
        env.Put(fmt::format("{}/meshes/{}/meshtimeouts/{}", api, mesh, name), body.dump());
    INFO(put.body);
    REQUIRE((put.status == 200 || put.status == 201));
  }
  std::string Timeout(const std::string& name, const std::string& query = "") {
    const Answer got =
        env.Get(fmt::format("{}/meshes/default/meshtimeouts/{}{}", api, name, query));
    if (got.status != 200) return std::to_string(got.status);
    return got.json()["spec"]["to"][0]["default"]["idleTimeout"];
  }
  Answer Restore(const json& body, const std::string& query = "") {
    return env.Post(path + "/ops/restore" + query, body.dump());
  }
  // Everything that people wrote, as an export tells it, without what a restore makes new.
  std::string Export() {
    json all = env.Get(path + "/ops/export?format=json&secrets=false").json();
    for (json& one : all) one.erase("modificationTime");
    return all.dump();
  }

  RestEnv env;
  const std::string id, path, api;
};

TEST_CASE("changes are listed with who made them, and what was there is read", "[rest][history]") {
  Plane p;
  p.PutTimeout("t", 1);
  const uint64_t first = p.Revision();
  p.PutTimeout("t", 2);
  p.PutTimeout("u", 3);
  CHECK(p.env.Delete(p.api + "/meshes/default/meshtimeouts/t").status == 200);
  const json history = p.History("?type=MeshTimeout&mesh=default&name=t");
  REQUIRE(history["data"].size() == 3);
  CHECK(history["data"][0]["action"] == "delete");
  CHECK(history["data"][1]["action"] == "update");
  CHECK(history["data"][2]["action"] == "create");
  CHECK(history["data"][2]["revision"] == first);
  CHECK(history["data"][2]["actor"]["kind"] == "system_account");
  CHECK(history["data"][2]["actor"].contains("name"));
  CHECK(history["oldest_revision"] == 0);
  // What was made for them is theirs.
  CHECK(p.History("?type=Mesh")["data"].size() == 1);

  CHECK(p.Timeout("t") == "404");
  CHECK(p.Timeout("t", fmt::format("?at-revision={}", first)) == "1s");
  CHECK(p.Timeout("t", fmt::format("?at-revision={}", first + 1)) == "2s");
  CHECK(p.Timeout("u", fmt::format("?at-revision={}", first)) == "404");
  const std::string full = fmt::format("{}.{}", p.env.store->epoch(), first);
  CHECK(p.Timeout("t", "?at-revision=" + full) == "1s");
  const auto names = [&](uint64_t revision, const std::string& query = "") {
    const Answer list = p.env.Get(
        fmt::format("{}/meshes/default/meshtimeouts?at-revision={}{}", p.api, revision, query));
    INFO(list.body);
    REQUIRE(list.status == 200);
    const json page = list.json();
    std::string all;
    for (const json& one : page["items"]) {
      const std::string name = one["name"];
      if (name.size() == 1) all += name;
    }
    return all;
  };
  CHECK(names(first) == "t");
  CHECK(names(first + 2) == "tu");
  CHECK(names(first + 3) == "u");
  CHECK(names(first + 2, "&name=t") == "t");
  CHECK(names(first + 2, "&size=1").size() <= 1);
}

TEST_CASE("pages of changes follow one another", "[rest][history]") {
  Plane p;
  for (int i = 0; i < 7; ++i) p.PutTimeout("t", i + 1);
  std::vector<uint64_t> seen;
  std::string after;
  for (int pages = 0; pages < 10; ++pages) {
    const json page = p.History("?type=MeshTimeout&name=t&page[size]=3" + after);
    for (const json& one : page["data"]) seen.push_back(one["revision"]);
    if (page["meta"]["page"]["next"].is_null()) break;
    after = "&page[after]=" + page["meta"]["page"]["next"].get<std::string>();
  }
  CHECK(seen.size() == 7);
  CHECK(std::is_sorted(seen.rbegin(), seen.rend()));
}

TEST_CASE("what cannot be asked for is said", "[rest][history]") {
  Plane p;
  const uint64_t now = p.Revision();
  const auto at = [&](const std::string& revision, const std::string& what = "meshes/default") {
    return p.env.Get(fmt::format("{}/{}?at-revision={}", p.api, what, revision));
  };
  CHECK(at(std::to_string(now)).status == 200);
  CHECK(at("nonsense").status == 400);
  CHECK(at("-1").status == 400);
  CHECK(at("00000000000000000000.1").status == 400);
  const Answer future = at(std::to_string(now + 1));
  CHECK(future.status == 400);
  CHECK(future.body.find("there is no revision") != std::string::npos);
  CHECK(at(std::to_string(now), "dataplanes").status == 400);
  CHECK(at("0").status == 404);
  for (const char* query : {"?type=None", "?page[size]=0", "?page[after]=x", "?from=1", "?x=y"}) {
    INFO(query);
    CHECK(p.env.Get(p.path + "/ops/history" + query).status == 400);
  }
  CHECK(p.env.Get(p.path + "/ops/diff").status == 400);
  CHECK(p.env.Get(p.path + "/ops/diff?from=x").status == 400);
  CHECK(p.Restore({{"revision", now + 5}}).status == 400);
  CHECK(p.Restore(json::object()).status == 400);
  CHECK(p.Restore({{"revision", now}, {"type", "MeshTimeout"}}).status == 400);
  CHECK(p.Restore({{"revision", now}, {"name", "x"}}).status == 400);
  CHECK(p.Restore({{"revision", now}, {"type", "MeshTimeout"}, {"name", "x"}}).status == 400);
  CHECK(p.Restore({{"revision", now}, {"other", 1}}).status == 400);
  CHECK(p.Restore({{"revision", now}}, "?dry_run=maybe").status == 400);
  CHECK(p.Restore({{"revision", now}, {"type", "Dataplane"}, {"mesh", "default"}, {"name", "x"}})
            .status == 400);
  CHECK(p.Restore({{"revision", now}, {"type", "MeshTimeout"}, {"mesh", "default"}, {"name", "x"}})
            .status == 404);
}

TEST_CASE("a revision that is no longer kept is gone, and the oldest is named", "[rest][history]") {
  Plane p;
  p.PutTimeout("t", 1);
  p.PutTimeout("t", 2);
  const uint64_t now = p.Revision();
  REQUIRE(p.env.store
              ->Write(p.env.Inside(p.id),
                      [](store::WriteTx& tx) {
                        return tx.PruneHistory(absl::InfiniteFuture()).status();
                      })
              .ok());
  CHECK(p.History()["oldest_revision"] == now);
  const Answer gone =
      p.env.Get(fmt::format("{}/meshes/default/meshtimeouts/t?at-revision={}", p.api, now - 1));
  CHECK(gone.status == 410);
  CHECK(gone.body.find(fmt::format("the oldest is {}", now)) != std::string::npos);
  CHECK(p.Restore({{"revision", now - 1}}).status == 410);
  const Answer diff = p.env.Get(fmt::format("{}/ops/diff?from={}", p.path, now - 1));
  CHECK(diff.status == 410);
  CHECK(diff.json()["type"] == "urn:skyden:problem:gone");
}

TEST_CASE("two revisions are compared", "[rest][history]") {
  Plane p;
  p.PutTimeout("t", 1);
  p.PutTimeout("u", 1);
  const uint64_t from = p.Revision();
  p.PutTimeout("t", 2);
  p.PutTimeout("v", 1);
  p.env.Delete(p.api + "/meshes/default/meshtimeouts/u");
  const json diff = p.env.Get(fmt::format("{}/ops/diff?from={}", p.path, from)).json();
  CHECK(diff["to"] == p.Revision());
  REQUIRE(diff["resources"].size() == 3);
  CHECK(diff["resources"][0]["outcome"] == "updated");
  CHECK(diff["resources"][0]["name"] == "t");
  CHECK(diff["resources"][0]["changes"][0]["path"] == "spec.to[0].default.idleTimeout");
  CHECK(diff["resources"][1]["outcome"] == "deleted");
  CHECK(diff["resources"][2]["outcome"] == "created");
  const json back = p.env
                        .Get(fmt::format("{}/ops/diff?from={}&to={}&name=v", p.path,
                                         diff["to"].get<uint64_t>(), from))
                        .json();
  REQUIRE(back["resources"].size() == 1);
  CHECK(back["resources"][0]["outcome"] == "deleted");
}

TEST_CASE("a resource, a mesh and everything are taken back", "[rest][history]") {
  Plane p;
  p.PutTimeout("t", 1);
  p.PutTimeout("u", 1);
  REQUIRE(p.env.Put(p.api + "/meshes/other", R"({"type":"Mesh","name":"other"})").status == 201);
  p.PutTimeout("o", 1, "other");
  const uint64_t then = p.Revision();
  const std::string before = p.Export();

  p.PutTimeout("t", 2);
  p.env.Delete(p.api + "/meshes/default/meshtimeouts/u");
  p.PutTimeout("v", 1);
  p.PutTimeout("o", 2, "other");
  // A resource.
  const json one = {
      {"revision", then}, {"type", "MeshTimeout"}, {"mesh", "default"}, {"name", "t"}};
  const Answer tried = p.Restore(one, "?dry_run=true");
  REQUIRE(tried.status == 200);
  CHECK(tried.json()["updated"] == 1);
  CHECK(p.Timeout("t") == "2s");
  const Answer done = p.Restore(one);
  REQUIRE(done.status == 200);
  CHECK(done.json()["dry_run"] == false);
  CHECK(p.Timeout("t") == "1s");
  CHECK(p.Timeout("u") == "404");
  CHECK(p.History("?type=MeshTimeout&name=t")["data"][0]["action"] == "update");
  const json audit = p.env.Get(p.path + "/ops/audit").json();
  CHECK(audit["data"][0]["action"] == "resource.update");
  // A mesh, without what is in others.
  const Answer mesh = p.Restore({{"revision", then}, {"mesh", "default"}});
  REQUIRE(mesh.status == 200);
  CHECK(mesh.json()["created"] == 1);
  CHECK(mesh.json()["deleted"] == 1);
  CHECK(p.Timeout("u") == "1s");
  CHECK(p.Timeout("v") == "404");
  CHECK(p.Export() != before);
  // Everything, a whole mesh that was deleted with it.
  CHECK(p.env.Delete(p.api + "/meshes/other").status == 200);
  REQUIRE(p.env.Put(p.api + "/meshes/new", R"({"type":"Mesh","name":"new"})").status == 201);
  const uint64_t revision = p.Revision();
  const Answer all = p.Restore({{"revision", then}});
  INFO(all.body);
  REQUIRE(all.status == 200);
  CHECK(p.Revision() == revision + 1);
  CHECK(p.Export() == before);
  // The second time there is nothing to do.
  const Answer again = p.Restore({{"revision", then}});
  CHECK(again.json()["created"] == 0);
  CHECK(again.json()["updated"] == 0);
  CHECK(again.json()["deleted"] == 0);
  CHECK(p.Revision() == revision + 1);
  // And forth again.
  REQUIRE(p.Restore({{"revision", revision}}).status == 200);
  CHECK(p.env.Get(p.api + "/meshes/other").status == 404);
  CHECK(p.env.Get(p.api + "/meshes/new").status == 200);
}

TEST_CASE("a restore leaves alone what decides who comes in", "[rest][history]") {
  Plane p;
  const uint64_t then = p.Revision();
  // Keys are made when somebody looks: later than they were promised.
  const Answer token =
      p.env.Post(p.api + "/tokens/zone", R"({"zone":"east","scope":["cp"],"validFor":"1h"})");
  REQUIRE(token.status == 200);
  const json revocations = {
      {"type", "GlobalSecret"}, {"name", "zone-token-revocations"}, {"data", "bm9uZQ=="}};
  REQUIRE(p.env.Put(p.api + "/globalsecrets/zone-token-revocations", revocations.dump()).status ==
          201);
  const json secret = {{"type", "Secret"}, {"mesh", "default"}, {"name", "mine"}, {"data", "bXk="}};
  REQUIRE(p.env.Put(p.api + "/meshes/default/secrets/mine", secret.dump()).status == 201);
  REQUIRE(p.Restore({{"revision", then}}).status == 200);
  CHECK(p.env.Get(p.api + "/globalsecrets/zone-token-revocations").status == 200);
  CHECK(p.env.Get(p.api + "/globalsecrets/zone-token-signing-key-1").status == 200);
  CHECK(p.env.Get(p.api + "/meshes/default/secrets/mine").status == 404);
  // Named, it is taken back.
  REQUIRE(
      p.Restore({{"revision", then}, {"type", "GlobalSecret"}, {"name", "zone-token-revocations"}})
          .status == 200);
  CHECK(p.env.Get(p.api + "/globalsecrets/zone-token-revocations").status == 404);
}

TEST_CASE("who may not read or write resources may not read or write their past",
          "[rest][history]") {
  Plane p;
  const json secret = {
      {"type", "Secret"}, {"mesh", "default"}, {"name", "mine"}, {"data", "aGlkZGVu"}};
  REQUIRE(p.env.Put(p.api + "/meshes/default/secrets/mine", secret.dump()).status == 201);
  p.PutTimeout("t", 1);
  const uint64_t now = p.Revision();
  const std::string viewer = p.env.NewToken(model::Role::kViewer, p.id);
  const auto get = [&](const std::string& path) { return p.env.Send("GET", path, viewer); };
  const Answer history = get(p.path + "/ops/history?page[size]=1000");
  REQUIRE(history.status == 200);
  CHECK(history.body.find("\"Secret\"") == std::string::npos);
  CHECK(history.body.find("MeshTimeout") != std::string::npos);
  CHECK(get(p.path + "/ops/history?type=Secret").status == 403);
  CHECK(get(p.path + "/ops/diff?from=0&type=Secret").status == 403);
  CHECK(get(p.path + "/ops/diff?from=0").body.find("mine") == std::string::npos);
  const std::string at = fmt::format("?at-revision={}", now);
  CHECK(get(p.api + "/meshes/default/secrets/mine" + at).status == 403);
  CHECK(get(p.api + "/meshes/default/secrets" + at).status == 403);
  CHECK(get(p.api + "/meshes/default/meshtimeouts/t" + at).status == 200);
  CHECK(p.env.Send("POST", p.path + "/ops/restore", viewer, R"({"revision":1})").status == 403);
  // Values of secrets are masked wherever changes are told.
  const Answer diff = p.env.Get(p.path + "/ops/diff?from=0");
  CHECK(diff.body.find("mine") != std::string::npos);
  CHECK(diff.body.find("aGlkZGVu") == std::string::npos);
  const std::string stranger = p.env.NewOrganization("others");
  for (const char* what : {"/ops/history", "/ops/diff?from=0"}) {
    CHECK(p.env.Send("GET", p.path + what, stranger).status == 404);
  }
}

TEST_CASE("a control plane that was deleted is had back", "[rest][deleted]") {
  Plane p("payments");
  p.PutTimeout("t", 1);
  const Answer provisioned = p.env.Post(p.path + "/provision-zone", R"({"name":"east"})");
  REQUIRE(provisioned.status == 200);
  const std::string admin = p.env.NewToken(model::Role::kAdmin, p.id);
  CHECK(p.env.Send("GET", p.path, admin).status == 200);
  REQUIRE(p.env.Delete(p.path).status == 204);
  CHECK(p.env.Get(p.path).status == 404);
  CHECK(p.env.Get(p.api + "/meshes").status == 404);
  CHECK(p.env.Get(p.path + "/ops/history").status == 404);
  CHECK(p.env.Send("GET", p.path, admin).status == 404);
  CHECK(p.env.Send("POST", p.path + "/ops/undelete", admin, "{}").status == 403);

  const json deleted = p.env.Get("/v3/deleted-control-planes").json();
  REQUIRE(deleted["data"].size() == 1);
  CHECK(deleted["data"][0]["id"] == p.id);
  CHECK(deleted["data"][0]["name"] == "payments");
  CHECK(deleted["data"][0]["deleted_by"]["kind"] == "system_account");
  CHECK(p.env.Send("GET", "/v3/deleted-control-planes", admin).status == 403);
  const std::string stranger = p.env.NewOrganization("others");
  CHECK(p.env.Send("GET", "/v3/deleted-control-planes", stranger).json()["data"].empty());
  CHECK(p.env.Send("POST", p.path + "/ops/undelete", stranger, "{}").status == 404);

  // Its name is free at once.
  const std::string successor = p.env.NewControlPlane("payments");
  const Answer back = p.env.Post(p.path + "/ops/undelete", "");
  INFO(back.body);
  REQUIRE(back.status == 200);
  CHECK(back.json()["name"] == "payments-restored");
  CHECK(back.json()["id"] == p.id);
  CHECK(p.Timeout("t") == "1s");
  CHECK(p.env.Send("GET", p.path, admin).status == 200);
  CHECK(p.env.Get("/v3/deleted-control-planes").json()["data"].empty());
  CHECK(p.env.Post(p.path + "/ops/undelete", "").status == 404);
  const json audit = p.env.Get(p.path + "/ops/audit").json();
  CHECK(audit["data"][0]["action"] == "control_plane.undelete");

  REQUIRE(p.env.Delete(p.path).status == 204);
  REQUIRE(p.env.Post(p.path + "/ops/undelete", R"({"name":"mine"})").json()["name"] == "mine");
  REQUIRE(p.env.Delete(p.path).status == 204);
  CHECK(p.env.Post(p.path + "/ops/purge", "").status == 204);
  CHECK(p.env.Post(p.path + "/ops/purge", "").status == 404);
  CHECK(p.env.Post(p.path + "/ops/undelete", "").status == 404);
  CHECK(p.env.Get("/v1/mesh/control-planes/" + successor).status == 200);
}

TEST_CASE("only operators end for good what was deleted", "[rest][deleted]") {
  Plane p;
  const std::string admin = p.env.NewToken(model::Role::kAdmin);
  REQUIRE(p.env.Delete(p.path).status == 204);
  CHECK(p.env.Send("POST", p.path + "/ops/purge", admin).status == 403);
  CHECK(p.env.Send("POST", p.path + "/ops/undelete", admin, "{}").status == 200);
}

TEST_CASE("a copy has what people wrote, and keys of its own", "[rest][clone]") {
  Plane p("source");
  p.PutTimeout("t", 7);
  const json mesh = {
      {"type", "Mesh"},
      {"name", "pay"},
      {"mtls", {{"enabledBackend", "ca"}, {"backends", {{{"name", "ca"}, {"type", "builtin"}}}}}}};
  REQUIRE(p.env.Put(p.api + "/meshes/pay", mesh.dump()).status == 201);
  const json secret = {{"type", "Secret"}, {"mesh", "default"}, {"name", "mine"}, {"data", "bXk="}};
  REQUIRE(p.env.Put(p.api + "/meshes/default/secrets/mine", secret.dump()).status == 201);
  const Answer made = p.env.Post(p.path + "/ops/clone", R"({"name":"copy"})");
  INFO(made.body);
  REQUIRE(made.status == 201);
  CHECK(made.json()["name"] == "copy");
  const std::string copy = RestEnv::ApiOf(made.json()["id"]);
  const auto both = [&](const std::string& path) {
    return std::pair(p.env.Get(p.api + path), p.env.Get(copy + path));
  };
  for (const char* same : {"/meshes/default/meshtimeouts/t", "/meshes/default/secrets/mine"}) {
    const auto [ours, theirs] = both(same);
    CHECK(theirs.status == 200);
    CHECK(theirs.body == ours.body);
  }
  const auto [list, copied] = both("/policies");
  CHECK(list.body == copied.body);
  for (const char* own : {"/globalsecrets/zone-token-signing-key-1",
                          "/meshes/default/secrets/dataplane-token-signing-key-default-1",
                          "/meshes/pay/secrets/pay.ca-builtin-cert-ca"}) {
    const auto [ours, theirs] = both(own);
    INFO(own << " " << theirs.body);
    CHECK(theirs.status == 200);
    CHECK(theirs.json()["data"] != ours.json()["data"]);
  }

  const Answer keyed = p.env.Post(p.path + "/ops/clone", R"({"name":"twin","keys":"same"})");
  REQUIRE(keyed.status == 201);
  const std::string twin = RestEnv::ApiOf(keyed.json()["id"]);
  for (const char* same : {"/globalsecrets/zone-token-signing-key-1",
                           "/meshes/default/secrets/dataplane-token-signing-key-default-1",
                           "/meshes/pay/secrets/pay.ca-builtin-cert-ca"}) {
    INFO(same);
    CHECK(p.env.Get(twin + same).json()["data"] == p.env.Get(p.api + same).json()["data"]);
  }
  CHECK(p.env
            .Get("/v1/mesh/control-planes/" + std::string(keyed.json()["id"]) +
                 "/ops/audit?filter[action]=control_plane.clone")
            .body.find(p.id) != std::string::npos);
}

TEST_CASE("who may not create, or not read secrets, gets no copy of them", "[rest][clone]") {
  Plane p;
  const std::string viewer = p.env.NewToken(model::Role::kViewer);
  CHECK(p.env.Send("POST", p.path + "/ops/clone", viewer, R"({"name":"x"})").status == 403);
  const std::string one = p.env.NewToken(model::Role::kAdmin, p.id);
  CHECK(p.env.Send("POST", p.path + "/ops/clone", one, R"({"name":"x"})").status == 403);
  for (const char* body : {R"({})", R"({"name":""})", R"({"name":"x","keys":"all"})"}) {
    CHECK(p.env.Post(p.path + "/ops/clone", body).status == 400);
  }
}

}  // namespace
}  // namespace skyden::rest
