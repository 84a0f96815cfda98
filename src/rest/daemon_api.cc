// SPDX-License-Identifier: Apache-2.0
#include "rest/daemon_api.h"

#include <utility>
#include <vector>

#include "rest/json_writer.h"
#include "rest/problem.h"
#include "rest/refusal.h"
#include "skyden/base/clock.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/version.h"
#include "skyden/identity/organization_service.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/store/daemons.h"

namespace skyden::rest {
namespace {

// What the daemon does that leads.
constexpr const char* kLeases[] = {"audit-webhook", "audit-retention", "housekeeping",
                                   "zones-of-dead-daemons"};

absl::Status OperatorsOnly(const Call& call) {
  if (call.organization->access().IsOperator()) return absl::OkStatus();
  return absl::PermissionDeniedError("operators only");
}

void WriteDaemon(const store::DaemonRecord& one, JsonWriter& json) {
  const store::DaemonAbout about = store::ParseAbout(one.about);
  json.BeginObject()
      .Field("id", one.id)
      .Field("instance_id", about.instance)
      .Field("version", about.version)
      .OptionalField("peer_address", about.peer_address)
      .Field("zones", about.zones)
      .Field("lag_ms", absl::ToInt64Milliseconds(one.lag))
      .Field("unseen_ms", absl::ToInt64Milliseconds(one.unseen))
      .Field("leads", one.leads)
      .Field("self", one.self)
      .Key("leases")
      .BeginArray();
  if (one.leads) {
    for (const char* lease : kLeases) json.String(lease);
  }
  json.EndArray().EndObject();
}

void Show(const Deps& deps, absl::Time started_at, const CallPtr& call) {
  const auto organizations = deps.organizations.List(*call->organization, 1, 1, {});
  if (!organizations.ok()) return call->Finish(Refusal(organizations.status(), *call));
  JsonWriter json;
  json.BeginObject()
      .Field("version", base::Version())
      .Field("instance_id", deps.instance_id)
      .Field("started_at", base::FormatRfc3339(started_at))
      .Field("organizations", organizations->total)
      .Field("console", deps.console != nullptr)
      .Field("kuma_gui", deps.kuma_gui != nullptr)
      .OptionalField("http_public_address", deps.http_public_address)
      .OptionalField("kds_public_address", deps.kds_public_address)
      .OptionalField("identity_provider", deps.oidc_issuer);
  size_t rejected = 0;
  if (deps.all_rejected_connections) {
    for (const auto& one : deps.all_rejected_connections()) rejected += one.unanswered.empty();
  }
  json.Field("rejected_connections", rejected).Key("certificates").BeginArray();
  if (deps.port_certificates) {
    for (const Deps::PortCertificate& one : deps.port_certificates()) {
      json.BeginObject()
          .Field("port", one.port)
          .Field("ends_at", base::FormatRfc3339(one.ends_at))
          .EndObject();
    }
  }
  json.EndArray().Key("daemons").BeginArray();
  if (store::Daemons* const others = store::DaemonsOf(deps.store); others != nullptr) {
    const auto daemons = others->ListDaemons();
    if (!daemons.ok()) return call->Finish(Refusal(daemons.status(), *call));
    for (const store::DaemonRecord& one : *daemons) WriteDaemon(one, json);
  }
  json.EndArray().EndObject();
  call->Finish(ManagerJson(200, json.Take()));
}

}  // namespace

void AddDaemon(const Deps& deps, CallerRoutes& routes) {
  routes.Add(http::Method::kGet, "/daemon", CallerRoutes::Needs::kOrganization,
             [&deps, started_at = deps.clock.Now()](CallPtr call) { Show(deps, started_at, call); },
             {.first = &OperatorsOnly});
}

}  // namespace skyden::rest
