// SPDX-License-Identifier: Apache-2.0
#include "rest/manager_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "rest/audit_json.h"
#include "rest/control_plane_access.h"
#include "rest/control_plane_figures.h"
#include "rest/control_plane_json.h"
#include "rest/deleted_api.h"
#include "rest/history_api.h"
#include "rest/identity_json.h"
#include "rest/page_query.h"
#include "rest/preview_api.h"
#include "rest/problem.h"
#include "rest/propagation_api.h"
#include "rest/quota_api.h"
#include "rest/readiness_api.h"
#include "rest/refusal.h"
#include "rest/rollout_api.h"
#include "rest/transfer_api.h"
#include "rest/upgrade_api.h"
#include "rest/verdicts_json.h"
#include "rest/zone_tokens_api.h"
#include "skyden/audit/audit_service.h"
#include "skyden/base/clock.h"
#include "skyden/base/rfc3339.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/identity/permissions.h"
#include "skyden/identity/token_service.h"
#include "skyden/insights/fleet.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/access.h"
#include "skyden/resources/resource_manager.h"

namespace skyden::rest {
namespace {

using control_planes::ZoneSetupFormat;
using http::Method;

http::Response ControlPlaneAnswer(int status, const store::ControlPlaneRecord& record,
                                  absl::Time now) {
  JsonWriter json;
  WriteControlPlane(record, now, json);
  return ManagerJson(status, json.Take());
}

struct Setup {
  std::string_view name;
  ZoneSetupFormat format;
};
constexpr std::array kSetups = {Setup{"universal", ZoneSetupFormat::kUniversal},
                                Setup{"helm", ZoneSetupFormat::kHelm},
                                Setup{"kubectl", ZoneSetupFormat::kKubectl}};
// All of them with the token, which is shown once: whoever asks need not choose before.
constexpr std::string_view kAllSetups = "all";

const Setup* SetupOf(std::string_view name) {
  const auto found = std::find_if(kSetups.begin(), kSetups.end(),
                                  [&](const Setup& setup) { return setup.name == name; });
  return found == kSetups.end() ? nullptr : &*found;
}

// `format`: a set-up's name, kAllSetups or nothing.
http::Response Provisioned(std::string_view format, const model::ControlPlaneId& control_plane,
                           const control_planes::ZoneService::Provisioned& zone,
                           const std::string& kds_address) {
  const auto text = [&](const Setup& setup) {
    return control_planes::ZoneSetupText(setup.format, control_plane, zone, kds_address);
  };
  if (const Setup* const setup = SetupOf(format)) {
    return {.status = 200, .content_type = "text/plain; charset=utf-8", .body = text(*setup)};
  }
  JsonWriter json;
  json.BeginObject().Field("token", zone.token);
  if (format == kAllSetups) {
    json.Key("setup").BeginObject();
    for (const Setup& setup : kSetups) json.Field(setup.name, text(setup));
    json.EndObject();
  }
  json.EndObject();
  return ManagerJson(200, json.Take());
}

}  // namespace

ManagerApi::ManagerApi(const Deps& deps) : deps_(deps), routes_(deps) {
  using Needs = CallerRoutes::Needs;
  const auto add = [this](Method method, const char* pattern, Needs needs,
                          void (ManagerApi::*handler)(CallPtr) const) {
    routes_.Add(method, pattern, needs,
                [this, handler](CallPtr call) { (this->*handler)(std::move(call)); });
  };
  add(Method::kGet, "/control-planes", Needs::kOrganization, &ManagerApi::List);
  add(Method::kPost, "/control-planes", Needs::kOrganization, &ManagerApi::Create);
  add(Method::kGet, "/control-planes/{id}", Needs::kOrganization, &ManagerApi::Get);
  add(Method::kPut, "/control-planes/{id}", Needs::kOrganization, &ManagerApi::Replace);
  add(Method::kPatch, "/control-planes/{id}", Needs::kOrganization, &ManagerApi::Patch);
  add(Method::kDelete, "/control-planes/{id}", Needs::kOrganization, &ManagerApi::Delete);
  add(Method::kPost, "/control-planes/{id}/ops/suspend", Needs::kOrganization,
      &ManagerApi::Suspend);
  add(Method::kPost, "/control-planes/{id}/ops/resume", Needs::kOrganization, &ManagerApi::Resume);
  add(Method::kPost, "/control-planes/{id}/ops/share-token", Needs::kOrganization,
      &ManagerApi::ShareToken);
  for (const char* pattern :
       {"/control-planes/{id}/api/provision-zone", "/control-planes/{id}/provision-zone"}) {
    add(Method::kPost, pattern, Needs::kControlPlane, &ManagerApi::ProvisionZone);
  }
  add(Method::kGet, "/control-planes/{id}/ops/rejected-connections", Needs::kControlPlane,
      &ManagerApi::RejectedConnections);
  add(Method::kGet, "/control-planes/{id}/ops/rejected-resources", Needs::kControlPlane,
      &ManagerApi::RejectedResources);
  add(Method::kGet, "/control-planes/{id}/ops/withheld-types", Needs::kControlPlane,
      &ManagerApi::WithheldTypes);
  AddControlPlaneQuota(deps_, routes_);
  AddPreview(deps_, routes_);
  AddReadiness(deps_, routes_);
  AddUpgrade(deps_, routes_);
  AddControlPlaneAccess(deps_, routes_);
  AddPropagation(deps_, routes_);
  AddZoneTokens(deps_, routes_);
  AddRollouts(deps_, routes_);
  AddHistory(deps_, routes_);
  AddUndeleteAndClone(deps_, routes_);
  routes_.Add(
      Method::kPost, "/control-planes/{id}/ops/import", Needs::kControlPlane,
      [this](CallPtr call) { ImportControlPlane(deps_, std::move(call)); },
      {.takes = CallerRoutes::Takes::kAnyBody,
       .pace = CallerRoutes::Pace::kLong,
       .first = [this](const Call& call) { return deps_.manager.CheckMayImport(*call.scope); }});
  routes_.Add(Method::kGet, "/control-planes/{id}/ops/export", Needs::kControlPlane,
              [this](CallPtr call) { ExportControlPlane(deps_, std::move(call)); },
              {.pace = CallerRoutes::Pace::kLong});
  add(Method::kGet, "/control-planes/{id}/ops/audit", Needs::kControlPlane, &ManagerApi::Audit);
}

void ManagerApi::List(CallPtr call) const {
  const auto request = DecodeListFigures(call->query);
  if (!request.value) return call->Finish(Refusal(request, *call));
  if (request.value->NeedsFigures()) return ListWithFigures(std::move(call), *request.value);
  const auto page = deps_.control_planes.List(*call->organization, request.value->list);
  if (!page.ok()) return call->Finish(Refusal(page.status(), *call));
  call->Finish(
      ManagerJson(200, ControlPlanePageJson(request.value->list, *page, deps_.clock.Now())));
}

void ManagerApi::ListWithFigures(CallPtr call, const ListFigures& request) const {
  const auto listed = deps_.control_planes.All(*call->organization);
  if (!listed.ok()) return call->Finish(Refusal(listed.status(), *call));
  const auto reading = deps_.fleet.Read(*call->organization);
  if (!reading.ok()) return call->Finish(Refusal(reading.status(), *call));
  call->Finish(ManagerJson(200, FiguredPageJson(request, *listed, *reading)));
}

void ManagerApi::Create(CallPtr call) const {
  auto request = DecodeCreate(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const model::OrganizationScope scope = *call->organization;
  deps_.control_planes.CreateAsync(
      scope, *std::move(request.value),
      [this, call = std::move(call)](absl::StatusOr<store::ControlPlaneRecord> record) mutable {
        Finish(std::move(call), 201, record);
      });
}

void ManagerApi::Get(CallPtr call) const {
  const auto record = deps_.control_planes.Get(*call->organization, call->control_plane);
  Finish(std::move(call), 200, record);
}

void ManagerApi::Replace(CallPtr call) const {
  const auto request = DecodeReplace(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto record =
      deps_.control_planes.Update(*call->organization, call->control_plane, *request.value);
  Finish(std::move(call), 200, record);
}

void ManagerApi::Patch(CallPtr call) const {
  const auto request = DecodePatch(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto record =
      deps_.control_planes.Update(*call->organization, call->control_plane, *request.value);
  Finish(std::move(call), 200, record);
}

void ManagerApi::Delete(CallPtr call) const {
  using Online = control_planes::ControlPlaneService::Online;
  const std::string_view force = call->query.Get("force").value_or("false");
  if (force != "true" && force != "false") {
    const InvalidParameter wrong{"force", "is_boolean", "must be true or false", "query"};
    return call->Finish(Problem(400, DetailOf({wrong}), call->request.request_id, {wrong}));
  }
  const absl::Status status =
      deps_.control_planes.Delete(*call->organization, call->control_plane,
                                  force == "true" ? Online::kIsEnded : Online::kForbids);
  call->Finish(status.ok() ? http::Response{.status = 204} : Refusal(status, *call));
}

void ManagerApi::Suspend(CallPtr call) const {
  const auto request = DecodeSuspend(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto record =
      deps_.control_planes.Suspend(*call->organization, call->control_plane, *request.value);
  Finish(std::move(call), 200, record);
}

void ManagerApi::Resume(CallPtr call) const {
  const auto record = deps_.control_planes.Resume(*call->organization, call->control_plane);
  Finish(std::move(call), 200, record);
}

void ManagerApi::ShareToken(CallPtr call) const {
  using identity::AccountKind;
  const absl::Time now = deps_.clock.Now();
  std::string_view body = call->request.body;
  if (body.empty()) body = "{}";
  // As for a user's token: by an end or by a number of seconds.
  const auto request = DecodeToken(AccountKind::kUser, Named::kOptional, body, now);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto shared = deps_.tokens.Share(*call->organization, call->control_plane, *request.value);
  if (!shared.ok()) return call->Finish(Refusal(shared.status(), *call));
  JsonWriter json;
  json.BeginObject().Field("token", shared->token.text).Key("expires_at");
  json.String(base::FormatRfc3339(*shared->token.record.expires_at)).Key("system_account");
  WriteAccount(shared->account, json);
  json.Key("assigned_role");
  WriteRole(shared->role, json);
  json.EndObject();
  call->Finish(ManagerJson(201, json.Take()));
}

void ManagerApi::Finish(CallPtr call, int status,
                        const absl::StatusOr<store::ControlPlaneRecord>& record) const {
  call->Finish(record.ok() ? ControlPlaneAnswer(status, *record, deps_.clock.Now())
                           : Refusal(record.status(), *call));
}

void ManagerApi::ProvisionZone(CallPtr call) const {
  std::string format(call->query.Get("format").value_or(""));
  if (!format.empty() && format != kAllSetups && SetupOf(format) == nullptr) {
    constexpr std::string_view kRule = "must be universal, helm, kubectl or all";
    return call->Finish(Problem(400, fmt::format("Bad Request: format [enum]: {}", kRule),
                                call->request.request_id,
                                {{"format", "enum", std::string(kRule), "query"}}));
  }
  auto name = DecodeProvisionZone(call->request.body);
  if (!name.value) return call->Finish(Refusal(name, *call));
  const model::TenantScope scope = *call->scope;
  deps_.zones.ProvisionAsync(
      scope, *std::move(name.value),
      [this, format = std::move(format), call = std::move(call)](
          absl::StatusOr<control_planes::ZoneService::Provisioned> zone) mutable {
        if (!zone.ok()) return call->Finish(Refusal(zone.status(), *call));
        call->Finish(
            Provisioned(format, call->scope->control_plane(), *zone, deps_.kds_public_address));
      });
}

void ManagerApi::RejectedConnections(CallPtr call) const {
  const absl::Status may = identity::CheckMay(*call->scope, model::Action::kRead);
  if (!may.ok()) return call->Finish(Refusal(may, *call));
  const auto filters = DecodeFilters(call->query, model::NamesOf(RejectedConnectionFilters()));
  if (!filters.value) return call->Finish(Refusal(filters, *call));
  std::vector<kds::RejectedConnection> rejected;
  if (deps_.rejected_connections) rejected = deps_.rejected_connections(*call->scope);
  call->Finish(
      ManagerJson(200, RejectedConnectionsJson(rejected, *filters.value, deps_.clock.Now())));
}

void ManagerApi::RejectedResources(CallPtr call) const {
  const absl::Status may = identity::CheckMay(*call->scope, model::Action::kRead);
  if (!may.ok()) return call->Finish(Refusal(may, *call));
  const auto filters = DecodeFilters(call->query, model::NamesOf(RejectedResourceFilters()));
  if (!filters.value) return call->Finish(Refusal(filters, *call));
  std::vector<kds::RefusedResource> refused;
  if (deps_.zone_verdicts != nullptr) {
    auto all = deps_.zone_verdicts->Refused(*call->scope);
    if (!all.ok()) return call->Finish(Refusal(all.status(), *call));
    refused = *std::move(all);
  }
  std::erase_if(refused, [&](const kds::RefusedResource& one) {
    return !resources::CheckMayRead(*call->scope, deps_.registry.at(one.type)).ok();
  });
  call->Finish(ManagerJson(
      200, RejectedResourcesJson(deps_.registry, refused, *filters.value, deps_.clock.Now())));
}

void ManagerApi::WithheldTypes(CallPtr call) const {
  const absl::Status may = identity::CheckMay(*call->scope, model::Action::kRead);
  if (!may.ok()) return call->Finish(Refusal(may, *call));
  const auto filters = DecodeFilters(call->query, model::NamesOf(WithheldTypeFilters()));
  if (!filters.value) return call->Finish(Refusal(filters, *call));
  std::vector<kds::WithheldType> withheld;
  if (deps_.zone_verdicts != nullptr) withheld = deps_.zone_verdicts->Withheld(*call->scope);
  call->Finish(ManagerJson(
      200, WithheldTypesJson(deps_.registry, withheld, *filters.value, deps_.clock.Now())));
}

void ManagerApi::Audit(CallPtr call) const {
  const auto request = DecodeAuditQuery(call->query);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto page = deps_.audit.List(*call->scope, request.value->query);
  call->Finish(page.ok() ? AuditAnswer(*request.value, *page) : Refusal(page.status(), *call));
}

}  // namespace skyden::rest
