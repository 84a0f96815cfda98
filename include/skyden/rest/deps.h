// SPDX-License-Identifier: Apache-2.0
// What the HTTP edge is given. Names its services and includes none of them: an endpoint includes
// those that it uses.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "skyden/base/limits.h"
#include "skyden/http/handler.h"
#include "skyden/model/ids.h"

namespace skyden::audit {
class AuditService;
class Webhook;
}  // namespace skyden::audit
namespace skyden::base {
class Clock;
class Executor;
class Timers;
}  // namespace skyden::base
namespace skyden::console {
class Console;
class KumaGui;
}  // namespace skyden::console
namespace skyden::control_planes {
class ControlPlaneService;
class QuotaService;
class ZoneService;
}  // namespace skyden::control_planes
namespace skyden::identity {
class AccountService;
class Authenticator;
class Door;
class OidcSignIn;
class OrganizationService;
class SessionService;
class TeamService;
class TokenService;
}  // namespace skyden::identity
namespace skyden::insights {
class Expiry;
class Fleet;
class Insights;
class UsageReader;
}  // namespace skyden::insights
namespace skyden::kds {
class Deliveries;
struct RejectedConnection;
class ZoneGateway;
class ZoneVerdicts;
}  // namespace skyden::kds
namespace skyden::model {
class TenantScope;
class TypeRegistry;
}  // namespace skyden::model
namespace skyden::resources {
class KumaTokens;
class ResourceCodec;
class ResourceManager;
class ResourceViews;
class Rollouts;
}  // namespace skyden::resources
namespace skyden::store {
class Store;
}

namespace skyden::rest {

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
  identity::SessionService& sessions;
  control_planes::ControlPlaneService& control_planes;
  control_planes::ZoneService& zones;
  control_planes::QuotaService& quotas;
  const audit::AuditService& audit;
  const insights::Insights& insights;
  insights::Fleet& fleet;
  const insights::Expiry& expiry;
  const insights::UsageReader& usage;
  store::Store& store;
  base::Clock& clock;
  base::Executor& workers;
  // Imports and exports: long, and nobody else should feel them.
  base::Executor& transfers;
  base::Timers& timers;
  identity::Door* door = nullptr;  // null: nobody is held back
  // Signing in at an identity provider with a browser; null: nobody can.
  identity::OidcSignIn* oidc = nullptr;
  model::OrganizationKey oidc_organization{};  // where its people come into
  std::string oidc_issuer;                     // whose tokens let people in; empty: nobody's
  std::string oidc_audience;                   // and what for: the client of command lines
  // Questions to zones; null while there is no zone server.
  kds::ZoneGateway* zone_gateway = nullptr;
  std::function<std::vector<kds::RejectedConnection>(const model::TenantScope&)>
      rejected_connections;
  // Of every control plane, and those that named none, newest first: for operators.
  std::function<std::vector<kds::RejectedConnection>()> all_rejected_connections;
  // What zones refuse; null while there is no zone server.
  kds::ZoneVerdicts* zone_verdicts = nullptr;
  // The same of this daemon's own zones alone: whoever watches hears of those, and what another
  // daemon is asked for must not come and go as that answers or does not.
  kds::ZoneVerdicts* own_zone_verdicts = nullptr;

  // The certificates of the daemon's ports, and until when they are good: for operators. May be
  // null. Blocks on the disk.
  struct PortCertificate {
    std::string port;
    absl::Time ends_at;
  };
  std::function<std::vector<PortCertificate>()> port_certificates = nullptr;

  size_t page_bytes = base::limits::kPageBytes;  // of a list, then the page ends
  std::string kds_public_address;                // "grpcs://host:port", told to zones' operators
  std::string http_public_address;               // "https://host:port" of browsers; may be empty
  std::string instance_id;                       // of this daemon
  std::vector<std::string> trusted_proxies;      // IPs whose forwarded headers count
  // The page for people; null: it has no addresses here.
  const console::Console* console = nullptr;
  // Kuma's own GUI; null: the operator gave none.
  const console::KumaGui* kuma_gui = nullptr;
  // Gets what is under none of our paths, perhaps with a body that waits; without one that is
  // 404.
  http::Handler fallback = nullptr;
  // How far changes came; null while there is no zone server.
  kds::Deliveries* deliveries = nullptr;
  identity::TeamService& teams;
  // Changes that are released zone by zone; null: there are none.
  resources::Rollouts* rollouts = nullptr;
  // Where the audit is sent; null: nowhere.
  const audit::Webhook* audit_webhook = nullptr;
};

}  // namespace skyden::rest
