// SPDX-License-Identifier: Apache-2.0
// What holds of all meshes, tried on random ones.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::MakeItem;
using testing::Sidecar;
using testing::TestMesh;
using testing::TextOf;

constexpr int kMeshes = 60;
constexpr const char* kTypes[] = {
    "MeshTimeout", "MeshTrafficPermission", "MeshAccessLog", "MeshRetry",
    "MeshTrace",   "MeshPassthrough",       "MeshHTTPRoute"};

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  size_t Roll(size_t sides) { return random_() % sides; }
  template <size_t N>
  std::string Pick(const char* const (&choices)[N]) {
    return choices[Roll(N)];
  }

 private:
  std::mt19937 random_;
};

std::string TopTarget(Dice& dice) {
  constexpr const char* kTargets[] = {
      R"({"kind":"Mesh"})",
      R"({"kind":"Dataplane"})",
      R"({"kind":"Dataplane","labels":{"app":"web"},"sectionName":"main"})",
      R"({"kind":"MeshSubset","tags":{"version":"v1"}})",
      R"({"kind":"MeshService","name":"web"})",
      R"({"kind":"MeshService","name":"db"})",
      R"({"kind":"MeshServiceSubset","name":"web","tags":{"version":"v2"}})"};
  return dice.Pick(kTargets);
}

std::string Conf(Dice& dice) {
  return fmt::format(R"({{"{}":{},"h":{{"{}":{}}}}})", "abc"[dice.Roll(3)], dice.Roll(9),
                     "xyz"[dice.Roll(3)], dice.Roll(9));
}

std::string Entries(Dice& dice, const std::vector<std::string>& targets) {
  std::string entries;
  for (size_t i = 0; i <= dice.Roll(2); ++i) {
    entries += fmt::format(
        R"({}{{"targetRef":{},"default":{},"rules":[{{"matches":[{{"p":{}}}],"default":{}}}]}})",
        entries.empty() ? "" : ",", targets[dice.Roll(targets.size())], Conf(dice), dice.Roll(3),
        Conf(dice));
  }
  return entries;
}

Item RandomPolicy(Dice& dice, const std::string& name, const std::string& top_target) {
  const std::string type = dice.Pick(kTypes);
  const std::vector<std::string> to = {R"({"kind":"Mesh"})",
                                       R"({"kind":"MeshService","name":"db"})",
                                       R"({"kind":"MeshService","labels":{"app":"db"}})",
                                       R"({"kind":"MeshExternalService","name":"ext"})"};
  const std::vector<std::string> from = {
      R"({"kind":"Mesh"})", R"({"kind":"MeshSubset","tags":{"team":"core"}})",
      R"({"kind":"MeshSubset","tags":{"env":"prod"}})",
      R"({"kind":"MeshServiceSubset","name":"db","tags":{"team":"core"}})"};
  const std::string spec =
      fmt::format(R"({{"targetRef":{},"to":[{}],"from":[{}],"default":{}}})", top_target,
                  Entries(dice, to), Entries(dice, from), Conf(dice));
  model::Labels labels;
  if (dice.Roll(3) == 0) labels["kuma.io/origin"] = dice.Roll(2) == 0 ? "global" : "zone";
  return MakeItem(type, name, spec, std::move(labels));
}

std::vector<Item> RandomItems(Dice& dice) {
  std::vector<Item> items = {
      MakeItem("MeshService", "db-1", R"({"ports":[{"name":"main","port":80}]})", {{"app", "db"}}),
      MakeItem("MeshExternalService", "ext", R"({"match":{"port":443}})")};
  const size_t policies = 2 + dice.Roll(8);
  for (size_t i = 0; i < policies; ++i) {
    items.push_back(
        RandomPolicy(dice, fmt::format("{}{}", "zyx"[dice.Roll(3)], i), TopTarget(dice)));
  }
  return items;
}

std::string Everything(const TestMesh& mesh, const MeshModel* before = nullptr) {
  const auto model = mesh.Build(before);
  std::string text;
  for (const char* who : {"web", "db"}) {
    const Proxy proxy = Sidecar(who, {{"app", who}});
    for (const char* type : kTypes) {
      text += fmt::format("== {} {}\n{}", who, type,
                          TextOf(MatchPolicies(*model, testing::TypeOf(type), proxy)));
    }
  }
  return text;
}

TEST_CASE("the order in which resources arrive never changes the result", "[property]") {
  for (unsigned seed = 0; seed < kMeshes; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    std::vector<Item> items = RandomItems(dice);
    TestMesh in_order;
    for (const Item& item : items) in_order.Add(item);
    const std::string expected = Everything(in_order);

    std::mt19937 random(seed);
    std::shuffle(items.begin(), items.end(), random);
    TestMesh shuffled;
    std::shared_ptr<const MeshModel> model;
    for (const Item& item : items) model = shuffled.Add(item).Build(model.get());
    CHECK(Everything(shuffled) == expected);
    CHECK(Everything(shuffled, model.get()) == expected);
  }
}

TEST_CASE("a policy that selects nothing changes nothing", "[property]") {
  for (unsigned seed = 0; seed < kMeshes; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    TestMesh mesh;
    for (const Item& item : RandomItems(dice)) mesh.Add(item);
    const std::string expected = Everything(mesh);
    for (size_t i = 0; i < 5; ++i) {
      mesh.Add(RandomPolicy(dice, fmt::format("none{}", i),
                            R"({"kind":"MeshService","name":"nobody"})"));
    }
    // But for routes that others refer to, which these meshes have not.
    CHECK(Everything(mesh) == expected);
  }
}

TEST_CASE("a policy that says nothing new changes no conf", "[property]") {
  for (unsigned seed = 0; seed < kMeshes; ++seed) {
    INFO("seed " << seed);
    Dice dice(seed);
    TestMesh mesh;
    for (const Item& item : RandomItems(dice)) mesh.Add(item);
    const auto confs = [](const MatchedPolicies& matched) {
      std::string text;
      for (const auto& [id, rule] : matched.to_resources) text += rule.confs.at(0) + "\n";
      return text;
    };
    const Proxy web = Sidecar("web", {{"app", "web"}});
    const std::string expected = confs(mesh.Match("MeshRetry", web));
    mesh.Add("MeshRetry", "a-last",
             R"({"to":[{"targetRef":{"kind":"MeshExternalService","name":"none"}}]})");
    CHECK(confs(mesh.Match("MeshRetry", web)) == expected);
  }
}

}  // namespace
}  // namespace skyden::matching
