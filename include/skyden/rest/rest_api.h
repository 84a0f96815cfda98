// SPDX-License-Identifier: Apache-2.0
// The HTTP edge: the manager API, and the Kuma API of every control plane.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "skyden/audit/audit_service.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/control_planes/quota_service.h"
#include "skyden/http/router.h"
#include "skyden/http/server.h"
#include "skyden/identity/account_service.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/door.h"
#include "skyden/identity/organization_service.h"
#include "skyden/identity/token_service.h"
#include "skyden/insights/insights.h"
#include "skyden/kds/kds_server.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/kuma_tokens.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/store.h"

namespace skyden::rest {

// Thread-safe. Parses and routes on the io thread; everything that signs in or touches a service
// runs on `workers` or `transfers`.
class RestApi {
 public:
  struct Deps {  // all must outlive the api and every handler made from it
    const model::TypeRegistry& registry;
    const resources::ResourceCodec& codec;
    resources::ResourceManager& manager;
    resources::ResourceViews& views;
    resources::KumaTokens& kuma_tokens;
    identity::Authenticator& authenticator;
    identity::AccountService& accounts;
    identity::TokenService& tokens;
    identity::OrganizationService& organizations;
    control_planes::ControlPlaneService& control_planes;
    control_planes::ZoneService& zones;
    control_planes::QuotaService& quotas;
    const audit::AuditService& audit;
    const insights::Insights& insights;
    store::Store& store;
    base::Clock& clock;
    base::Executor& workers;
    // Imports and exports: long, and nobody else should feel them.
    base::Executor& transfers;
    base::Timers& timers;
    identity::Door* door = nullptr;  // null: nobody is held back
    // Questions to zones; null while there is no zone server.
    kds::ZoneGateway* zone_gateway = nullptr;
    std::function<std::vector<kds::RejectedConnection>(const model::TenantScope&)>
        rejected_connections;
    // Of every control plane, and those that named none, newest first: for operators.
    std::function<std::vector<kds::RejectedConnection>()> all_rejected_connections;
    // What zones refuse; null while there is no zone server.
    kds::ZoneVerdicts* zone_verdicts = nullptr;

    size_t page_bytes = base::limits::kPageBytes;  // of a list, then the page ends
    std::string kds_public_address;                // "grpcs://host:port", told to zones' operators
    std::string instance_id;                       // of this daemon
    std::vector<std::string> trusted_proxies;      // IPs whose forwarded headers count
    // Gets what is under none of our paths, perhaps with a body that waits; without one that is
    // 404.
    http::Handler fallback = nullptr;
  };

  static std::unique_ptr<RestApi> Create(Deps deps);
  virtual ~RestApi() = default;

  // May be used by several servers at once.
  virtual http::Handler handler() = 0;

  // What a server in front of the handler answers by itself, in the shape of the API that `path`
  // belongs to.
  static http::Response Refusal(int status, std::string_view path, std::string_view request_id);

  // Every route, for tests that walk them: full patterns, "/v1/mesh/control-planes/{id}/api/...".
  virtual std::vector<http::Route> routes() const = 0;
};

}  // namespace skyden::rest
