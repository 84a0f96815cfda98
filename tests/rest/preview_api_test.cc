// SPDX-License-Identifier: Apache-2.0
// Previews over the whole stack.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "skyden/base/gzip.h"
#include "skyden/store/tenant_tx.h"
#include "tests/rest/preview_play.h"

namespace skyden::rest {
namespace {

using nlohmann::json;
using testing::PlayedControlPlane;

json Sidecar(const std::string& name, const std::string& service,
             const std::string& zone = "east") {
  return {{"type", "Dataplane"},
          {"mesh", "demo"},
          {"name", name},
          {"labels",
           {{"kuma.io/origin", "zone"}, {"kuma.io/zone", zone}, {"kuma.io/display-name", name}}},
          {"networking",
           {{"address", "10.0.0.1"},
            {"inbound",
             {{{"port", 80},
               {"tags", {{"kuma.io/service", service}, {"kuma.io/protocol", "http"}}}}}}}}};
}

json Timeout(const std::string& name, const json& target, const std::string& idle) {
  return {{"type", "MeshTimeout"},
          {"mesh", "demo"},
          {"name", name},
          {"spec",
           {{"targetRef", target},
            {"to", {{{"targetRef", {{"kind", "Mesh"}}}, {"default", {{"idleTimeout", idle}}}}}}}}};
}

const json kMesh = {{"type", "Mesh"}, {"name", "demo"}, {"skipCreatingInitialPolicies", {"*"}}};
const json kEverybody = {{"kind", "Mesh"}};
const json kWeb = {{"kind", "MeshService"}, {"name", "web"}};

json Deletion(const json& document) {
  return {{"type", document["type"]},
          {"mesh", document["mesh"]},
          {"name", document["name"]},
          {"delete", true}};
}

// Mesh `demo` with two proxies of `web` and one of `db`.
class Demo : public PlayedControlPlane {
 public:
  Demo() {
    Import(
        {kMesh, Sidecar("web-1", "web"), Sidecar("web-2", "web", "west"), Sidecar("db-1", "db")});
  }

