// SPDX-License-Identifier: Apache-2.0
// Whatever roles are narrowed to: a list is what is left of the whole list without what may not be
// read, page by page, and counts nothing else; and what is in no list is not had by its name.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/rest/grants_env.h"

namespace skyden::rest {
namespace {

using model::Narrowing;
using model::Role;
using nlohmann::json;

struct Listed {
  const char* type;
  const char* path;
  bool in_mesh;
};
constexpr Listed kTypes[] = {{"MeshTimeout", "meshtimeouts", true},
                             {"MeshRetry", "meshretries", true},
                             {"Mesh", "meshes", false},
                             {"HostnameGenerator", "hostnamegenerators", false}};

// What one grant gives to read, said again in other words than the program's.
bool Covers(const Narrowing& to, const Listed& type, const json& item) {
  const auto has = [](const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (type.in_mesh) {
    return (to.types.empty() || has(to.types, type.type)) &&
           (to.meshes.empty() || has(to.meshes, item["mesh"]));
  }
  if (to.meshes.empty()) return has(to.types, type.type);
  return type.type == std::string("Mesh") && has(to.meshes, item["name"]);
}

struct Case : GrantsEnv {
  explicit Case(unsigned seed) : random(seed) {}

  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); }

  Narrowing Draw() {
    Narrowing to;
    if (Below(3) != 0) {
      for (size_t i = 0; i <= Below(3); ++i) to.meshes.push_back(fmt::format("m{}", Below(5)));
    }
    if (to.meshes.empty() || Below(2) == 0) {
      const size_t kinds = to.meshes.empty() ? 4 : 2;
      for (size_t i = 0; i <= Below(2); ++i) to.types.push_back(kTypes[Below(kinds)].type);
    }
    to.Sort();
    return to;
  }

  // The whole of a list, by pages of a size.
  std::vector<json> Walk(const std::string& path, const std::string& token, size_t size,
                         const std::string& filter, int& status, size_t& total) {
    std::vector<json> items;
    size_t offset = 0;
    for (;;) {
      const Answer page = Send(
          "GET", fmt::format("{}{}?size={}&offset={}{}", api, path, size, offset, filter), token);
      status = page.status;
      if (page.status != 200) return items;
      const json body = page.json();
      total = body["total"];
      for (const json& item : body["items"]) items.push_back(item);
      const bool more = items.size() < total;
      CHECK(body["next"].is_null() == !more);
      if (body["next"].is_null() || body["items"].empty()) return items;
      CHECK(body["items"].size() == size);
      offset += size;
    }
  }

  std::mt19937 random;
};

}  // namespace

TEST_CASE("a list shows and counts what may be read, and no more", "[rest][grants][property]") {
  Case env(7);
  int shown = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<RestEnv::Held> held;
    std::string told;
    for (size_t i = 0; i <= env.Below(2); ++i) {
      const Role role = env.Below(2) == 0 ? Role::kViewer : Role::kEditor;
      const Narrowing to = env.Draw();
      const bool twice = std::any_of(held.begin(), held.end(), [&](const RestEnv::Held& other) {
        return other.role == role && other.narrowing == to;
      });
      if (twice) continue;
      held.push_back({role, env.Below(4) == 0 ? "" : env.control_plane, to});
      told += fmt::format("{} {}; ", model::RoleName(role), to.Text());
    }
    CAPTURE(round, told);
    const std::string token = env.NewTokenOf(held);
    for (const Listed& type : kTypes) {
      const std::string filter = env.Below(3) == 0 ? "&name=1" : "";
      const std::string path = "/" + std::string(type.path);
      CAPTURE(type.type, filter);
      int status = 0;
      size_t total = 0;
      const std::vector<json> all = env.Walk(path, env.operator_token, 1000, filter, status, total);
      REQUIRE(status == 200);
      std::vector<json> expected;
      const auto may_read = [&](const json& item) {
        return std::any_of(held.begin(), held.end(), [&](const RestEnv::Held& one) {
          return Covers(one.narrowing, type, item);
        });
      };
      std::copy_if(all.begin(), all.end(), std::back_inserter(expected), may_read);
      const std::vector<json> seen = env.Walk(path, token, 1 + env.Below(5), filter, status, total);
      if (status == 200) {
        CHECK(seen == expected);
        CHECK(total == expected.size());
      } else {
        CHECK(status == 403);
        CHECK(expected.empty());
      }
      shown += static_cast<int>(seen.size());
      for (const json& item : all) {
        const std::string name = item["name"];
        const std::string one =
            type.in_mesh
                ? fmt::format("/meshes/{}/{}/{}", item["mesh"].get<std::string>(), type.path, name)
                : fmt::format("/{}/{}", type.path, name);
        CAPTURE(one);
        CHECK(env.Send("GET", env.api + one, token).status == (may_read(item) ? 200 : 403));
      }
    }
  }
  CHECK(shown > 500);
}

}  // namespace skyden::rest
