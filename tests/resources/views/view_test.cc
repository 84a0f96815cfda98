// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "skyden/resources/resource_views.h"

namespace skyden::resources {
namespace {

using Model = std::map<model::ResourceKey, model::Revision>;

model::Resource Written(std::string mesh, std::string name, model::Revision revision) {
  model::Resource resource;
  resource.key = {std::move(mesh), std::move(name)};
  resource.spec = fmt::format("{{\"revision\":{}}}", revision);
  resource.revision = revision;
  resource.version = revision;
  return resource;
}

model::Resource Deleted(const model::ResourceKey& key, model::Revision revision) {
  model::Resource resource;
  resource.key = key;
  resource.revision = revision;
  resource.deleted = true;
  return resource;
}

std::string NameOf(int n) { return fmt::format("r-{:06}", n); }

std::shared_ptr<const ResourceView> Empty() {
  return std::make_shared<const ResourceView>(
      0, std::vector<std::shared_ptr<const ResourceView::Chunk>>());
}

std::shared_ptr<const ResourceView> ViewOf(int count) {
  std::vector<model::Resource> all;
  for (int i = 0; i < count; ++i) all.push_back(Written("default", NameOf(2 * i), 1));
  return Advance(*Empty(), std::move(all), 1);
}

void RequireSame(const ResourceView& view, const Model& model) {
  REQUIRE(view.size() == model.size());
  size_t i = 0;
  for (const auto& [key, revision] : model) {
    REQUIRE(view.at(i)->key == key);
    REQUIRE(view.at(i)->revision == revision);
    ++i;
  }
  for (const auto& chunk : view.chunks()) {
    REQUIRE_FALSE(chunk->empty());
    REQUIRE(chunk->size() <= ResourceView::kChunkItems);
  }
}

size_t SharedChunks(const ResourceView& a, const ResourceView& b) {
  const std::set<std::shared_ptr<const ResourceView::Chunk>> chunks(a.chunks().begin(),
                                                                    a.chunks().end());
  return static_cast<size_t>(std::count_if(b.chunks().begin(), b.chunks().end(),
                                           [&](const auto& c) { return chunks.count(c) != 0; }));
}

TEST_CASE("a view finds resources by position, by key and by the place a key would have",
          "[views]") {
  const auto view = ViewOf(1000);
  REQUIRE(view->size() == 1000);
  CHECK(view->at(0)->key.name == NameOf(0));
  CHECK(view->at(999)->key.name == NameOf(1998));
  CHECK(view->Find({"default", NameOf(514)})->key.name == NameOf(514));
  CHECK(view->Find({"default", NameOf(515)}) == nullptr);
  CHECK(view->Find({"other", NameOf(514)}) == nullptr);
  CHECK(view->LowerBound({"default", NameOf(515)}) == 258);
  CHECK(view->LowerBound({"", ""}) == 0);
  CHECK(view->LowerBound({"default", "z"}) == 1000);
  CHECK(Empty()->LowerBound({"default", "a"}) == 0);
  CHECK(Empty()->Find({"default", "a"}) == nullptr);
}

TEST_CASE("a view that follows another shares every chunk in which nothing changed", "[views]") {
  const auto before = ViewOf(17'000);
  const auto after = Advance(*before, {Written("default", NameOf(20'000), 2)}, 2);
  CHECK(after->revision() == 2);
  CHECK(after->size() == 17'000);
  CHECK(after->Find({"default", NameOf(20'000)})->revision == 2);
  CHECK(before->Find({"default", NameOf(20'000)})->revision == 1);
  CHECK(SharedChunks(*before, *after) == before->chunks().size() - 1);
}

TEST_CASE("a view without changes only moves its revision", "[views]") {
  const auto before = ViewOf(600);
  const auto after = Advance(*before, {}, 9);
  CHECK(after->revision() == 9);
  CHECK(after->chunks() == before->chunks());
}

TEST_CASE("of several changes to one resource the newest counts", "[views]") {
  const auto view = Advance(*Empty(),
                            {Written("m", "a", 1), Deleted({"m", "a"}, 2), Written("m", "a", 3),
                             Written("m", "b", 1), Deleted({"m", "b"}, 2)},
                            3);
  RequireSame(*view, {{{"m", "a"}, 3}});
}

TEST_CASE("a type that shrinks does not end as a row of tiny chunks", "[views]") {
  auto view = ViewOf(10'000);
  std::vector<model::Resource> gone;
  for (int i = 0; i < 10'000; ++i) {
    if (i % 50 != 0) gone.push_back(Deleted({"default", NameOf(2 * i)}, 2));
  }
  view = Advance(*view, std::move(gone), 2);
  CHECK(view->size() == 200);
  CHECK(view->chunks().size() <= 3);
}

TEST_CASE("advancing and comparing views agrees with doing it by hand", "[views]") {
  const auto seed = static_cast<unsigned>(GENERATE(1, 2, 3, 4, 5, 6));
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  Model model;
  auto view = Empty();
  std::vector<std::pair<Model, std::shared_ptr<const ResourceView>>> past;
  for (model::Revision revision = 1; revision <= 60; ++revision) {
    std::vector<model::Resource> changes;
    const int count = below(4) == 0 ? below(900) : below(6);
    const bool mostly_deletes = below(3) == 0;
    for (int i = 0; i < count; ++i) {
      const model::ResourceKey key{fmt::format("mesh-{}", below(3)), NameOf(below(2000))};
      if (mostly_deletes ? below(4) != 0 : below(4) == 0) {
        changes.push_back(Deleted(key, revision));
        model.erase(key);
        // The store reports a key once per transaction: what was written before is not seen.
        std::erase_if(changes, [&](const auto& c) { return c.key == key && !c.deleted; });
      } else {
        changes.push_back(Written(key.mesh, key.name, revision));
        model[key] = revision;
        std::erase_if(changes, [&](const auto& c) { return c.key == key && c.deleted; });
      }
    }
    past.emplace_back(model, view);
    past.back().first = {};
    for (size_t i = 0; i < view->size(); ++i) {
      past.back().first[view->at(i)->key] = view->at(i)->revision;
    }
    view = Advance(*view, std::move(changes), revision);
    RequireSame(*view, model);
  }
  for (const auto& [old_model, old_view] : past) {
    const ViewDiff diff = Diff(*old_view, *view);
    Model patched = old_model;
    for (const auto& item : diff.removed) REQUIRE(patched.erase(item->key) == 1);
    for (const auto& item : diff.changed) {
      const auto before = patched.find(item->key);
      REQUIRE((before == patched.end() || before->second != item->revision));
      patched[item->key] = item->revision;
    }
    REQUIRE(patched == model);
    REQUIRE(std::is_sorted(diff.changed.begin(), diff.changed.end(),
                           [](const auto& a, const auto& b) { return a->key < b->key; }));
  }
}

TEST_CASE("views read at different times differ in nothing when nothing was written", "[views]") {
  const auto one = ViewOf(700);
  const auto two = ViewOf(700);
  const ViewDiff diff = Diff(*one, *two);
  CHECK(diff.changed.empty());
  CHECK(diff.removed.empty());
}

TEST_CASE("a resource that was deleted and made again is a change", "[views]") {
  const auto before = Advance(*Empty(), {Written("m", "a", 1)}, 1);
  model::Resource again = Written("m", "a", 3);
  again.version = 1;
  const auto after = Advance(*Advance(*before, {Deleted({"m", "a"}, 2)}, 2), {again}, 3);
  REQUIRE(Diff(*before, *after).changed.size() == 1);
  CHECK(Diff(*before, *after).removed.empty());
}

}  // namespace
}  // namespace skyden::resources
