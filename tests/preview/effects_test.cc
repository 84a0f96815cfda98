// SPDX-License-Identifier: Apache-2.0
// Bounds, counts and shortcuts, over views that are made here; that what is said is true,
// tests/rest/preview_property_test.cc tries.
#include "skyden/preview/effects.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "skyden/preview/limits.h"
#include "tests/matching/testing.h"

namespace skyden::preview {
namespace {

using matching::testing::MakeItem;
using matching::testing::Registry;
using matching::testing::TypeOf;
using resources::ResourceView;

// Says of a proxy which policies select it.
class NamingPrinter final : public Printer {
 public:
  std::map<std::string, std::string> Rules(
      const matching::MeshModel&, const matching::Proxy&,
      const matching::MatchedPolicies& matched) const override {
    std::string names;
    for (const auto& policy : matched.policies) names += policy->key.name + policy->spec;
    if (names.empty()) return {};
    return {{"names", names}, {"none", "[]"}};
  }
  std::string HttpMatches(const std::map<std::string, std::string>& by_hash) const override {
    return std::to_string(by_hash.size());
  }
  std::string Attached(const matching::MeshModel&, const matching::Proxy&) const override {
    return "";
  }
};

matching::Item Sidecar(const std::string& name, const std::string& service, size_t number = 0) {
  return MakeItem("Dataplane", name,
                  R"({"networking":{"address":"10.0.0.)" + std::to_string(number % 250) +
                      R"(","inbound":[{"port":80,"tags":{"kuma.io/service":")" + service +
                      R"("}}]}})",
                  {{"kuma.io/origin", "zone"}});
}

// Proxies of `web`: dp-000000 and so on.
class Playground {
 public:
  explicit Playground(size_t proxies) {
    auto mesh = std::make_shared<model::Resource>();
    mesh->type = Registry().core().mesh->id;
    mesh->key = {"", "demo"};
    items_[mesh->type].push_back(mesh);
    for (size_t i = 0; i < proxies; ++i) {
      std::string name = std::to_string(i);
      name.insert(0, 6 - name.size(), '0');
      Add(Sidecar("dp-" + name, "web", i));
    }
  }
  void Add(const matching::Item& item) { items_[item->type].push_back(item); }

  // That `written` come or are other.
  resources::Foresight Foresee(const std::vector<matching::Item>& written) const {
    resources::Foresight foresight;
    Items after = items_;
    for (const matching::Item& item : written) {
      resources::ForeseenChange& change = foresight.changes.emplace_back();
      change.type = &Registry().at(item->type);
      change.after = item;
      std::vector<matching::Item>& list = after[item->type];
      std::erase_if(list, [&](const matching::Item& old) {
        if (old->key != item->key) return false;
        change.before = old;
        return true;
      });
      list.push_back(item);
    }
    for (const model::TypeDescriptor* type : TypesLookedAt(Registry())) {
      foresight.before[type->id] = ViewOf(items_, type->id);
      foresight.after[type->id] = ViewOf(after, type->id);
    }
    return foresight;
  }

 private:
  using Items = std::map<model::TypeId, std::vector<matching::Item>>;
  static std::shared_ptr<const ResourceView> ViewOf(const Items& items, model::TypeId type) {
    std::vector<std::shared_ptr<const ResourceView::Chunk>> chunks;
    const auto found = items.find(type);
    std::vector<matching::Item> all;
    if (found != items.end()) all = found->second;
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->key < b->key; });
    for (size_t i = 0; i < all.size(); i += ResourceView::kChunkItems) {
      const size_t end = std::min(i + ResourceView::kChunkItems, all.size());
      chunks.push_back(std::make_shared<const ResourceView::Chunk>(
          all.begin() + static_cast<ptrdiff_t>(i), all.begin() + static_cast<ptrdiff_t>(end)));
    }
    return std::make_shared<const ResourceView>(1, std::move(chunks));
  }

  Items items_;
};