  Answer Post(const std::vector<json>& documents) {
    return env.Post("/v1/mesh/control-planes/" + id + "/ops/preview", json(documents).dump());
  }
  json Preview(const std::vector<json>& documents) {
    const Answer answer = Post(documents);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return answer.json();
  }
  model::Revision Revision() {
    model::Revision revision = 0;
    const auto read = env.store->Read(env.Inside(id), [&](store::ReadTx& tx) {
      const auto current = tx.CurrentRevision();
      if (current.ok()) revision = *current;
      return current.status();
    });
    REQUIRE(read.ok());
    return revision;
  }
  std::string PathOf(const json& document) const {
    return api + "/meshes/demo/meshtimeouts/" + document["name"].get<std::string>();
  }
};

json PartOf(const json& group, const char* member) {
  for (const json& part : group["parts"]) {
    if (part.value("member", "") == member) return part;
  }
  return json::object();
}

std::string Fields(const Answer& answer) {
  std::string fields;
  const json problem = answer.json();
  for (const json& each : problem["invalid_parameters"]) {
    fields += each["field"].get<std::string>() + "\n";
  }
  return fields;
}

}  // namespace

TEST_CASE("a preview of what is kept in a folder is of what its import would do", "[preview]") {
  Demo demo;
  const std::string kept = "?desired=true&owner=gitops&prune=true";
  const auto send = [&](const std::string& to, const json& documents) {
    const Answer answer =
        demo.env.Post("/v1/mesh/control-planes/" + demo.id + "/ops/" + to + kept, documents.dump());
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return answer.json();
  };
  const json slow = Timeout("slow", kWeb, "9s");
  const json other = Timeout("other", kWeb, "8s");
  CHECK(send("preview", {slow, other})["proxies"]["changed"] == 2);
  send("import", {slow, other});
  // As it is kept: nothing is other, the label included. Without the owner it would lose that.
  const json same = send("preview", {slow, other});
  CHECK(same["changes"].empty());
  CHECK(same["proxies"]["changed"] == 0);
  CHECK(demo.Preview({slow, other})["proxies"]["changed"] == 2);
  // What has no document goes, and that is foreseen.
  const json less = send("preview", {slow});
  REQUIRE(less["changes"].size() == 1);
  CHECK(less["changes"][0]["outcome"] == "deleted");
  CHECK(less["changes"][0]["name"] == "other");
  CHECK(demo.env.Get(demo.api + "/meshes/demo/meshtimeouts/other").status == 200);
  CHECK(demo.env.Post("/v1/mesh/control-planes/" + demo.id + "/ops/preview?owner=x", slow.dump())
            .status == 400);
}

TEST_CASE("a preview says which proxies change, and how, and writes nothing", "[preview]") {
  Demo demo;
  const model::Revision before = demo.Revision();
  const json preview = demo.Preview({Timeout("slow", kWeb, "9s")});
  CHECK(demo.Revision() == before);
  CHECK(demo.env.Get(demo.api + "/meshes/demo/meshtimeouts/slow").status == 404);

  const std::string revision = preview["revision"];
  CHECK(revision.ends_with("." + std::to_string(before)));
  CHECK(preview["complete"] == true);
  CHECK(preview["changes"][0]["outcome"] == "created");
  CHECK(preview["changes"][0]["name"] == "slow");
  const json& proxies = preview["proxies"];
  CHECK(proxies["total"] == 3);
  CHECK(proxies["changed"] == 2);
  CHECK(proxies["services"] == json::parse(R"([{"name":"web","proxies":2}])"));
  CHECK(proxies["zones"].size() == 2);
  REQUIRE(preview["groups"].size() == 1);
  const json& group = preview["groups"][0];
  CHECK(group["type"] == "Dataplane");
  CHECK(group["effect"] == "changed");
  CHECK(group["first"][0]["name"] == "web-1");
  CHECK(group["first"][1]["name"] == "web-2");
  const json rules = PartOf(group, "toRules");
  CHECK(rules["name"] == "MeshTimeout");
  CHECK_FALSE(rules.contains("before"));
  CHECK(rules["after"][0]["conf"]["idleTimeout"] == "9s");
  const std::string diff = rules["diff"];
  CHECK(diff.find("+ ") != std::string::npos);
  CHECK(diff.find("\"9s\"") != std::string::npos);
  CHECK(preview["policies_begin"][0]["name"] == "slow");
  CHECK(preview["policies_begin"][0]["proxies"] == 2);
  CHECK(preview["policies_stop"].empty());
}

TEST_CASE("a preview shows an update as a difference, and a deletion as one", "[preview]") {
  Demo demo;
  const json slow = Timeout("slow", kEverybody, "9s");
  demo.Import({slow});
  const json updated = demo.Preview({Timeout("slow", kEverybody, "8s")});
  CHECK(updated["changes"][0]["outcome"] == "updated");
  CHECK(updated["changes"][0]["changes"][0]["after"] == "\"8s\"");
  CHECK(updated["proxies"]["changed"] == 3);
  CHECK(PartOf(updated["groups"][0], "toRules")["diff"] ==
        "  [\n"
        "   {\n"
        "    \"conf\": {\n"
        "-    \"idleTimeout\": \"9s\"\n"
        "+    \"idleTimeout\": \"8s\"\n"
        "    },\n"
        "    \"matchers\": [],\n"
        "    \"origin\": [\n"
        "@@\n");
  CHECK(updated["policies_begin"].empty());

  const json deleted = demo.Preview({Deletion(slow)});
  CHECK(deleted["changes"][0]["outcome"] == "deleted");
  CHECK(deleted["groups"][0]["parts"][0].contains("before"));
  CHECK_FALSE(deleted["groups"][0]["parts"][0].contains("after"));
  CHECK(deleted["policies_stop"][0]["name"] == "slow");

  // What is there already changes nothing.
  const json same = demo.Preview({slow});
  CHECK(same["proxies"]["changed"] == 0);
  CHECK(same["changes"].empty());
}

TEST_CASE("several documents are previewed together, as they would be written", "[preview]") {
  Demo demo;
  demo.Import({Timeout("old", kEverybody, "9s")});
  // A name that counts more, with the same conf, in place of the old one.
  const json preview = demo.Preview({Deletion(Timeout("old", kEverybody, "9s")),
                                     Timeout("new", kEverybody, "9s"), Timeout("web", kWeb, "7s")});
  CHECK(preview["proxies"]["changed"] == 3);
  CHECK(preview["groups"].size() == 2);
  CHECK(preview["groups"][0]["proxies"] == 2);
  CHECK(preview["policies_begin"].size() == 2);
  CHECK(preview["policies_stop"].size() == 1);
}

TEST_CASE("all that is wrong with documents is told, with lines", "[preview]") {
  Demo demo;
  const std::string path = "/v1/mesh/control-planes/" + demo.id + "/ops/preview";
  const Answer answer = demo.env.Send("POST", path, demo.env.operator_token,
                                      "type: MeshTimeout\n"
                                      "mesh: demo\n"
                                      "name: one\n"
                                      "spec:\n"
                                      "  to: [{targetRef: {kind: Nonsense}}]\n"
                                      "---\n"
                                      "type: Strange\n"
                                      "name: two\n"
                                      "---\n"
                                      "type: MeshTimeout\n"
                                      "mesh: nowhere\n"
                                      "name: three\n"
                                      "spec: {to: [{targetRef: {kind: Mesh},\n"
                                      "  default: {idleTimeout: 1s}}]}\n",
                                      {{"Content-Type", "application/yaml"}});
  INFO(answer.body);
  CHECK(answer.status == 400);
  const std::string fields = Fields(answer);
  CHECK(fields.find("document 1, line 1, MeshTimeout demo/one") != std::string::npos);
  CHECK(fields.find("document 2, line 7, Strange two") != std::string::npos);
  // What only the store knows is told once the rest is right.
  const Answer nowhere = demo.env.Send("POST", path, demo.env.operator_token,
                                       "\n\ntype: MeshTimeout\nmesh: nowhere\nname: three\n"
                                       "spec: {to: [{targetRef: {kind: Mesh},\n"
                                       "  default: {idleTimeout: 1s}}]}\n",
                                       {{"Content-Type", "application/yaml"}});
  INFO(nowhere.body);
  CHECK(nowhere.status == 400);
  CHECK(Fields(nowhere).find("document 1, line 3, MeshTimeout nowhere/three") != std::string::npos);
  for (const char* nonsense : {"", "a: [", "[]", "42", "{}", "\xff", "x: &a [*a]"}) {
    CAPTURE(nonsense);
    CHECK(demo.env.Post(path, nonsense).status == 400);
  }
}

TEST_CASE("a write can be previewed where it is written", "[preview]") {
  Demo demo;
  const json slow = Timeout("slow", kWeb, "9s");
  const Answer put = demo.env.Put(demo.PathOf(slow) + "?preview=true", slow.dump());
  INFO(put.body);
  REQUIRE(put.status == 200);
  CHECK(put.json()["proxies"]["changed"] == 2);
  CHECK(demo.env.Get(demo.PathOf(slow)).status == 404);
  REQUIRE(demo.env.Put(demo.PathOf(slow) + "?preview=false", slow.dump()).status == 201);
  const Answer removed = demo.env.Delete(demo.PathOf(slow) + "?preview=true");
  REQUIRE(removed.status == 200);
  CHECK(removed.json()["policies_stop"][0]["name"] == "slow");
  CHECK(demo.env.Get(demo.PathOf(slow)).status == 200);
  CHECK(demo.env.Put(demo.PathOf(slow) + "?preview=perhaps", slow.dump()).status == 400);

  // Refused as the write is.
  const std::string wrong = demo.PathOf(slow) + "x";
  CHECK(demo.env.Put(wrong + "?preview=true", slow.dump()).body ==
        demo.env.Put(wrong, slow.dump()).body);
  CHECK(demo.env.Delete(wrong + "?preview=true").body == demo.env.Delete(wrong).body);
  const std::string viewer = demo.env.NewToken(model::Role::kViewer, demo.id);
  const std::string path = demo.PathOf(slow);
  CHECK(demo.env.Send("PUT", path + "?preview=true", viewer, slow.dump()).status ==
        demo.env.Send("PUT", path, viewer, slow.dump()).status);
}

TEST_CASE("what was previewed is what is written, or nothing is", "[preview]") {
  Demo demo;
  const json slow = Timeout("slow", kWeb, "9s");
  const std::string path = demo.PathOf(slow);
  const std::string import = "/v1/mesh/control-planes/" + demo.id + "/ops/import";
  const auto revision = [&] {
    return "if-revision=" + demo.Preview({slow})["revision"].get<std::string>();
  };
  // What zones sync meanwhile does not count.
  std::string seen = revision();
  demo.Import({Sidecar("web-3", "web")});
  demo.StoreVersion("east", "2.14.3");
  CHECK(demo.env.Put(path + "?" + seen, slow.dump()).status == 201);
  // What people write does, whatever it is.
  const json other = Timeout("other", kWeb, "8s");
  REQUIRE(demo.env.Put(demo.PathOf(other), other.dump()).status == 201);
  const Answer put = demo.env.Put(path + "?" + seen, slow.dump());
  INFO(put.body);
  CHECK(put.status == 409);
  CHECK(put.body.find("renew the preview") != std::string::npos);
  CHECK(demo.env.Delete(path + "?" + seen).status == 409);
  CHECK(demo.env.Post(import + "?" + seen, json{slow}.dump()).status == 409);
  CHECK(demo.env.Get(path).json()["spec"]["to"][0]["default"]["idleTimeout"] == "9s");
  // And so does what they delete.
  seen = revision();
  REQUIRE(demo.env.Delete(demo.PathOf(other)).status == 200);
  CHECK(demo.env.Put(path + "?" + seen, slow.dump()).status == 409);
  // A renewed preview is good for one write.
  seen = revision();
  CHECK(demo.env.Post(import + "?" + seen, json{Timeout("slow", kWeb, "7s")}.dump()).status == 200);
  CHECK(demo.env.Delete(path + "?" + seen).status == 409);
  seen = revision();
  CHECK(demo.env.Delete(path + "?" + seen).status == 200);

  CHECK(demo.env.Put(path + "?if-revision=7", slow.dump()).status == 400);
  CHECK(demo.env.Put(path + "?if-revision=otherlife.7", slow.dump()).status == 409);
  CHECK(demo.env.Post(import + "?if-revision=x", json{slow}.dump()).status == 400);
  const std::string future = seen.substr(0, seen.rfind('.')) + ".99999999";
  CHECK(demo.env.Put(path + "?" + future, slow.dump()).status == 409);
}

TEST_CASE("who may not look at a control plane gets no preview of it", "[preview]") {
  Demo demo;
  const std::string body = json{Timeout("slow", kWeb, "9s")}.dump();
  const auto path = [](const std::string& id) {
    return "/v1/mesh/control-planes/" + id + "/ops/preview";
  };
  const std::string stranger = demo.env.NewOrganization("other");
  const Answer foreign = demo.env.Send("POST", path(demo.id), stranger, body);
  const Answer missing =
      demo.env.Send("POST", path("00000000-0000-4000-8000-000000000000"), stranger, body);
  CHECK(foreign.status == 404);
  CHECK(missing.status == 404);
  CHECK(demo.env.Send("POST", path(demo.id), "", body).status == 401);
  // A viewer may not write it, and is told so as a document's fault.
  const std::string viewer = demo.env.NewToken(model::Role::kViewer, demo.id);
  CHECK(demo.env.Send("POST", path(demo.id), viewer, body).status == 400);
}

TEST_CASE("hostnames and services that come and go are told", "[preview]") {
  Demo demo;
  const json generator = {{"type", "HostnameGenerator"},
                          {"name", "mine"},
                          {"spec",
                           {{"selector", {{"meshExternalService", json::object()}}},
                            {"template", "{{ .DisplayName }}.example"}}}};
  const json service = {
      {"type", "MeshExternalService"},
      {"mesh", "demo"},
      {"name", "ext"},
      {"spec",
       {{"match", {{"type", "HostnameGenerator"}, {"port", 443}, {"protocol", "tcp"}}},
        {"endpoints", {{{"address", "a.example"}, {"port", 443}}}}}}};
  const auto hostnames = [](const json& list) {
    std::set<std::string> names;
    for (const json& each : list) names.insert(each["hostname"].get<std::string>());
    return names;
  };
  demo.Import({generator});
  const json comes = demo.Preview({service});
  CHECK(comes["services"] == json::parse(R"([{"type":"MeshExternalService","mesh":"demo",
                                              "name":"ext","effect":"new"}])"));
  CHECK(hostnames(comes["hostnames_come"]).contains("ext.example"));
  demo.Import({service});
  json renamed = generator;
  renamed["spec"]["template"] = "{{ .DisplayName }}.other";
  const json other = demo.Preview({renamed});
  CHECK(hostnames(other["hostnames_come"]) == std::set<std::string>{"ext.other"});
  CHECK(hostnames(other["hostnames_go"]) == std::set<std::string>{"ext.example"});
  const json goes = demo.Preview({Deletion(service)});
  CHECK(goes["services"][0]["effect"] == "gone");
  CHECK(hostnames(goes["hostnames_go"]).contains("ext.example"));
  CHECK(goes["hostnames_come"].empty());
}

