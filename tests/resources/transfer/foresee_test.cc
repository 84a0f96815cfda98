// SPDX-License-Identifier: Apache-2.0
// What is foreseen is what is stored afterwards, and foreseeing stores nothing.
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <utility>

#include "skyden/resources/foresight.h"
#include "tests/resources/transfer/importing.h"

namespace skyden::resources::testing {
namespace {

// Everything that is stored but secrets and what is computed, as text.
using Everything = std::map<std::pair<model::TypeId, model::ResourceKey>, std::string>;

std::vector<const model::TypeDescriptor*> Types() {
  std::vector<const model::TypeDescriptor*> types;
  for (const model::TypeDescriptor& type : store::testing::Registry().all()) {
    if (!type.is_secret) types.push_back(&type);
  }
  return types;
}

std::string TextOf(const model::Resource& resource) {
  std::string text = resource.spec + '\n' + resource.status + '\n' + resource.zone;
  for (const auto& [key, value] : resource.labels) text += '\n' + key + '=' + value;
  return text + '\n' + absl::FormatTime(resource.creation_time) +
         absl::FormatTime(resource.modification_time);
}

Everything In(const Foresight::Views& views) {
  Everything all;
  for (const auto& [type, view] : views) {
    for (size_t i = 0; i < view->size(); ++i) all[{type, view->at(i)->key}] = TextOf(*view->at(i));
  }
  return all;
}

Everything Stored(ManagerEnv& env) {
  Everything all;
  const auto read = env.store->Read(env.scope, [&](store::ReadTx& tx) -> absl::Status {
    for (const model::TypeDescriptor* type : Types()) {
      SKYDEN_ASSIGN_OR_RETURN(const auto list, tx.ListResources(type->id, std::nullopt));
      for (const model::Resource& each : list) all[{type->id, each.key}] = TextOf(each);
    }
    return absl::OkStatus();
  });
  REQUIRE(read.ok());
  return all;
}

absl::StatusOr<Foresight> ForeseeIn(ManagerEnv& env, ForeseenWrite write) {
  return Foresee({*env.store, store::testing::Registry(), Codec(), env.views}, env.scope,
                 std::move(write), Types(), env.clock.Now());
}

// Foresees a write, then does it, and compares.
template <class Do>
void CheckForeseen(ManagerEnv& env, ForeseenWrite write, const Do& really) {
  const Everything before = Stored(env);
  const auto foresight = ForeseeIn(env, std::move(write));
  INFO(foresight.status());
  REQUIRE(foresight.ok());
  CHECK(Stored(env) == before);
  CHECK(In(foresight->before) == before);
  const absl::Status done = really();
  INFO(done);
  REQUIRE(done.ok());
  CHECK(In(foresight->after) == Stored(env));
}

TEST_CASE("what a PUT or a DELETE would leave is what it leaves", "[resources][foresight]") {
  ManagerEnv env;
  const auto put = [&](const std::string& type, const std::string& mesh, const std::string& name,
                       const std::string& rest) {
    const std::string body = "{\"type\":\"" + type + "\"" +
                             (mesh.empty() ? "" : ",\"mesh\":\"" + mesh + "\"") + ",\"name\":\"" +
                             name + "\"" + (rest.empty() ? "" : "," + rest) + "}";
    CheckForeseen(env, PutRequest{&Type(type), {mesh, name}, body},
                  [&] { return env.Put(type, mesh, name, rest).status(); });
  };
  const auto remove = [&](const std::string& type, const std::string& mesh,
                          const std::string& name) {
    CheckForeseen(env, ForeseenDelete{&Type(type), {mesh, name}},
                  [&] { return env.Delete(type, mesh, name); });
  };
  put("MeshTimeout", "default", "slow", TimeoutSpec());
  put("MeshTimeout", "default", "slow", TimeoutSpec("7s"));
  put("Mesh", "", "pay", "");  // with its default policies
  put("Mesh", "", "pay", R"("meshServices":{"mode":"Exclusive"})");
  put("MeshTimeout", "pay", "slow", TimeoutSpec());
  remove("MeshTimeout", "default", "slow");
  remove("Mesh", "", "pay");  // and all that is in it
  env.PutFromZone("Dataplane", "default", "dp.east", "east");
  put("Zone", "", "east", R"("enabled":true)");
  remove("Zone", "", "east");  // and all that came from it
}

TEST_CASE("what an import would leave is what it leaves", "[resources][foresight]") {
  ManagerEnv env;
  REQUIRE(env.Put("MeshTimeout", "default", "old", TimeoutSpec()).ok());
  const std::string text = "---\ntype: Mesh\nname: pay\n" + Timeout("pay", "a") +
                           Timeout("default", "b") +
                           "---\ntype: MeshTimeout\nmesh: default\nname: old\ndelete: true\n";
  CheckForeseen(env, ForeseenDocuments{text},
                [&] { return ImportInto(env, env.scope, text).status(); });
  // The second time nothing is left to do.
  const auto again = ForeseeIn(env, ForeseenDocuments{text});
  REQUIRE(again.ok());
  CHECK(again->changes.empty());
}

TEST_CASE("what a write would be refused for, its foresight is", "[resources][foresight]") {
  ManagerEnv env;
  const auto put = [&](const std::string& mesh, const std::string& body) {
    return ForeseeIn(env, PutRequest{&Type("MeshTimeout"), {mesh, "slow"}, body}).status();
  };
  CHECK(put("none", "{}") == env.PutBody("MeshTimeout", {"none", "slow"}, "{}").status());
  CHECK(put("default", "{") == env.PutBody("MeshTimeout", {"default", "slow"}, "{").status());
  CHECK(ForeseeIn(env, ForeseenDelete{&Type("MeshTimeout"), {"default", "none"}}).status() ==
        env.Delete("MeshTimeout", "default", "none"));
  CHECK(ForeseeIn(env, ForeseenDelete{&Type("MeshInsight"), {"", "default"}}).status() ==
        env.Delete("MeshInsight", "", "default"));
}

TEST_CASE("a foresight is of one revision, whatever is cached", "[resources][foresight]") {
  ManagerEnv env;
  const model::TypeId type = Type("MeshTimeout").id;
  const auto cached = env.views.Get(env.scope, type);
  REQUIRE(cached.ok());
  REQUIRE(env.Put("MeshTimeout", "default", "a", TimeoutSpec()).ok());
  const auto foresight = ForeseeIn(env, ForeseenDelete{&Type("MeshTimeout"), {"default", "a"}});
  REQUIRE(foresight.ok());
  CHECK(foresight->before.at(type)->Find({"default", "a"}) != nullptr);
  CHECK(foresight->after.at(type)->Find({"default", "a"}) == nullptr);
  REQUIRE(foresight->changes.size() == 1);
  CHECK(foresight->changes.front().before == foresight->before.at(type)->Find({"default", "a"}));
  CHECK(foresight->before.at(type)->revision() <= foresight->revision);
}

}  // namespace
}  // namespace skyden::resources::testing
