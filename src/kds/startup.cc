// SPDX-License-Identifier: Apache-2.0
#include "kds/startup.h"

#include <algorithm>
#include <string>
#include <vector>

#include "kds/insight_writer.h"
#include "skyden/base/status.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

constexpr size_t kZonesPerWrite = 64;

absl::StatusOr<std::vector<model::Resource>> AbandonedIn(store::Store& store,
                                                         const model::TenantScope& scope,
                                                         model::TypeId insight, absl::Time now) {
  std::vector<model::Resource> abandoned;
  const auto read = [&](store::ReadTx& tx) -> absl::Status {
    abandoned.clear();
    SKYDEN_ASSIGN_OR_RETURN(auto insights, tx.ListResources(insight, std::nullopt));
    for (model::Resource& resource : insights) {
      auto spec = CloseSubscriptions(resource.spec, now);
      if (!spec.ok()) {
        telemetry::Log(telemetry::Level::error, "abandoned subscriptions stay open",
                       {{"cp", scope.control_plane().str()},
                        {"zone", resource.key.name},
                        {"reason", spec.status().ToString()}});
        continue;
      }
      if (spec->empty()) continue;
      resource.spec = *std::move(spec);
      resource.modification_time = now;
      abandoned.push_back(std::move(resource));
    }
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(store.Read(scope, read));
  return abandoned;
}

absl::Status CloseIn(store::Store& store, const model::TenantScope& scope, model::TypeId insight,
                     absl::Time now) {
  SKYDEN_ASSIGN_OR_RETURN(auto abandoned, AbandonedIn(store, scope, insight, now));
  for (size_t at = 0; at < abandoned.size(); at += kZonesPerWrite) {
    const size_t end = std::min(at + kZonesPerWrite, abandoned.size());
    store::WritePlan plan;
    for (size_t i = at; i < end; ++i) plan.Resource(insight, abandoned[i].key);
    const auto written =
        store.Write(scope, std::move(plan), [&, at, end](store::WriteTx& tx) -> absl::Status {
          for (size_t i = at; i < end; ++i) SKYDEN_RETURN_IF_ERROR(tx.PutResource(abandoned[i]));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(written.status());
  }
  return absl::OkStatus();
}

}  // namespace

void CloseAbandonedSubscriptions(store::Store& store, const model::TypeRegistry& registry,
                                 const base::Clock& clock) {
  const auto system = model::SystemScope::For("kds: close abandoned subscriptions");
  const auto* insight = registry.core().zone_insight;
  const auto organizations = store.ListOrganizations(system);
  if (!organizations.ok()) return;
  for (const store::OrganizationRecord& organization : *organizations) {
    std::vector<store::ControlPlaneRecord> control_planes;
    const auto read = [&](store::DirectoryReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(control_planes, tx.ListControlPlanes());
      return absl::OkStatus();
    };
    if (!store.ReadDirectory(system.In(organization.key), read).ok()) continue;
    for (const store::ControlPlaneRecord& record : control_planes) {
      const auto scope = system.In(organization.key, record.tenant, record.id, record.version());
      const absl::Status closed = CloseIn(store, scope, insight->id, clock.Now());
      if (closed.ok()) continue;
      telemetry::Log(telemetry::Level::warning, "abandoned subscriptions stay open",
                     {{"cp", record.id.str()}, {"reason", closed.ToString()}});
    }
  }
}

}  // namespace skyden::kds
