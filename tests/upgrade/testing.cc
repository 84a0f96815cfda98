// SPDX-License-Identifier: Apache-2.0
#include "tests/upgrade/testing.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "skyden/resources/codec.h"

namespace skyden::upgrade::testing {
namespace {

using matching::testing::MakeItem;
using matching::testing::Registry;
using resources::ResourceView;

const resources::ResourceCodec& Codec() {
  static const auto* codec = resources::ResourceCodec::Create(Registry()).value().release();
  return *codec;
}

std::string NameOf(const model::TypeDescriptor& type, const model::ResourceKey& key) {
  return type.name + "/" + key.name;
}

}  // namespace

Surveyed::Surveyed(const std::string& mesh) {
  Put(MakeItem("Mesh", matching::testing::kMeshName, mesh));
}

Surveyed& Surveyed::Add(std::string_view type, const std::string& name, const std::string& spec,
                        model::Labels labels) {
  Put(MakeItem(type, name, spec, std::move(labels)));
  return *this;
}

Surveyed& Surveyed::AddOfZone(std::string_view type, const std::string& name,
                              const std::string& spec, model::Labels labels) {
  labels.emplace("kuma.io/origin", "zone");
  labels.emplace("kuma.io/zone", "east");
  labels.emplace("kuma.io/display-name", name);
  model::Resource resource = *MakeItem(type, name, spec, std::move(labels));
  resource.zone = "east";
  Put(std::make_shared<const model::Resource>(std::move(resource)));
  return *this;
}

Surveyed& Surveyed::AddProxy(const std::string& name, model::Labels labels,
                             const model::Labels& tags) {
  nlohmann::json inbound = {{"port", 80}, {"protocol", "http"}};
  for (const auto& [key, value] : tags) inbound["tags"][key] = value;
  const nlohmann::json spec = {
      {"networking", {{"address", "10.0.0.1"}, {"inbound", nlohmann::json::array({inbound})}}}};
  labels.emplace("kuma.io/workload", name);
  return AddOfZone("Dataplane", name, spec.dump(), std::move(labels));
}

Surveyed& Surveyed::ToldVersion(std::string version) {
  zone_version_ = std::move(version);
  return *this;
}

Survey Surveyed::Run(const SurveyBounds& bounds) const {
  auto items = items_;
  if (!zone_version_.empty()) {
    auto insight = std::make_shared<model::Resource>();
    insight->key.name = "east";
    items[Registry().core().zone_insight->id]["east"] = std::move(insight);
  }
  resources::Foresight::Views views;
  for (const model::TypeDescriptor* type : SurveyedTypes(Registry())) {
    ResourceView::Chunk chunk;
    for (const auto& [name, item] : items[type->id]) chunk.push_back(item);
    std::vector<std::shared_ptr<const ResourceView::Chunk>> chunks;
    if (!chunk.empty()) {
      chunks.push_back(std::make_shared<const ResourceView::Chunk>(std::move(chunk)));
    }
    views[type->id] = std::make_shared<const ResourceView>(1, std::move(chunks));
  }
  const SurveyDeps deps{Registry(), Codec(),
                        [this](const model::Resource&) { return zone_version_; }};
  return SurveyOf(deps, views, bounds, [] { return false; });
}

std::string Surveyed::Findings() const {
  std::string text;
  for (const Finding& finding : Run().findings) {
    text += fmt::format("{} {} {} {}\n", finding.kind->id, upgrade::NameOf(finding.remedy),
                        NameOf(*finding.type, finding.key), finding.field);
  }
  return text;
}

std::string Surveyed::Changes() const {
  std::string text;
  for (const Change& change : Run().changes) {
    std::string body = "-";
    if (change.kind == Change::Kind::kWritten) {
      auto json = nlohmann::ordered_json::parse(change.body);
      for (const char* said : {"type", "mesh", "name"}) json.erase(said);
      body = json.dump();
    }
    text += fmt::format("{} {}\n", NameOf(*change.type, change.key), body);
  }
  return text;
}

void Check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    INFO(c.what);
    CHECK(c.surveyed.Findings() == c.findings);
    if (c.changes) CHECK(c.surveyed.Changes() == *c.changes);
  }
}

}  // namespace skyden::upgrade::testing
