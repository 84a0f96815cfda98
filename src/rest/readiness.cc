// SPDX-License-Identifier: Apache-2.0
#include "rest/readiness.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "rest/preview_printer.h"
#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/insights/insights.h"
#include "skyden/insights/zone_generation.h"
#include "skyden/model/type_registry.h"
#include "skyden/preview/limits.h"

namespace skyden::rest {
namespace {

using nlohmann::json;

std::vector<const model::TypeDescriptor*> TypesOf(const model::TypeRegistry& registry) {
  std::vector<const model::TypeDescriptor*> types = upgrade::SurveyedTypes(registry);
  for (const model::TypeDescriptor* type : preview::TypesLookedAt(registry)) {
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  }
  return types;
}

std::vector<Readiness::Zone> ZonesOf(const model::TypeRegistry& registry,
                                     const resources::Foresight& foresight) {
  const auto& insights = *foresight.before.at(registry.core().zone_insight->id);
  std::vector<Readiness::Zone> zones;
  for (const auto& chunk : foresight.before.at(registry.core().zone->id)->chunks()) {
    for (const auto& zone : *chunk) {
      const auto insight = insights.Find(zone->key);
      zones.push_back(
          {zone->key.name, insight == nullptr ? std::string() : insights::VersionOfZone(*insight)});
    }
  }
  return zones;
}

// As the insights of all meshes count them.
absl::StatusOr<std::map<std::string, uint64_t>> ProxyVersionsOf(const Deps& deps,
                                                                const model::TenantScope& scope) {
  SKYDEN_ASSIGN_OR_RETURN(const auto page,
                          deps.insights.MeshInsights(scope, "", 0, std::string::npos));
  std::map<std::string, uint64_t> versions;
  for (const std::string& item : page.items) {
    const json insight = json::parse(item, nullptr, /*allow_exceptions=*/false);
    const auto path = "/dpVersions/kumaDp"_json_pointer;
    if (!insight.contains(path)) continue;
    for (const auto& [version, counts] : insight.at(path).items()) {
      uint64_t& sum = versions[version];
      for (const char* status : {"online", "offline", "partiallyDegraded"}) {
        sum += counts.value(status, uint64_t{0});
      }
    }
  }
  return versions;
}

}  // namespace

absl::StatusOr<Readiness> ReadinessOf(const Deps& deps, const model::TenantScope& scope,
                                      ReadAs as) {
  const bool is_there = scope.version() == model::KumaVersion::kThree;
  const absl::Duration end = deps.clock.Monotonic() + preview::limits::kTime;
  const auto is_late = [&] { return deps.clock.Monotonic() > end; };
  Readiness readiness;
  SKYDEN_ASSIGN_OR_RETURN(
      readiness.foresight,
      resources::Foresee({deps.store, deps.registry, deps.codec, deps.views}, scope,
                         resources::ForeseenNothing(), TypesOf(deps.registry), deps.clock.Now()));
  const upgrade::SurveyDeps survey_deps{deps.registry, deps.codec, insights::VersionOfZone};
  if (!is_there) {
    readiness.survey = upgrade::SurveyOf(survey_deps, readiness.foresight.before, {}, is_late);
  }
  readiness.zones = ZonesOf(deps.registry, readiness.foresight);
  SKYDEN_ASSIGN_OR_RETURN(readiness.proxy_versions, ProxyVersionsOf(deps, scope));
  if (as == ReadAs::kUpgraded && !is_there) {
    SKYDEN_RETURN_IF_ERROR(
        upgrade::Foresee(survey_deps, readiness.survey, deps.clock.Now(), readiness.foresight));
  }
  const InspectionPrinter printer;
  using resources::Generation;
  const preview::EffectDeps effect_deps{deps.registry, printer, insights::GenerationOfZone,
                                        is_there ? Generation::kThree : Generation::kTwo,
                                        Generation::kThree};
  SKYDEN_ASSIGN_OR_RETURN(readiness.effects,
                          preview::EffectsOf(effect_deps, readiness.foresight, {}, is_late));
  return readiness;
}

}  // namespace skyden::rest