absl::StatusOr<Effects> Compute(
    const resources::Foresight& foresight, const Bounds& bounds = {},
    absl::FunctionRef<bool()> is_late = [] { return false; }) {
  const NamingPrinter printer;
  const EffectDeps deps{Registry(), printer,
                        [](const model::Resource&) { return resources::Generation::kTwo; }};
  return EffectsOf(deps, foresight, bounds, is_late);
}

matching::Item Timeout(const std::string& target) {
  return MakeItem("MeshTimeout", "slow",
                  R"({"targetRef":)" + target +
                      R"(,"to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"9s"}}]})");
}

constexpr char kEverybody[] = R"({"kind":"Mesh"})";
constexpr char kWeb[] = R"({"kind":"MeshService","name":"web"})";

TEST_CASE("proxies that nothing tells apart are worked out once", "[preview]") {
  const Playground mesh(2'000);
  const auto effects = Compute(mesh.Foresee({Timeout(kEverybody)}));
  REQUIRE(effects.ok());
  CHECK(effects->proxies == 2'000);
  CHECK(effects->changed.proxies == 2'000);
  CHECK(effects->changed.services.at("web") == 2'000);
  CHECK(effects->texts == 1);
  REQUIRE(effects->groups.size() == 1);
  CHECK(effects->groups[0].first.size() == limits::kNames);
  REQUIRE(effects->begins.size() == 1);
  CHECK(effects->begins[0].after == 2'000);
}

TEST_CASE("what cannot differ is not worked out", "[preview]") {
  Playground mesh(100);
  mesh.Add(Timeout(R"({"kind":"MeshService","name":"nobody"})"));
  // A policy that selects nobody, before or after.
  const auto nobody = Compute(mesh.Foresee({Timeout(R"({"kind":"MeshService","name":"none"})")}));
  REQUIRE(nobody.ok());
  CHECK(nobody->seen == 100);
  CHECK(nobody->texts == 0);
  CHECK(nobody->changed.proxies == 0);
  // A type that proxies know nothing of.
  const auto other = Compute(mesh.Foresee({MakeItem("HostnameGenerator", "s", "{}")}));
  REQUIRE(other.ok());
  CHECK(other->seen == 0);
}

TEST_CASE("a preview stops at its bounds and says so", "[preview]") {
  const Playground mesh(50);
  const auto foresight = mesh.Foresee({Timeout(kEverybody)});
  const auto few = Compute(foresight, {.proxies = 20});
  REQUIRE(few.ok());
  CHECK(few->seen == 20);
  CHECK(few->changed.proxies == 20);
  CHECK(few->stopped == "20 proxies are the most that one preview looks at");
  const auto small = Compute(foresight, {.text_bytes = 10});
  REQUIRE(small.ok());
  CHECK(small->seen == 1);
  CHECK(small->stopped == "more than 0 MiB of configuration differs");
  int asked = 0;
  const auto late = Compute(foresight, {}, [&] { return ++asked > 7; });
  REQUIRE(late.ok());
  CHECK(late->seen == 7);
  CHECK(late->stopped == "it took too long");
  CHECK(late->changed.proxies == 7);
  // Just enough is enough.
  CHECK(Compute(foresight, {.proxies = 50})->stopped.empty());
}

TEST_CASE("a policy whose proxies move on is told to stop only when all did", "[preview]") {
  Playground mesh(2);
  mesh.Add(Timeout(kWeb));
  const auto one = Compute(mesh.Foresee({Sidecar("dp-000000", "db")}));
  REQUIRE(one.ok());
  CHECK(one->changed.proxies == 1);
  CHECK(one->stops.empty());
  const auto both = Compute(mesh.Foresee({Sidecar("dp-000000", "db"), Sidecar("dp-000001", "db")}));
  REQUIRE(both.ok());
  CHECK(both->stops.size() == 1);
}

}  // namespace
}  // namespace skyden::preview
