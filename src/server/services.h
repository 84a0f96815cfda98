// SPDX-License-Identifier: Apache-2.0
// What serves the tenants of a store, whichever its engine: built by the daemon, and by the tests'
// environment (tests/env), in the one order in which the parts need each other.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/audit/audit_service.h"
#include "skyden/audit/refusal_log.h"
#include "skyden/base/clock.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/control_planes/quota_service.h"
#include "skyden/identity/account_service.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/door.h"
#include "skyden/identity/organization_service.h"
#include "skyden/identity/session_service.h"
#include "skyden/identity/team_service.h"
#include "skyden/identity/token_service.h"
#include "skyden/insights/expiry.h"
#include "skyden/insights/fleet.h"
#include "skyden/insights/insights.h"
#include "skyden/insights/service_insight_keeper.h"
#include "skyden/insights/usage.h"
#include "skyden/insights/usage_meter.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/kuma_tokens.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "skyden/resources/rollouts.h"
#include "skyden/store/quotas.h"
#include "skyden/store/store.h"

namespace skyden::server {

// What the services stand on. All of it outlives them.
struct Ground {
  store::Store& store;
  store::Quotas& quotas;  // of that store
  const model::TypeRegistry& registry;
  const resources::ResourceCodec& codec;
  base::Clock& clock;
  base::Executor& workers;
  base::Executor& transfers;  // imports and exports
  base::Timers& timers;
};

struct ServicesOptions {
  std::string instance_id;
  // In whose audit refusals belong that are nobody's.
  model::OrganizationKey operators{};
  audit::Endpoints audit_destinations = audit::Endpoints::kOutside;
  size_t ready_keys = 4;  // made ahead of need
  identity::Door::Options door{};
  // Of whoever serves zones (kds::KdsServer::SettledOnlineZones). Not asked before the first
  // request, so it may name what is built later.
  std::function<absl::StatusOr<std::vector<std::string>>(const model::TenantScope&)>
      settled_online_zones;
  absl::Duration deleted_retention = absl::ZeroDuration();        // of control planes
  model::KumaVersion default_version = model::KumaVersion::kTwo;  // the same
  // Of the same, and asked as late.
  insights::ZoneSources zone_sources{};
};

// Thread-safe, as each of its parts is. Members stand in build order.
class Services {
 public:
  Services(const Ground& ground, ServicesOptions options);

  // Begins to keep each mesh's ServiceInsight. `settle`: of the keeper, when it is not its own.
  void KeepServiceInsights(std::optional<absl::Duration> settle = std::nullopt);
  // Begins to count what is used. Whoever serves zones is there by now.
  void MeterUsage();
  // Zones that go from here on are not looked at.
  void RestMeter();
  // Puts down what was counted so far. Blocks. Once it was begun.
  absl::Status FlushMeter();
  // Ends that, and all that waits for a timer. After the edges are gone, before the workers go.
  void Close();

  const Ground ground;
  const std::string instance_id;
  const std::unique_ptr<resources::ResourceViews> views;
  base::RsaKeyPool keys;
  const std::unique_ptr<resources::ResourceManager> manager;
  const std::unique_ptr<resources::Rollouts> rollouts;
  const std::unique_ptr<resources::KumaTokens> kuma_tokens;
  const std::unique_ptr<insights::Figures> figures;
  insights::Insights insights;
  identity::Authenticator authenticator;
  const std::unique_ptr<identity::AccountService> accounts;
  const std::unique_ptr<identity::TokenService> tokens;
  const std::unique_ptr<identity::OrganizationService> organizations;
  const std::unique_ptr<identity::SessionService> sessions;
  const std::unique_ptr<control_planes::ControlPlaneService> control_planes;
  const std::unique_ptr<insights::Fleet> fleet;
  insights::Expiry expiry;
  insights::UsageReader usage;
  const std::unique_ptr<control_planes::ZoneService> zones;
  const std::unique_ptr<control_planes::QuotaService> quotas;
  audit::AuditService audit;
  const std::unique_ptr<audit::RefusalLog> refusals;
  identity::Door door;
  const std::unique_ptr<identity::TeamService> teams;

 private:
  std::unique_ptr<resources::ResourceManager> NewManager();
  std::unique_ptr<control_planes::ControlPlaneService> NewControlPlanes(
      const ServicesOptions& options);
  std::unique_ptr<control_planes::ZoneService> NewZones();

  const insights::ZoneSources zone_sources_;
  std::unique_ptr<insights::ServiceInsightKeeper> service_insights_;
  std::unique_ptr<insights::UsageMeter> usage_meter_;
};

}  // namespace skyden::server