TEST_CASE("zones that would refuse a resource are told", "[preview]") {
  Demo demo;
  CHECK(demo.Preview({Timeout("slow", kWeb, "9s")})["refusals"].empty());
  demo.env.verdicts.Warn("zone east (Kuma 2.9.0) refuses");
  CHECK(demo.Preview({Timeout("slow", kWeb, "9s")})["refusals"] ==
        json::parse(R"(["zone east (Kuma 2.9.0) refuses slow"])"));
}

TEST_CASE("what goes with a mesh is previewed, and its proxies hold it", "[preview]") {
  Demo demo;
  const json deletion = {{"type", "Mesh"}, {"name", "demo"}, {"delete", true}};
  CHECK(demo.Post({deletion}).status == 400);  // proxies are in it
  demo.Import({{{"type", "Mesh"}, {"name", "empty"}}});
  const json preview = demo.Preview({{{"type", "Mesh"}, {"name", "empty"}, {"delete", true}}});
  CHECK(preview["changes"].size() > 1);
  for (const json& change : preview["changes"]) CHECK(change["outcome"] == "deleted");
  // A new mesh comes with its defaults.
  const json made = demo.Preview({{{"type", "Mesh"}, {"name", "fresh"}}});
  CHECK(made["changes"].size() > 1);
  CHECK(made["proxies"]["changed"] == 0);
}

