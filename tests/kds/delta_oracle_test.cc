// SPDX-License-Identifier: Apache-2.0
// DeltaServer against a model that knows no deltas: whatever happens, once everything was sent and
// answered, each zone has exactly what a full computation gives it.
#include <catch2/catch.hpp>
#include <random>

#include "kds/delta_server.h"
#include "tests/kds/dialogue.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

using State = std::map<std::string, std::map<std::string, std::string>>;  // type -> name -> spec

const std::vector<std::string>& Types() {
  static const std::vector<std::string> types = {"Mesh", "MeshTimeout", "MeshService", "Secret",
                                                 "HostnameGenerator"};
  return types;
}

// A zone that applies what it receives.
class ModelZone {
 public:
  explicit ModelZone(const std::string& name) : dialogue_(name) {
    for (const auto& type : Types()) dialogue_.Subscribes(type);
  }

  // Takes one message, keeps it unanswered. False when there is none.
  bool Take(HandWritten& global) {
    auto response = dialogue_.Receives(global);
    if (!response.has_value()) return false;
    for (const std::string& name : response->removed) state_[response->type].erase(name);
    for (const auto& [name, spec] : response->resources) state_[response->type][name] = spec;
    CHECK(unanswered_.emplace(response->type, *response).second);  // one at a time
    return true;
  }
  void Answer(std::mt19937& random) {
    if (unanswered_.empty()) return;
    const auto one =
        std::next(unanswered_.begin(), static_cast<std::ptrdiff_t>(random() % unanswered_.size()));
    if (random() % 5 == 0) {
      dialogue_.Nacks(one->second);
    } else {
      dialogue_.Acks(one->second);
    }
    unanswered_.erase(one);
  }
  void Settle(HandWritten& global, std::mt19937& random) {
    for (int i = 0; i < 1000; ++i) {
      dialogue_.Advance(absl::Seconds(6));
      const bool took = Take(global);
      if (!took && unanswered_.empty()) return;
      Answer(random);
    }
    FAIL("a zone does not settle");
  }
  void Changed() { dialogue_.Changed(); }
  State state() const {
    State nonempty;
    for (const auto& [type, resources] : state_) {
      if (!resources.empty()) nonempty[type] = resources;
    }
    return nonempty;
  }

 private:
  ZoneDialogue dialogue_;
  std::map<std::string, Received> unanswered_;
  State state_;
};

State Expected(HandWritten& global, const std::string& zone) {
  State state;
  for (const auto& type : Types()) {
    const auto snapshot = global.Current(Registry().FindByName(type)->id).value();
    for (const auto& chunk : snapshot->view->chunks()) {
      for (const auto& item : *chunk) {
        const auto audience =
            AudienceOf(snapshot->type, *item, snapshot->features, *snapshot->disabled);
        if (!audience.has_value() || !audience->Has(zone)) continue;
        const auto forms =
            resources::FormsFor(GenerationOf(snapshot->features), snapshot->type, *item);
        if (!forms.has_value()) {
          state[type][SentName(snapshot->type, *item, snapshot->features)] = item->spec;
          continue;
        }
        for (const resources::Form& form : *forms) {
          const bool is_twin = form.kind == resources::Form::Kind::kTwin ||
                               (form.kind == resources::Form::Kind::kDefaultTwin &&
                                snapshot->view->Find(form.resource.key) != nullptr);
          const Part part = is_twin ? Part::kTwin : Part::kWhole;
          state[type][SentName(snapshot->type, form.resource, snapshot->features, part)] =
              form.resource.spec;
        }
      }
    }
  }
  return state;
}

void ChangeSomething(HandWritten& global, std::mt19937& random) {
  const std::string& type = Types()[random() % Types().size()];
  const std::string number = std::to_string(random() % 12);
  const std::string zone = type == "MeshService" ? "zone-" + std::to_string(random() % 3) : "";
  std::string name = zone.empty() ? "r" + number : "r" + number + "-" + zone;
  if (type == "MeshTimeout" && random() % 3 == 0) {
    name = random() % 2 == 0 ? "mesh-timeout-all-default" : "mesh-timeout-to-all-default";
  }
  const bool in_mesh = type != "Mesh" && type != "HostnameGenerator";
  const std::string mesh = in_mesh ? "default" : "";
  switch (random() % 20) {
    case 0:
      return global.Disable("zone-" + std::to_string(random() % 3));
    case 1: {
      auto hidden = MakeResource(type, mesh, name, "{}", zone);
      hidden.labels["kuma.io/kds-sync"] = "disabled";
      return global.Put(hidden);
    }
    case 2: {
      auto renamed = MakeResource(type, mesh, name, "{}", zone);
      renamed.labels["kuma.io/display-name"] = name + "-" + std::to_string(random() % 2);
      return global.Put(renamed);
    }
    case 3:
    case 4: {
      // Kuma 3 reads them in other forms: in two, in none, without a member.
      static const std::string from = R"("from":[{"targetRef":{"kind":"Mesh"},"default":{}}])";
      static const std::vector<std::string> specs = {
          "{" + from + R"(,"to":[{}]})", "{" + from + "}",
          R"({"targetRef":{"kind":"Mesh","proxyTypes":["Gateway"]},"to":[{}]})"};
      return global.Put(MakeResource(type, mesh, name, specs[random() % specs.size()], zone));
    }
    case 5:
    case 6:
      return global.Delete(type, mesh, name);
    default:
      return global.Put(
          MakeResource(type, mesh, name, R"({"v":)" + std::to_string(random() % 100) + "}", zone));
  }
}

}  // namespace

TEST_CASE("zones end with what a full computation gives, in any order of events", "[kds]") {
  for (uint32_t seed = 1; seed <= 30; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const Features features = random() % 2 == 0 ? 15 : 15 | kThirdGeneration;
    HandWritten global(features, /*chunk_bytes=*/random() % 2 == 0 ? 300 : 1u << 20);
    std::vector<ModelZone> zones;
    for (int i = 0; i < 3; ++i) zones.emplace_back("zone-" + std::to_string(i));
    for (int step = 0; step < 300; ++step) {
      if (random() % 3 == 0) {
        ChangeSomething(global, random);
        for (ModelZone& zone : zones) zone.Changed();
      }
      ModelZone& zone = zones[random() % zones.size()];
      if (random() % 2 == 0) {
        zone.Take(global);
      } else {
        zone.Answer(random);
      }
    }
    for (size_t i = 0; i < zones.size(); ++i) {
      zones[i].Changed();
      zones[i].Settle(global, random);
      CHECK(zones[i].state() == Expected(global, "zone-" + std::to_string(i)));
    }
  }
}
