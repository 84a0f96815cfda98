// SPDX-License-Identifier: Apache-2.0
#include "manager_api.h"

#include <optional>
#include <utility>

#include "audit_json.h"
#include "control_plane_json.h"
#include "problem.h"
#include "sign_in.h"
#include "skyden/identity/permissions.h"
#include "transfer_api.h"

namespace skyden::rest {
namespace {

using control_planes::ZoneSetupFormat;
using http::Method;

http::Response ControlPlaneAnswer(int status, const store::ControlPlaneRecord& record) {
  JsonWriter json;
  WriteControlPlane(record, json);
  return ManagerJson(status, json.Take());
}

template <class T>
http::Response Refusal(const Decoded<T>& decoded, const Call& call) {
  return Problem(400, decoded.detail, call.request.request_id, decoded.invalid);
}

http::Response Refusal(const absl::Status& status, const Call& call) {
  return Problem(status, call.request.request_id);
}

// Bodies are JSON, whatever they are called; only what says that it is something else is refused.
bool HasForeignBody(const http::Request& request) {
  const auto type = request.Find("content-type");
  return !request.body.empty() && type && !type->empty() &&
         type->find("json") == std::string_view::npos;
}

std::optional<ZoneSetupFormat> FormatOf(std::string_view text) {
  if (text == "universal") return ZoneSetupFormat::kUniversal;
  if (text == "helm") return ZoneSetupFormat::kHelm;
  if (text == "kubectl") return ZoneSetupFormat::kKubectl;
  return std::nullopt;
}

}  // namespace

ManagerApi::ManagerApi(const RestApi::Deps& deps) : deps_(deps) {
  const auto bound = [this](void (ManagerApi::*method)(CallPtr) const) -> Action {
    return [this, method](CallPtr call) { (this->*method)(std::move(call)); };
  };
  Add(Method::kGet, "/control-planes", Needs::kCaller, bound(&ManagerApi::List));
  Add(Method::kPost, "/control-planes", Needs::kCaller, bound(&ManagerApi::Create));
  Add(Method::kGet, "/control-planes/{id}", Needs::kCaller, bound(&ManagerApi::Get));
  Add(Method::kPut, "/control-planes/{id}", Needs::kCaller, bound(&ManagerApi::Replace));
  Add(Method::kPatch, "/control-planes/{id}", Needs::kCaller, bound(&ManagerApi::Patch));
  Add(Method::kDelete, "/control-planes/{id}", Needs::kCaller, bound(&ManagerApi::Delete));
  for (const char* pattern :
       {"/control-planes/{id}/api/provision-zone", "/control-planes/{id}/provision-zone"}) {
    Add(Method::kPost, pattern, Needs::kControlPlane, bound(&ManagerApi::ProvisionZone));
  }
  Add(Method::kGet, "/control-planes/{id}/ops/rejected-connections", Needs::kControlPlane,
      bound(&ManagerApi::RejectedConnections));
  Add(
      Method::kPost, "/control-planes/{id}/ops/import", Needs::kControlPlane,
      [this](CallPtr call) { ImportControlPlane(deps_, std::move(call)); }, Takes::kAnyBody);
  Add(Method::kGet, "/control-planes/{id}/ops/export", Needs::kControlPlane,
      [this](CallPtr call) { ExportControlPlane(deps_, std::move(call)); });
  Add(Method::kGet, "/control-planes/{id}/ops/audit", Needs::kControlPlane,
      bound(&ManagerApi::Audit));
}

void ManagerApi::Add(Method method, std::string_view pattern, Needs needs, Action action,
                     Takes takes) {
  router_.Add(method, pattern);
  entries_.push_back({needs, takes, std::move(action)});
}

void ManagerApi::Run(size_t route, CallPtr call) const {
  const Entry& entry = entries_[route];
  if (entry.takes == Takes::kJson && HasForeignBody(call->request)) {
    return call->Finish(
        Problem(415, "The body must be application/json", call->request.request_id));
  }
  auto id = model::ParseControlPlaneId(call->parameters["id"]);
  if (id.ok()) call->control_plane = *std::move(id);
  deps_.workers.Post(
      [this, &entry, call = std::move(call)]() mutable { SignedIn(entry, std::move(call)); });
}

void ManagerApi::SignedIn(const Entry& entry, CallPtr call) const {
  absl::Status status = entry.needs == Needs::kControlPlane
                            ? SignInToControlPlane(deps_.authenticator, *call)
                            : SignIn(deps_.authenticator, *call);
  if (!status.ok()) return call->Finish(Refusal(status, *call));
  entry.action(std::move(call));
}

void ManagerApi::List(CallPtr call) const {
  const auto scope = deps_.authenticator.EnterOrganization(*call->caller);
  if (!scope.ok()) return call->Finish(Refusal(scope.status(), *call));
  const auto request = DecodeList(call->query);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto page = deps_.control_planes.List(*scope, *request.value);
  if (!page.ok()) return call->Finish(Refusal(page.status(), *call));
  call->Finish(ManagerJson(200, ControlPlanePageJson(*request.value, *page)));
}

void ManagerApi::Create(CallPtr call) const {
  const auto scope = deps_.authenticator.EnterOrganization(*call->caller);
  if (!scope.ok()) return call->Finish(Refusal(scope.status(), *call));
  auto request = DecodeCreate(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  deps_.control_planes.CreateAsync(
      *scope, *std::move(request.value),
      [call = std::move(call)](absl::StatusOr<store::ControlPlaneRecord> record) mutable {
        call->Finish(record.ok() ? ControlPlaneAnswer(201, *record)
                                 : Refusal(record.status(), *call));
      });
}

void ManagerApi::Get(CallPtr call) const {
  const auto scope = deps_.authenticator.EnterOrganization(*call->caller);
  if (!scope.ok()) return call->Finish(Refusal(scope.status(), *call));
  const auto record = deps_.control_planes.Get(*scope, call->control_plane);
  call->Finish(record.ok() ? ControlPlaneAnswer(200, *record) : Refusal(record.status(), *call));
}

void ManagerApi::Replace(CallPtr call) const {
  const auto scope = deps_.authenticator.EnterOrganization(*call->caller);
  if (!scope.ok()) return call->Finish(Refusal(scope.status(), *call));
  const auto request = DecodeReplace(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto record = deps_.control_planes.Update(*scope, call->control_plane, *request.value);
  call->Finish(record.ok() ? ControlPlaneAnswer(200, *record) : Refusal(record.status(), *call));
}

void ManagerApi::Patch(CallPtr call) const {
  const auto scope = deps_.authenticator.EnterOrganization(*call->caller);
  if (!scope.ok()) return call->Finish(Refusal(scope.status(), *call));
  const auto request = DecodePatch(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto record = deps_.control_planes.Update(*scope, call->control_plane, *request.value);
  call->Finish(record.ok() ? ControlPlaneAnswer(200, *record) : Refusal(record.status(), *call));
}

void ManagerApi::Delete(CallPtr call) const {
  const auto scope = deps_.authenticator.EnterOrganization(*call->caller);
  if (!scope.ok()) return call->Finish(Refusal(scope.status(), *call));
  const absl::Status status = deps_.control_planes.Delete(*scope, call->control_plane);
  call->Finish(status.ok() ? http::Response{.status = 204} : Refusal(status, *call));
}

void ManagerApi::ProvisionZone(CallPtr call) const {
  const std::string_view format_text = call->query.Get("format").value_or("");
  const auto format = FormatOf(format_text);
  if (!format_text.empty() && !format) {
    return call->Finish(
        Problem(400, "Bad Request: format [enum]: must be universal, helm or kubectl",
                call->request.request_id,
                {{"format", "enum", "must be universal, helm or kubectl", "query"}}));
  }
  auto name = DecodeProvisionZone(call->request.body);
  if (!name.value) return call->Finish(Refusal(name, *call));
  const model::TenantScope scope = *call->scope;
  deps_.zones.ProvisionAsync(
      scope, *std::move(name.value),
      [this, format, call = std::move(call)](
          absl::StatusOr<control_planes::ZoneService::Provisioned> zone) mutable {
        if (!zone.ok()) return call->Finish(Refusal(zone.status(), *call));
        if (format) {
          return call->Finish(
              {.status = 200,
               .content_type = "text/plain; charset=utf-8",
               .body = control_planes::ZoneSetupText(*format, call->scope->control_plane(), *zone,
                                                     deps_.kds_public_address)});
        }
        JsonWriter json;
        json.BeginObject().Field("token", zone->token).EndObject();
        call->Finish(ManagerJson(200, json.Take()));
      });
}

void ManagerApi::RejectedConnections(CallPtr call) const {
  const absl::Status may = identity::CheckMay(*call->scope, identity::Action::kRead);
  if (!may.ok()) return call->Finish(Refusal(may, *call));
  std::vector<kds::RejectedConnection> rejected;
  if (deps_.rejected_connections) rejected = deps_.rejected_connections(*call->scope);
  call->Finish(ManagerJson(200, RejectedConnectionsJson(rejected)));
}

void ManagerApi::Audit(CallPtr call) const {
  const auto request = DecodeAuditQuery(call->query);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto page = deps_.audit.List(*call->scope, request.value->query);
  call->Finish(page.ok() ? AuditAnswer(*request.value, *page) : Refusal(page.status(), *call));
}

}  // namespace skyden::rest
