// SPDX-License-Identifier: Apache-2.0
// What the admin port is given. Names its services and includes none of them: a gRPC service
// includes those that it uses.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace skyden::audit {
class AuditService;
}
namespace skyden::base {
class Clock;
class Executor;
}  // namespace skyden::base
namespace skyden::control_planes {
class ControlPlaneService;
class QuotaService;
class ZoneService;
}  // namespace skyden::control_planes
namespace skyden::identity {
class AccountService;
class Authenticator;
class Door;
class OrganizationService;
class TokenService;
}  // namespace skyden::identity
namespace skyden::insights {
class UsageReader;
}
namespace skyden::kds {
class Deliveries;
struct RejectedConnection;
class ZoneVerdicts;
}  // namespace skyden::kds
namespace skyden::model {
class TenantScope;
class TypeRegistry;
}  // namespace skyden::model
namespace skyden::resources {
struct ForeseenDocuments;
class ResourceCodec;
class ResourceManager;
class Rollouts;
}  // namespace skyden::resources
namespace skyden::store {
class Store;
}

namespace skyden::admin {

// All must outlive the server, and `workers` must run until it is gone.
struct Deps {
  control_planes::ControlPlaneService& control_planes;
  control_planes::ZoneService& zones;
  control_planes::QuotaService& quotas;
  const audit::AuditService& audit;
  identity::Authenticator& authenticator;
  identity::AccountService& accounts;
  identity::TokenService& tokens;
  identity::OrganizationService& organizations;
  base::Clock& clock;
  resources::ResourceManager& manager;
  const model::TypeRegistry& registry;
  base::Executor& workers;
  base::Executor& transfers;  // what takes long, and nobody else should feel
  store::Store& store;
  const resources::ResourceCodec& codec;
  const insights::UsageReader& usage;
  // Zones of a control plane that are online now, sorted.
  std::function<std::vector<std::string>(const model::TenantScope&)> online_zones;
  std::function<std::vector<kds::RejectedConnection>(const model::TenantScope&)>
      rejected_connections;
  std::function<std::vector<kds::RejectedConnection>()> all_rejected_connections;
  identity::Door* door = nullptr;  // null: nobody is held back
  // Not OK: the health service says NOT_SERVING. Must not block.
  std::function<absl::Status()> health;
  kds::ZoneVerdicts* zone_verdicts = nullptr;  // null: nothing is known of them
  kds::Deliveries* deliveries = nullptr;       // likewise
  std::function<std::string_view()> epoch;     // Store::epoch
  resources::Rollouts* rollouts = nullptr;     // null: zones are not served
  // What documents would do, as the REST API says it: JSON. Blocks, and takes long. Null: nobody
  // can say.
  std::function<absl::StatusOr<std::string>(const model::TenantScope&,
                                            resources::ForeseenDocuments)>
      preview = nullptr;
};

}  // namespace skyden::admin