TEST_CASE("a group names a few of its proxies and counts all", "[preview]") {
  Demo demo;
  std::vector<json> proxies;
  for (int i = 0; i < 30; ++i) proxies.push_back(Sidecar("more-" + std::to_string(i), "web"));
  demo.Import(proxies);
  const json preview = demo.Preview({Timeout("slow", kWeb, "9s")});
  REQUIRE(preview["groups"].size() == 1);
  CHECK(preview["groups"][0]["proxies"] == 32);
  CHECK(preview["groups"][0]["first"].size() == 10);
}

TEST_CASE("a preview of ten thousand documents is one answer", "[preview]") {
  Demo demo;
  std::string documents;
  for (int i = 0; i < 10'000; ++i) {
    documents += "---\n" + Timeout("t" + std::to_string(i), kWeb, "9s").dump() + "\n";
  }
  const std::string path = "/v1/mesh/control-planes/" + demo.id + "/ops/preview";
  const Answer answer =
      demo.env.Send("POST", path, demo.env.operator_token, base::Gzip(documents, 6),
                    {{"Content-Type", "application/yaml"}});
  INFO(answer.body.substr(0, 1'000));
  REQUIRE(answer.status == 200);
  const json preview = answer.json();
  CHECK(preview["changes"].size() + preview["changes_left_out"].get<size_t>() == 10'000);
  CHECK(preview["proxies"]["changed"] == 2);
}

}  // namespace skyden::rest
