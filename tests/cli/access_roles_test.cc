// SPDX-License-Identifier: Apache-2.0
#include "cli/access_roles.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace skyden::cli {
namespace {

Json Bound(const Json& rules, const Json& subjects = {{{"type", "User"}, {"name", "jane"}}}) {
  return Json::array(
      {{{"type", "AccessRole"}, {"name", "r"}, {"rules", rules}},
       {{"type", "AccessRoleBinding"}, {"name", "b"}, {"subjects", subjects}, {"roles", {"r"}}}});
}

// "account jane: Editor of m | MeshRetry", one a line; then what was left out.
std::string Told(const Json& documents, Viewers viewers = Viewers::kAreNot) {
  const std::vector<Json> list(documents.begin(), documents.end());
  const AccessRolesReading reading = ReadAccessRoles(list, "shop", viewers);
  std::string text;
  for (const ProposedRole& one : reading.roles) {
    CHECK(one.role.control_plane == "shop");
    const bool team = one.holder == ProposedRole::Holder::kTeam;
    text +=
        fmt::format("{} {}: {} of {} | {}\n", team ? "team" : "account", one.name, one.role.role,
                    fmt::join(one.role.meshes, ","), fmt::join(one.role.types, ","));
  }
  for (const std::string& one : reading.left_out) text += "- " + one + "\n";
  return text;
}

const Json kWrites = {"CREATE", "UPDATE", "DELETE"};

}  // namespace

TEST_CASE("a rule becomes a role of its mesh and types", "[cli][roles]") {
  CHECK(Told(Bound(
            {{{"types", {"MeshRetry", "MeshTimeout"}}, {"mesh", "m"}, {"access", kWrites}}})) ==
        "account jane: Editor of m | MeshRetry,MeshTimeout\n");
  CHECK(Told(Bound({{{"types", {"MeshRetry"}}, {"access", kWrites}}})) ==
        "account jane: Editor of  | MeshRetry\n");
  CHECK(Told(Bound({{{"types", {"MeshRetry"}}, {"access", kWrites}}},
                   {{{"type", "Group"}, {"name", "ops"}}}),
             Viewers::kAreMade) == "team ops: Editor of  | MeshRetry\nteam ops: Viewer of  | \n");
  // As an object of Kubernetes.
  const Json in_cluster = Json::array(
      {{{"kind", "AccessRole"},
        {"metadata", {{"name", "r"}}},
        {"spec", {{"rules", {{{"types", {"MeshRetry"}}, {"access", kWrites}}}}}}},
       {{"kind", "AccessRoleBinding"},
        {"metadata", {{"name", "b"}}},
        {"spec", {{"subjects", {{{"type", "User"}, {"name", "jane"}}}}, {"roles", {"r"}}}}}});
  CHECK(Told(in_cluster) == "account jane: Editor of  | MeshRetry\n");
}

TEST_CASE("who may do everything becomes an admin, and reads without a role for it",
          "[cli][roles]") {
  const Json all = {"CREATE", "UPDATE", "DELETE", "GENERATE_DATAPLANE_TOKEN"};
  CHECK(Told(Bound({{{"access", all}}}), Viewers::kAreMade) == "account jane: Admin of  | \n");
  CHECK(Told(Bound({{{"access", kWrites}}}), Viewers::kAreMade) ==
        "account jane: Editor of  | \n- AccessRole r, rule 1: secrets are for an Admin\n");
}

TEST_CASE("what has no likeness is left out and said", "[cli][roles]") {
  const auto left_out = [](const Json& rule, const std::string& why) {
    const std::string told = Told(Bound(Json::array({rule})));
    CHECK(told == "- AccessRole r, rule 1: " + why + "\n");
  };
  left_out({{"types", {"MeshRetry"}}, {"access", kWrites}, {"when", {{{"targetRef", {}}}}}},
           "it has conditions (when); roles are for all of a mesh and type");
  left_out({{"types", {"MeshRetry"}}, {"access", kWrites}, {"names", {"x"}}},
           "it is for single names; roles are for all of a mesh and type");
  left_out({{"types", {"MeshRetry"}}, {"access", {"CREATE", "UPDATE"}}},
           "it gives some of CREATE, UPDATE and DELETE; an Editor has all");
  left_out(Json::object(), "it names no access");
  left_out(7, "it names no access");
  left_out({{"access", kWrites}, {"names", "x"}},
           "it is for single names; roles are for all of a mesh and type");
  left_out({{"mesh", "m"}, {"access", {"GENERATE_DATAPLANE_TOKEN"}}},
           "tokens are made by an Admin of the whole control plane");
  left_out({{"types", {"GlobalSecret"}}, {"access", kWrites}},
           "GlobalSecret is for an Admin of the whole control plane");
  CHECK(Told(Bound({{{"types", {"Secret", "MeshRetry"}}, {"mesh", "m"}, {"access", kWrites}}})) ==
        "account jane: Admin of m | Secret\naccount jane: Editor of m | MeshRetry\n");
  CHECK(Told(Bound({{{"mesh", "m"}, {"access", kWrites}}})) ==
        "account jane: Editor of m | \n- AccessRole r, rule 1: secrets are for an Admin\n");
}

TEST_CASE("subjects and roles that are not there are named", "[cli][roles]") {
  const Json rules = {{{"types", {"MeshRetry"}}, {"access", kWrites}}};
  CHECK(Told(Bound(rules, {{{"type", "Group"}, {"name", "mesh-system:authenticated"}},
                           {{"type", "Robot"}, {"name", "x"}}})) ==
        "- AccessRoleBinding b: Group mesh-system:authenticated is nobody's account or team here\n"
        "- AccessRoleBinding b: Robot x is nobody's account or team here\n");
  const Json alone = Json::array({{{"type", "AccessRoleBinding"},
                                   {"name", "b"},
                                   {"subjects", {{{"type", "User"}, {"name", "jane"}}}},
                                   {"roles", {"gone"}}}});
  CHECK(Told(alone, Viewers::kAreMade) ==
        "- AccessRoleBinding b: there is no AccessRole gone beside it\n");
  // Whatever else there is in a file, and whatever it looks like.
  CHECK(Told(Json::array({7,
                          "x",
                          nullptr,
                          {{"type", "AccessRole"}, {"rules", 7}},
                          {{"type", "AccessRoleBinding"}, {"subjects", "x"}}}))
            .empty());
}

}  // namespace skyden::cli
