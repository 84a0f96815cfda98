// SPDX-License-Identifier: Apache-2.0
// A preview says what inspection says after a change, minus what it says before, to the byte: on
// scenes that a real Kuma played, and on random meshes. SKYDEN_PREVIEW_MESHES says how many.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "skyden/matching/difference.h"
#include "tests/rest/preview_meshes.h"
#include "tests/rest/preview_play.h"
#include "tests/test_data.h"

namespace skyden::rest {
namespace {

using nlohmann::json;
using testing::Configurations;
using testing::Dice;
using testing::Differences;
using testing::MakeChange;
using testing::MakeMesh;
using testing::PlayedControlPlane;
using testing::RandomMesh;

constexpr size_t kFewMeshes = 40;
constexpr size_t kMeshesOfOne = 50;  // control plane: views hold all that was there

size_t MeshCount() {
  const char* text = std::getenv("SKYDEN_PREVIEW_MESHES");
  return text == nullptr ? kFewMeshes : static_cast<size_t>(std::stoul(text));
}

std::string TextOf(const Differences& differences) {
  std::string text;
  for (const auto& [proxy, parts] : differences) {
    for (const auto& [name, sides] : parts) {
      text += proxy + " " + name + "\n- " + sides.first + "\n+ " + sides.second + "\n";
    }
  }
  return text;
}

// A random mesh on a control plane that others were on before.
class RandomPlay {
 public:
  // Takes down what is refused, so that `there` is what is there.
  RandomMesh Begin(Dice& dice, unsigned seed, size_t proxies) {
    if (!played_ || seed % kMeshesOfOne == 0) {
      played_.reset();
      played_.emplace();
      if (dice.OneIn(2)) played_->StoreVersion("west", "3.0.0");
    }
    RandomMesh mesh = MakeMesh(dice, "m" + std::to_string(seed), proxies);
    played_->Import(mesh.ground);
    std::vector<json> taken;
    for (const json& policy : mesh.policies) {
      if (played_->TryImport({policy})) taken.push_back(policy);
    }
    mesh.policies = std::move(taken);
    return mesh;
  }
  PlayedControlPlane& control_plane() { return *played_; }

