// SPDX-License-Identifier: Apache-2.0
// The admin gRPC port: skyden.admin.v1, with reflection and grpc.health.v1. This header names no
// gRPC type.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/admin/call_times.h"
#include "skyden/audit/audit_service.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/control_planes/quota_service.h"
#include "skyden/identity/account_service.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/door.h"
#include "skyden/identity/organization_service.h"
#include "skyden/identity/token_service.h"
#include "skyden/kds/kds_server.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_manager.h"

namespace skyden::rpc {
class Server;
}

namespace skyden::admin {

struct AdminOptions {
  std::string address;  // "127.0.0.1:0"; port 0 picks one
  // PEM files, reloaded when they change; empty for plaintext.
  std::string certificate_file;
  std::string key_file;
  // Authorities of clients' certificates; with it, clients without one are turned away.
  std::string client_ca_file;
  // Where zones reach the KDS port ("grpcs://host:port"), for the texts of Zones.Provision.
  std::string kds_public_address;
  size_t connections_max = base::limits::kAdminConnections;
  base::limits::Rate arrivals = base::limits::kArrivals;  // of one address; see net::Arrivals
};

// Thread-safe. The dependencies must outlive it, and `workers` must run until it is gone.
class AdminServer {
 public:
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
    // Zones of a control plane that are online now, sorted.
    std::function<std::vector<std::string>(const model::TenantScope&)> online_zones;
    std::function<std::vector<kds::RejectedConnection>(const model::TenantScope&)>
        rejected_connections;
    std::function<std::vector<kds::RejectedConnection>()> all_rejected_connections;
    identity::Door* door = nullptr;  // null: nobody is held back
    // Not OK: the health service says NOT_SERVING. Must not block.
    std::function<absl::Status()> health;
    kds::ZoneVerdicts* zone_verdicts = nullptr;  // null: nothing is known of them
  };
  // UNAVAILABLE when the address cannot be bound; INVALID_ARGUMENT for unreadable TLS files.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(Deps deps, AdminOptions options);
  virtual ~AdminServer() = default;  // drains

  virtual std::string address() const = 0;  // what was bound
  virtual const CallTimes& call_times() const = 0;
  virtual const rpc::Server& port() const = 0;  // until Drain
  // Takes no new calls, lets the running ones end for `at_most`, then ends them. Blocks.
  virtual void Drain(absl::Duration at_most) = 0;
};

}  // namespace skyden::admin
