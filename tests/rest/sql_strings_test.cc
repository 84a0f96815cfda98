// SPDX-License-Identifier: Apache-2.0
// Ten thousand texts of SQL through every place where a caller of REST can put a text: nothing of
// them is ever part of a statement. The answers are those of the other engine, another tenant's
// rows stay as they were to the byte, and the server has met no statement that it could not read.
#include "tests/store/sql_strings.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <sstream>

#include "skyden/base/crypto.h"
#include "tests/rest/rest_env.h"
#include "tests/store/postgres_engine.h"
#include "tests/store/seed.h"

namespace skyden::rest {
namespace {

namespace st = store::testing;

constexpr int kStrings = 10'000;

struct Request {
  std::string method;
  std::string path;
  std::string body;
  std::string token;
};

// What stands for the other parameters of a path, of one environment.
using Known = std::map<std::string, std::string>;

// Where a text goes.
struct Entry {
  std::string name;
  std::function<Request(const Known& known, const std::string& text)> with;
};

std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

// As JSON, whatever the bytes are.
std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += std::string("\\") + c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string Filled(std::string path, const Known& known) {
  for (const auto& [name, value] : known) path = Replaced(path, "{" + name + "}", value);
  return path;
}

std::vector<std::string> ParametersOf(const std::string& pattern) {
  std::vector<std::string> names;
  for (size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1)) {
    names.push_back(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
  }
  return names;
}

const char* const kQueries[] = {"name",
                                "size",
                                "offset",
                                "gateway",
                                "format",
                                "namespace",
                                "profile",
                                "type",
                                "since",
                                "expect",
                                "force",
                                "filter[labels.x]",
                                "filter[key]",
                                "filter[value]",
                                "filter[name][contains]",
                                "filter[name]",
                                "filter[id][eq]",
                                "filter[labels.env][neq]",
                                "page[size]",
                                "page[number]",
                                "page[after]",
                                "page[before]",
                                "filter[action]",
                                "filter[actor]",
                                "filter[object]",
                                "filter[object_type]",
                                "filter[request_id]",
                                "filter[control_plane_id]",
                                "filter[at][gte]"};

// %s is the text.
const std::pair<const char*, const char*> kBodies[] = {
    {"POST /v1/mesh/control-planes", R"({"name":%s})"},
    {"POST /v1/mesh/control-planes", R"({"name":"x","description":%s})"},
    {"POST /v1/mesh/control-planes", R"({"name":"x","labels":{"a":%s}})"},
    {"POST /v1/mesh/control-planes", R"({"name":"x","labels":{%s:"a"}})"},
    {"PATCH /v1/mesh/control-planes/{id}", R"({"name":%s})"},
    {"PATCH /v1/mesh/control-planes/{id}", R"({"description":%s})"},
    {"PATCH /v1/mesh/control-planes/{id}", R"({"labels":{"a":%s}})"},
    {"POST /v1/mesh/control-planes/{id}/api/provision-zone", R"({"name":%s})"},
    {"POST /v1/mesh/control-planes/{id}/ops/import", R"({"type":"Zone","name":%s,"enabled":true})"},
    {"POST /v1/mesh/control-planes/{id}/ops/import",
     R"({"type":"Mesh","name":"x","labels":{"a":%s}})"},
    {"POST /v1/mesh/control-planes/{id}/api/tokens/zone",
     R"({"zone":%s,"scope":["cp"],"validFor":"1h"})"},
    {"POST /v1/mesh/control-planes/{id}/api/tokens/dataplane",
     R"({"name":%s,"mesh":"default","validFor":"1h"})"},
    {"POST /v1/mesh/control-planes/{id}/api/tokens/dataplane",
     R"({"name":"d","mesh":%s,"validFor":"1h"})"},
    {"POST /v1/mesh/control-planes/{id}/api/tokens/user",
     R"({"name":%s,"groups":[%s],"validFor":"1h"})"},
    {"POST /v1/mesh/control-planes/{id}/api/tokens/user",
     R"({"name":"u","groups":[],"validFor":%s})"},
    {"PUT /v1/mesh/control-planes/{id}/api/meshes/default/meshtimeouts/t",
     R"({"type":"MeshTimeout","mesh":"default","name":"t","labels":{"a":%s},"spec":{"targetRef":)"
     R"({"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"7s"}}]}})"},
    {"PUT /v1/mesh/control-planes/{id}/api/meshes/default/meshtimeouts/t",
     R"({"type":"MeshTimeout","mesh":%s,"name":%s,"spec":{"targetRef":{"kind":%s,"name":%s}}})"},
    {"PUT /v1/mesh/control-planes/{id}/api/meshes/default/dataplanes/d",
     R"({"type":"Dataplane","mesh":"default","name":"d","networking":{"address":"10.0.0.1",)"
     R"("inbound":[{"port":80,"tags":{"kuma.io/service":%s,"version":%s}}]}})"},
    {"PUT /v1/mesh/control-planes/{id}/api/global-secrets/s",
     R"({"type":"GlobalSecret","name":"s","data":%s})"},
    {"PUT /v1/mesh/control-planes/{id}/api/zones/z", R"({"type":"Zone","name":%s,"enabled":true})"},
    {"POST /v3/organizations", R"({"name":%s})"},
    {"POST /v3/users", R"({"full_name":%s,"email":"a@b"})"},
    {"POST /v3/users", R"({"full_name":"x","email":%s})"},
    {"POST /v3/system-accounts", R"({"name":%s})"},
    {"POST /v3/system-accounts", R"({"name":"x","description":%s})"},
    {"PATCH /v3/system-accounts/{account}", R"({"name":%s,"description":%s})"},
    {"POST /v3/system-accounts/{account}/access-tokens", R"({"name":%s})"},
    {"PATCH /v3/system-accounts/{account}/access-tokens/{token}", R"({"name":%s})"},
    {"POST /v3/system-accounts/{account}/assigned-roles",
     R"({"role_name":%s,"entity_id":"*","entity_type_name":"Mesh Control Planes"})"},
    {"POST /v3/system-accounts/{account}/assigned-roles",
     R"({"role_name":"Viewer","entity_id":%s,"entity_type_name":%s})"},
};

