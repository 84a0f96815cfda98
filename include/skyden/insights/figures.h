// SPDX-License-Identifier: Apache-2.0
// How many proxies and services each mesh has, and how they are, kept up by what changed.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/insights/zone_presence.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"

namespace skyden::insights {

struct TenantFigures;  // src/insights/tenant_figures.h

// Thread-safe. Nothing is counted before somebody asks, nor anew when nothing changed; what changed
// since the last time costs its size. The least recently asked control planes are forgotten first
// (limits::kFiguresItems), and one that is asked for and gone.
class Figures {
 public:
  struct Deps {
    const model::TypeRegistry& registry;
    resources::ResourceViews& views;
    base::Clock& clock;
  };
  static std::unique_ptr<Figures> Create(Deps deps);
  virtual ~Figures() = default;

  // As of now or later than every commit acknowledged before the call. Blocks on the disk at most.
  // NOT_FOUND when the control plane is gone.
  virtual absl::StatusOr<std::shared_ptr<const TenantFigures>> Get(
      const model::TenantScope& scope) = 0;
  virtual absl::StatusOr<std::shared_ptr<const ZonePresence>> Presence(
      const model::TenantScope& scope) = 0;
};

}  // namespace skyden::insights
