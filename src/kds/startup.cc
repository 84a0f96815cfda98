// SPDX-License-Identifier: Apache-2.0
#include "kds/startup.h"

#include <algorithm>
#include <string>
#include <vector>

#include "kds/insight_writer.h"
#include "skyden/base/status.h"
#include "skyden/store/daemons.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

constexpr size_t kZonesPerStart = 64;

// The names of zones that are abandoned.
absl::StatusOr<std::vector<std::string>> AbandonedIn(store::Store& store,
                                                     const model::TenantScope& scope,
                                                     model::TypeId insight, absl::Time now,
                                                     const Instances& live) {
  std::vector<std::string> abandoned;
  const auto read = [&](store::ReadTx& tx) -> absl::Status {
    abandoned.clear();
    SKYDEN_ASSIGN_OR_RETURN(const auto insights, tx.ListResources(insight, std::nullopt));
    for (const model::Resource& resource : insights) {
      const auto spec = CloseSubscriptions(resource.spec, now, live);
      if (!spec.ok()) {
        telemetry::Log(telemetry::Level::error, "abandoned subscriptions stay open",
                       {{"cp", scope.control_plane().str()},
                        {"zone", resource.key.name},
                        {"reason", spec.status().ToString()}});
      } else if (!spec->empty()) {
        abandoned.push_back(resource.key.name);
      }
    }
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(store.Read(scope, read));
  return abandoned;
}

// Looked at again where it is written: the zone may have come to another daemon meanwhile.
absl::Status CloseOne(store::WriteTx& tx, model::TypeId insight, const std::string& zone,
                      absl::Time now, const Instances& live) {
  SKYDEN_ASSIGN_OR_RETURN(auto resource, tx.FindResource(insight, {"", zone}));
  if (!resource.has_value()) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(std::string spec, CloseSubscriptions(resource->spec, now, live));
  if (spec.empty()) return absl::OkStatus();
  resource->spec = std::move(spec);
  resource->modification_time = now;
  return tx.PutResource(*resource);
}

absl::Status CloseIn(store::Store& store, const model::TenantScope& scope, model::TypeId insight,
                     absl::Time now, const Instances& live) {
  SKYDEN_ASSIGN_OR_RETURN(const auto zones, AbandonedIn(store, scope, insight, now, live));
  for (size_t at = 0; at < zones.size(); at += kZonesPerStart) {
    const size_t end = std::min(at + kZonesPerStart, zones.size());
    store::WritePlan plan;
    for (size_t i = at; i < end; ++i) plan.Resource(insight, {"", zones[i]});
    const auto written =
        store.Write(scope, std::move(plan), [&, at, end](store::WriteTx& tx) -> absl::Status {
          for (size_t i = at; i < end; ++i) {
            SKYDEN_RETURN_IF_ERROR(CloseOne(tx, insight, zones[i], now, live));
          }
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(written.status());
  }
  return absl::OkStatus();
}

absl::StatusOr<Instances> LiveInstances(store::Store& store) {
  Instances live;
  store::Daemons* const daemons = store::DaemonsOf(store);
  if (daemons == nullptr) return live;  // this one has no zones yet
  SKYDEN_ASSIGN_OR_RETURN(const auto list, daemons->ListDaemons());
  for (const store::DaemonRecord& daemon : list) {
    live.insert(store::ParseAbout(daemon.about).instance);
  }
  return live;
}

}  // namespace

bool CloseAbandonedSubscriptions(store::Store& store, const model::TypeRegistry& registry,
                                 const base::Clock& clock) {
  const auto system = model::SystemScope::For("kds: close abandoned subscriptions");
  const auto* insight = registry.core().zone_insight;
  // Before zones are read: who comes later has none that could be taken for abandoned.
  const auto live = LiveInstances(store);
  const auto organizations = store.ListOrganizations(system);
  if (!live.ok() || !organizations.ok()) return false;
  bool all = true;
  for (const store::OrganizationRecord& organization : *organizations) {
    std::vector<store::ControlPlaneRecord> control_planes;
    const auto read = [&](store::DirectoryReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(control_planes, tx.ListControlPlanes());
      return absl::OkStatus();
    };
    if (!store.ReadDirectory(system.In(organization.key), read).ok()) {
      all = false;
      continue;
    }
    for (const store::ControlPlaneRecord& record : control_planes) {
      const auto scope = system.In(organization.key, record.tenant, record.id, record.version());
      const absl::Status closed = CloseIn(store, scope, insight->id, clock.Now(), *live);
      if (closed.ok() || absl::IsNotFound(closed)) continue;
      all = false;
      telemetry::Log(telemetry::Level::warning, "abandoned subscriptions stay open",
                     {{"cp", record.id.str()}, {"reason", closed.ToString()}});
    }
  }
  return all;
}

}  // namespace skyden::kds
