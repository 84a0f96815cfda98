// SPDX-License-Identifier: Apache-2.0
#include "resources/rollouts/plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/limits_rollouts.h"

namespace skyden::resources {
namespace {

// Names that are there, once.
void AddNamed(const std::vector<ZoneOfPlan>& zones, const std::vector<std::string>& names,
              const std::string& field, std::set<std::string>& taken,
              std::vector<std::string>& wave, std::vector<base::FieldViolation>& wrong) {
  for (const std::string& name : names) {
    const bool is_there = std::any_of(zones.begin(), zones.end(),
                                      [&](const ZoneOfPlan& zone) { return zone.name == name; });
    if (!is_there) {
      wrong.push_back({field, fmt::format("there is no zone called \"{}\"", name)});
    } else if (!taken.insert(name).second) {
      wrong.push_back({field, fmt::format("zone \"{}\" comes twice", name)});
    } else {
      wave.push_back(name);
    }
  }
}

void AddShare(const std::vector<ZoneOfPlan>& zones, int percent, std::set<std::string>& taken,
              std::vector<std::string>& wave) {
  const auto enabled = static_cast<size_t>(
      std::count_if(zones.begin(), zones.end(), [](const auto& zone) { return zone.is_enabled; }));
  const size_t wanted = (enabled * static_cast<size_t>(percent) + 99) / 100;
  for (const ZoneOfPlan& zone : zones) {
    if (taken.size() >= wanted) return;
    if (zone.is_enabled && taken.insert(zone.name).second) wave.push_back(zone.name);
  }
}

// Why it cannot be released zone by zone; empty: it can.
std::string ReasonAgainst(const ForeseenChange& change) {
  const model::TypeDescriptor& type = *change.type;
  if (type.is_secret) {
    return "secrets are not released zone by zone: write them first, then what uses them";
  }
  if (type.scope != model::ResourceScope::kMesh) {
    return "only what is in a mesh is released zone by zone: write it by itself";
  }
  if (!type.GlobalToZone()) return "zones are not sent this type: write it by itself";
  const bool of_zone = (change.after != nullptr && !change.after->zone.empty()) ||
                       (change.before != nullptr && !change.before->zone.empty());
  return of_zone ? "a zone makes it" : "";
}

}  // namespace

std::vector<std::vector<std::string>> ChooseWaves(const std::vector<ZoneOfPlan>& zones,
                                                  const std::vector<RolloutWave>& wanted,
                                                  std::vector<base::FieldViolation>& wrong) {
  std::vector<std::vector<std::string>> waves;
  std::set<std::string> taken;
  if (wanted.empty()) wrong.push_back({"waves", "must name one at least"});
  if (wanted.size() > base::limits::kRolloutWaves) {
    wrong.push_back({"waves", fmt::format("must be {} at most", base::limits::kRolloutWaves)});
    return waves;
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    const std::string field = fmt::format("waves[{}]", i);
    const size_t complaints = wrong.size();
    std::vector<std::string>& wave = waves.emplace_back();
    if (const auto* names = std::get_if<std::vector<std::string>>(&wanted[i])) {
      AddNamed(zones, *names, field, taken, wave, wrong);
    } else {
      AddShare(zones, std::get<int>(wanted[i]), taken, wave);
    }
    if (wave.empty() && wrong.size() == complaints) {
      wrong.push_back({field, "has no zone that is in no wave before it"});
    }
    std::sort(wave.begin(), wave.end());
  }
  return waves;
}

std::vector<RolloutItem> ChooseItems(const std::vector<ForeseenChange>& changes, std::string& mesh,
                                     std::vector<base::FieldViolation>& wrong) {
  std::vector<RolloutItem> items;
  for (const ForeseenChange& change : changes) {
    if (change.is_same()) continue;
    const model::ResourceKey& key = (change.after != nullptr ? change.after : change.before)->key;
    const std::string field = fmt::format("{} {}{}{}", change.type->name, key.mesh,
                                          key.mesh.empty() ? "" : "/", key.name);
    if (std::string reason = ReasonAgainst(change); !reason.empty()) {
      wrong.push_back({field, std::move(reason)});
      continue;
    }
    if (items.empty()) mesh = key.mesh;
    if (key.mesh != mesh) {
      wrong.push_back({field, fmt::format("a rollout is of one mesh, and this one is of \"{}\": "
                                          "begin another",
                                          mesh)});
      continue;
    }
    RolloutItem& item = items.emplace_back();
    item.type = change.type;
    item.key = key;
    item.base = change.before == nullptr ? 0 : change.before->revision;
    item.goes = change.after == nullptr;
    if (!item.goes) {
      item.after = *change.after;
    } else {
      item.after.type = change.type->id;
      item.after.key = key;
      item.after.deleted = true;
    }
  }
  if (items.size() > base::limits::kRolloutDocuments) {
    wrong.push_back({"documents", fmt::format("change {} resources: {} at most can be one rollout",
                                              items.size(), base::limits::kRolloutDocuments)});
  }
  if (items.empty() && wrong.empty()) {
    wrong.push_back({"documents", "change nothing: all of it is there as they say"});
  }
  return items;
}

}  // namespace skyden::resources