 private:
  std::optional<PlayedControlPlane> played_;
};

std::vector<json> AllOf(const RandomMesh& mesh) {
  std::vector<json> all = mesh.policies;
  all.insert(all.end(), mesh.ground.begin() + 1, mesh.ground.end());
  // What a zone makes is not deleted here.
  std::erase_if(all, [](const json& each) {
    return each["type"] == "Dataplane" || each["type"] == "MeshService";
  });
  if (all.empty()) all.push_back(mesh.ground.front());
  return all;
}

}  // namespace

TEST_CASE("a preview of random meshes is inspection after minus inspection before",
          "[preview][property]") {
  RandomPlay play;
  size_t refused = 0;
  size_t without_effect = 0;
  const size_t count = MeshCount();
  for (unsigned seed = 0; seed < count; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    const RandomMesh mesh = play.Begin(dice, seed, 2 + dice.Roll(5));
    PlayedControlPlane& played = play.control_plane();
    const std::vector<json> change = MakeChange(dice, mesh.name, AllOf(mesh));
    INFO(json(change).dump());
    const auto effects = played.Effects(PlayedControlPlane::DocumentsOf(change));
    const Configurations before = played.Inspect(mesh.name);
    const bool taken = played.TryImport(change);
    // What the write refuses, the preview refuses.
    CHECK(taken == effects.ok());
    if (!taken || !effects.ok()) {
      ++refused;
      continue;
    }
    const Differences expected = testing::Minus(played.Inspect(mesh.name), before);
    CHECK(TextOf(PlayedControlPlane::Of(*effects)) == TextOf(expected));
    CHECK(effects->stopped.empty());
    if (expected.empty()) ++without_effect;
  }
  // Enough of it says something.
  CHECK(refused < count * 3 / 4);
  CHECK(refused + without_effect < count * 9 / 10);
}

namespace {

using matching::ModelDifference;
using matching::Proxy;

preview::Shortcuts ForgetsMeshesOf(std::string_view type) {
  return {.touches_its_mesh = [type](const resources::ForeseenChange& change) {
    return change.type->name != type;
  }};
}

// What may differ is believed only where `also` holds.
template <class Also>
preview::Shortcuts DiffersOnlyFor(const Also& also) {
  return {.may_differ = [also](const ModelDifference& difference, const model::TypeDescriptor& type,
                               const Proxy& proxy) {
    return also(type, proxy) && difference.MayDiffer(type, proxy);
  }};
}

// Proxies are taken for the same although `forget` takes away what tells them apart.
template <class Forget>
preview::Shortcuts ClassWithout(const Forget& forget) {
  return {.class_of = [forget](const ModelDifference& difference, const Proxy& proxy) {
    Proxy other = proxy;
    auto resource = std::make_shared<model::Resource>(*proxy.resource);
    forget(other, *resource);
    other.resource = std::move(resource);
    return difference.ClassOf(other);
  }};
}

struct Mutant {
  const char* what;
  preview::Shortcuts shortcuts;
  bool caught = false;
};

std::vector<Mutant> Mutants() {
  return {
      {"MeshServices touch no mesh", ForgetsMeshesOf("MeshService")},
      {"MeshGateways touch no mesh", ForgetsMeshesOf("MeshGateway")},
      {"a Mesh touches no mesh", ForgetsMeshesOf("Mesh")},
      {"Dataplanes touch no mesh", ForgetsMeshesOf("Dataplane")},
      {"MeshTimeouts touch no mesh", ForgetsMeshesOf("MeshTimeout")},
      {"TrafficPermissions touch no mesh", ForgetsMeshesOf("TrafficPermission")},
      {"only MeshTimeouts differ",
       DiffersOnlyFor([](const auto& type, const Proxy&) { return type.name == "MeshTimeout"; })},
      {"only sidecars differ",
       DiffersOnlyFor([](const auto&, const Proxy& proxy) { return !proxy.is_gateway(); })},
      {"tags tell nobody apart", ClassWithout([](Proxy& proxy, model::Resource&) {
         for (Proxy::Inbound& inbound : proxy.inbounds) inbound.tags = {};
       })},
      {"names of inbounds tell nobody apart", ClassWithout([](Proxy& proxy, model::Resource&) {
         for (Proxy::Inbound& inbound : proxy.inbounds) inbound.name.clear();
       })},
      {"ports tell nobody apart", ClassWithout([](Proxy& proxy, model::Resource&) {
         for (Proxy::Inbound& inbound : proxy.inbounds) {
           if (inbound.at.port == 81) inbound.at.port = 80;
         }
       })},
      {"inbounds tell nobody apart",
       ClassWithout([](Proxy& proxy, model::Resource&) { proxy.inbounds.clear(); })},
      {"gateways are sidecars", ClassWithout([](Proxy& proxy, model::Resource&) {
         proxy.kind = Proxy::Kind::kSidecar;
         proxy.gateway_tags = {};
       })},
      {"labels tell nobody apart",
       ClassWithout([](Proxy&, model::Resource& resource) { resource.labels = {}; })},
      {"all proxies are the same",
       {.class_of = [](const ModelDifference&, const Proxy&) { return "all"; }}},
  };
}

}  // namespace

TEST_CASE("a broken shortcut of previews is caught", "[preview][mutants]") {
  constexpr unsigned kMutantMeshes = 60;
  constexpr size_t kProxies = 40;
  constexpr int kChanges = 25;
  std::vector<Mutant> mutants = Mutants();
  const auto left = [&] {
    return std::count_if(mutants.begin(), mutants.end(), [](const auto& m) { return !m.caught; });
  };
  RandomPlay play;
  for (unsigned seed = 0; seed < kMutantMeshes && left() > 0; ++seed) {
    Dice dice(seed);
    const RandomMesh mesh = play.Begin(dice, seed, kProxies);
    for (int i = 0; i < kChanges; ++i) {
      const auto documents =
          PlayedControlPlane::DocumentsOf(MakeChange(dice, mesh.name, AllOf(mesh)));
      const auto right = play.control_plane().Effects(documents);
      if (!right.ok()) continue;
      const Differences expected = PlayedControlPlane::Of(*right);
      for (Mutant& mutant : mutants) {
        if (mutant.caught) continue;
        const auto wrong = play.control_plane().Effects(documents, mutant.shortcuts);
        mutant.caught = wrong.ok() && PlayedControlPlane::Of(*wrong) != expected;
      }
    }
  }
  for (const Mutant& mutant : mutants) {
    CAPTURE(mutant.what);
    CHECK(mutant.caught);
  }
}

namespace {

// What the scene's control plane holds: what was put and taken, and what its zones sent.
std::vector<json> DocumentsOf(const json& scene) {
  std::vector<json> documents;
  const auto refused = [&](const json& path) {
    for (const json& refusal : scene.at("refused")) {
      if (refusal.at(0) == path) return true;
    }
    return false;
  };
  for (const json& put : scene.at("global")) {
    if (!refused(put.at(0))) documents.push_back(put.at(1));
  }
  const std::string root = "meshes/" + scene.at("mesh").get<std::string>();
  for (const json& asked : scene.at("asked")) {
    const std::string path = asked.at("path");
    if (path != root + "/dataplanes" && path != root + "/meshservices") continue;
    for (json item : asked.at("answer").at("items")) {
      item.erase("creationTime");
      item.erase("modificationTime");
      documents.push_back(item);
    }
  }
  return documents;
}

}  // namespace

TEST_CASE("a preview of scenes of a real global is inspection after minus before",
          "[preview][scenes]") {
  size_t checked = 0;
  size_t with_effect = 0;
  for (const std::string& line : TestDataLines("scenes/scenes-2.14.3.jsonl")) {
    const json scene = json::parse(line);
    const std::string mesh = scene.at("mesh");
    CAPTURE(mesh);
    PlayedControlPlane played;
    const std::vector<json> documents = DocumentsOf(scene);
    played.Import(documents);
    Configurations before = played.Inspect(mesh);
    const auto play = [&](const json& document) {
      INFO(document.dump());
      const auto effects = played.Effects(PlayedControlPlane::DocumentsOf({document}));
      REQUIRE(effects.ok());
      played.Import({document});
      Configurations after = played.Inspect(mesh);
      const Differences expected = testing::Minus(after, before);
      CHECK(TextOf(PlayedControlPlane::Of(*effects)) == TextOf(expected));
      ++checked;
      if (!expected.empty()) ++with_effect;
      before = std::move(after);
    };
    for (const json& document : documents) {
      const model::TypeDescriptor* type =
          TestEnv::registry().FindByName(document.at("type").get<std::string>());
      if (type == TestEnv::registry().core().mesh || type->ReadOnlyAtGlobal()) continue;
      const json labels = document.value("labels", json::object());
      if (labels.value("kuma.io/origin", "") == "zone") continue;
      play({{"type", document["type"]},
            {"mesh", document["mesh"]},
            {"name", document["name"]},
            {"delete", true}});
      play(document);
    }
  }
  // Of what is deleted and put back, most means something to some proxy.
  CHECK(checked > 300);
  CHECK(with_effect > checked / 2);
}

}  // namespace skyden::rest
