// SPDX-License-Identifier: Apache-2.0
#include "rest/previews.h"

#include <utility>

#include "rest/preview_printer.h"
#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/insights/zone_generation.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/type_registry.h"
#include "skyden/preview/limits.h"

namespace skyden::rest {
namespace {

using resources::ForeseenChange;

std::vector<std::string> RefusalsOf(const Deps& deps, const model::TenantScope& scope,
                                    const std::vector<ForeseenChange>& changes,
                                    absl::FunctionRef<bool()> is_late) {
  std::vector<std::string> refusals;
  if (deps.zone_verdicts == nullptr) return refusals;
  for (const ForeseenChange& change : changes) {
    if (change.after == nullptr || change.is_same()) continue;
    if (!deps.zone_verdicts->MayWarn(scope.tenant(), change.type->id)) continue;
    if (is_late()) return refusals;
    for (std::string& warning : deps.zone_verdicts->Warnings(scope, *change.after)) {
      // Of size there is one for a type, whichever resource brought it about.
      if (refusals.empty() || refusals.back() != warning) refusals.push_back(std::move(warning));
    }
  }
  return refusals;
}

}  // namespace

absl::StatusOr<Preview> MakePreview(const Deps& deps, const model::TenantScope& scope,
                                    resources::ForeseenWrite write) {
  std::vector<const model::TypeDescriptor*> types = preview::TypesLookedAt(deps.registry);
  types.push_back(deps.registry.core().hostname_generator);
  const absl::Duration end = deps.clock.Monotonic() + preview::limits::kTime;
  const auto is_late = [&] { return deps.clock.Monotonic() > end; };
  Preview preview;
  SKYDEN_ASSIGN_OR_RETURN(preview.foresight,
                          resources::Foresee({deps.store, deps.registry, deps.codec, deps.views},
                                             scope, std::move(write), types, deps.clock.Now()));
  const InspectionPrinter printer;
  const preview::EffectDeps effect_deps{deps.registry, printer, insights::GenerationOfZone,
                                        scope.version(), scope.version()};
  SKYDEN_ASSIGN_OR_RETURN(preview.effects,
                          preview::EffectsOf(effect_deps, preview.foresight, {}, is_late));
  ForeseeHostnames(deps.registry, is_late, preview);
  preview.refusals = RefusalsOf(deps, scope, preview.foresight.changes, is_late);
  return preview;
}

}  // namespace skyden::rest
