// SPDX-License-Identifier: Apache-2.0
// The zones of all control planes of an organization, kept up by what changed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/insights/figures.h"
#include "skyden/insights/zone_row.h"
#include "skyden/insights/zone_sources.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/store.h"

namespace skyden::insights {

// Thread-safe. Each control plane is counted in a scope of its own, when somebody first asks and
// then when something of it changed; the organization's figures are added up of these. No key is
// made, no row written. The least recently asked are forgotten first (limits::kFleetZones).
// The dependencies must outlive it.
class Fleet {
 public:
  struct Deps {
    const model::TypeRegistry& registry;
    store::Store& store;
    resources::ResourceViews& views;
    Figures& figures;
    control_planes::ControlPlaneService& control_planes;
    base::Clock& clock;
    ZoneSources zones{};
  };
  static std::unique_ptr<Fleet> Create(Deps deps);
  virtual ~Fleet() = default;

  struct Member {
    const store::ControlPlaneRecord* control_plane;  // of the list below
    TenantZonesRef zones;
    uint64_t stamp = 0;  // another one whenever `zones` is otherwise
  };
  struct Reading {
    std::shared_ptr<const std::vector<store::ControlPlaneRecord>> control_planes;
    std::vector<Member> members;  // ordered by creation
    absl::Time at;
  };
  // The control planes that the caller may read, as of now or later than every commit acknowledged
  // before the call. PERMISSION_DENIED to who lists none. Blocks on the disk at most.
  virtual absl::StatusOr<Reading> Read(const model::OrganizationScope& scope) = 0;

  // `stale` is called when zones, or what their control planes are called, may be otherwise than
  // they were read; of proxies it is not told. 0: of every organization. For as long as what is
  // returned lives; a call may be under way when that ends. Brief, any thread.
  using Stale = std::function<void(model::OrganizationKey)>;
  virtual std::shared_ptr<void> Subscribe(Stale stale) = 0;

  // Ends what it listens to. Before those go that it hears.
  virtual void Close() = 0;
};

// A text that is the same only while all members are, and is another one after a restart.
std::string RevisionOf(const Fleet::Reading& reading);

}  // namespace skyden::insights