// Every parameter of every path, every parameter of a query, fields of bodies, and the token.
std::vector<Entry> Entries(RestEnv& env) {
  std::vector<Entry> entries;
  const auto add = [&entries](std::string name, auto with) {
    entries.push_back({std::move(name), std::move(with)});
  };
  for (const http::Route& route : env.api->routes()) {
    const std::string method(http::MethodName(route.method));
    const std::string pattern(route.pattern);
    if (pattern.ends_with("/events")) continue;  // it would not end
    for (const std::string& parameter : ParametersOf(pattern)) {
      add(fmt::format("{} {} {}", method, pattern, parameter),
          [=](const Known& known, const std::string& text) {
            const std::string path = Replaced(pattern, "{" + parameter + "}", Escaped(text));
            return Request{method, Filled(path, known), method[0] == 'P' ? "{}" : "",
                           known.at("operator")};
          });
    }
    // Lists.
    const bool lists = method == "GET" && !pattern.ends_with("}");
    for (const char* query : kQueries) {
      if (!lists || pattern.find("/_") != std::string::npos) break;
      const bool asked = pattern.find("/api/") == std::string::npos ||
                         pattern.find("/meshtimeouts") != std::string::npos ||
                         pattern.find("/dataplanes") != std::string::npos ||
                         pattern.find("/zones") != std::string::npos ||
                         pattern.find("/service-insights") != std::string::npos;
      if (!asked) break;
      add(fmt::format("{} {}?{}", method, pattern, query), [=](const Known& known,
                                                               const std::string& text) {
        return Request{method, Filled(pattern, known) + "?" + Escaped(query) + "=" + Escaped(text),
                       "", known.at("operator")};
      });
    }
  }
  for (const auto& [route, body] : kBodies) {
    const std::string where(route);
    const size_t blank = where.find(' ');
    add(fmt::format("{} {}", where, body),
        [=, text_of = std::string(body)](const Known& known, const std::string& text) {
          return Request{where.substr(0, blank), Filled(where.substr(blank + 1), known),
                         Replaced(text_of, "%s", Quoted(text)), known.at("operator")};
        });
  }
  add("the token", [](const Known& known, const std::string& text) {
    return Request{"GET", "/v1/mesh/control-planes", "",
                   known.at("operator") + Replaced(Escaped(text), "%20", "'")};
  });
  add("a token's secret", [](const Known&, const std::string& text) {
    std::string printable = "spat_";
    for (const char c : text) {
      if (c > ' ' && c < 0x7f) printable += c;
    }
    return Request{"GET", "/v1/mesh/control-planes", "", printable};
  });
  return entries;
}

// One attacker with everything that a path can name, and a neighbour.
struct Side {
  Side() {
    known["operator"] = env.operator_token;
    known["id"] = env.NewControlPlane("mine");
    known["mesh"] = "default";
    known["name"] = "t";
    known["kind"] = "xds";
    known["kri"] = "kri_m____default_";
    known["organization"] = "me";
    const Answer account = env.Post("/v3/system-accounts", R"({"name":"robot"})");
    REQUIRE(account.status == 201);
    known["account"] = account.json().at("id");
    const Answer token = env.Post("/v3/system-accounts/" + known["account"] + "/access-tokens",
                                  R"({"name":"mine"})");
    REQUIRE(token.status == 201);
    known["token"] = token.json().at("id");
    known["role"] = "00000000-0000-4000-8000-000000000000";
    const std::string theirs = env.NewOrganization("victim");
    const Answer made = env.Send("POST", "/v1/mesh/control-planes", theirs, R"({"name":"theirs"})");
    REQUIRE(made.status == 201);
    victim = made.json().at("id");
    const std::string api = RestEnv::ApiOf(victim);
    REQUIRE(env.Send("PUT", api + "/global-secrets/s", theirs,
                     R"({"type":"GlobalSecret","name":"s","data":"c2VjcmV0"})")
                .status == 201);
    env.Settle();
  }

  RestEnv env;
  Known known;
  std::string victim;
};

std::string Normal(std::string text) {
  static const std::regex kOwn(
      "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
      "|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z|s[a-z]*at_[A-Za-z0-9_]+|eyJ[A-Za-z0-9_.-]+"
      "|urn:skyden:request:[0-9a-f-]+|\"request_id\": ?\"[0-9a-f-]+\"|[0-9a-f]{64}|\"bytes\": "
      "[0-9]+"
      "|\"revision\": ?\"[0-9a-f]{16}\""            // of a fleet: made of ids
      "|\"[0-9a-f]{12}\\."                          // a revision's epoch: of one database
      "|\"(id|name|token)\": ?\"[A-Za-z0-9]{14}\""  // of a token
      // Keys, as JSON and as folded YAML have them.
      "|data\"?: ?\"?[A-Za-z0-9+/=\\s-]{100,}");
  return std::regex_replace(text, kOwn, "*");
}

// The rows of the organization that has this control plane, and of what is in it.
std::string RowsOf(const std::string& database, const std::string& control_plane) {
  const auto key = [&](const char* column) {
    return st::AskSuperuser(
        database,
        fmt::format("SELECT {} FROM skyden.control_plane WHERE id = '{}'", column, control_plane));
  };
  const std::map<std::string, std::string> of = {
      {"organization", fmt::format("({},", key("organization"))},
      {"tenant", fmt::format("({},", key("tenant"))}};
  std::string rows;
  std::string owner;
  const std::string dump = st::DumpPostgres(database, st::DumpOf::kAll);
  for (size_t at = 0; at < dump.size();) {
    const size_t end = dump.find('\n', at);
    const std::string line = dump.substr(at, end - at);
    at = end + 1;
    if (line[0] == '#') {  // "# table column"
      owner = line.substr(line.rfind(' ') + 1);
      rows += line + "\n";
    } else if (const auto key_of = of.find(owner);
               key_of != of.end() && line.rfind(key_of->second, 0) == 0) {
      rows += line + "\n";
    }
  }
  return rows;
}

void CheckSameLines(const std::string& before, const std::string& after) {
  std::istringstream left(before);
  std::istringstream right(after);
  std::string was;
  std::string is;
  while (std::getline(left, was)) {
    is.clear();
    std::getline(right, is);
    INFO(was);
    REQUIRE(is == was);
  }
  CHECK_FALSE(std::getline(right, is));
}

}  // namespace

TEST_CASE("ten thousand texts of SQL are texts, whichever way they come", "[rest][postgres]") {
  setenv("SKYDEN_TEST_STORE", "sqlite", 1);
  Side sqlite;
  setenv("SKYDEN_TEST_STORE", "postgres", 1);
  Side postgres;
  const std::string& database = postgres.env.store.database()->name();
  const std::string before = RowsOf(database, postgres.victim);
  REQUIRE(before.size() > 1000);
  const auto states_before = st::LoggedStates();

  const std::vector<Entry> entries = Entries(sqlite.env);
  const uint64_t seed = st::Seed(20'261'129);
  st::SqlStrings strings(seed);
  std::map<int, int> statuses;
  int differ = 0;
  for (int i = 0; i < kStrings; ++i) {
    const Entry& entry = entries[static_cast<size_t>(i) % entries.size()];
    const std::string text = strings.Next();
    const auto ask = [&](Side& side) {
      const Request request = entry.with(side.known, text);
      return side.env.Send(request.method, request.path, request.token, request.body);
    };
    const Answer here = ask(sqlite);
    const Answer there = ask(postgres);
    ++statuses[there.status];
    const bool alike = here.status == there.status && Normal(here.body) == Normal(there.body);
    if (!alike && ++differ <= 10) {
      FAIL_CHECK(entry.name << "\nwith " << Escaped(text) << "\n"
                            << here.status << " " << here.body << "\n"
                            << there.status << " " << there.body);
    }
    if (there.status >= 500 || there.status == 0) FAIL_CHECK(entry.name << ": " << there.status);
  }
  std::string told;
  for (const auto& [status, times] : statuses) told += fmt::format(" {}: {}", status, times);
  std::printf("%d texts through %zu entries; answers:%s; %d differ\n", kStrings, entries.size(),
              told.c_str(), differ);
  CHECK(entries.size() > 300);
  CHECK(statuses[200] + statuses[201] > kStrings / 20);  // not all were refused at the door
  CHECK(differ == 0);

  postgres.env.Settle();
  CheckSameLines(before, RowsOf(database, postgres.victim));
  CHECK(postgres.env.Get("/v1/mesh/control-planes/" + postgres.known["id"]).status == 200);
  auto states = st::LoggedStates();
  for (const auto& [state, times] : states_before) states[state] -= times;
  for (const auto& [state, times] : states) {
    if (times == 0) continue;
    std::printf("the server said %s %d times\n", state.c_str(), times);
    // A row that is there already, one that is needed and is not.
    CHECK((state == "23505" || state == "23503"));
  }
  // What it would have said.
  REQUIRE_FALSE(st::TrySuperuser(database, "SELECT ' FROM").ok());
  CHECK(st::LoggedStates()["42601"] == 1);
}

}  // namespace skyden::rest
