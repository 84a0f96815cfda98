// SPDX-License-Identifier: Apache-2.0
#include "admin/control_planes_grpc.h"

#include <utility>

#include "admin/convert.h"
#include "admin/errors.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/control_planes/quota_service.h"
#include "skyden/identity/authenticator.h"

namespace skyden::admin {
namespace {

absl::StatusOr<model::ControlPlaneId> ParseId(const std::string& text) {
  auto id = model::ParseControlPlaneId(text);
  if (!id.ok()) return BadField("id", "must be a UUID");
  return id;
}

template <class Request>
absl::Status CheckOneId(const Request& request) {
  if (request.id().empty() != request.organization_id().empty()) return absl::OkStatus();
  return BadField("id", "give either id or organization_id");
}

store::Quota ToQuota(const v1::Quota& from) {
  store::Quota quota;
  if (from.has_resources()) quota.resources = from.resources();
  if (from.has_bytes()) quota.bytes = from.bytes();
  if (from.has_zones()) quota.zones = from.zones();
  return quota;
}

void FillQuota(const store::Usage& usage, v1::Quota* out) {
  out->set_resources(usage.resources);
  out->set_bytes(usage.bytes);
  out->set_zones(usage.zones);
}

void FillQuota(const store::Allowance& found, const store::Quota& own, v1::QuotaState* out) {
  v1::Quota& limit = *out->mutable_limit();
  if (found.limit.resources != 0) limit.set_resources(found.limit.resources);
  if (found.limit.bytes != 0) limit.set_bytes(found.limit.bytes);
  if (found.limit.zones != 0) limit.set_zones(found.limit.zones);
  v1::Quota& set = *out->mutable_set();
  if (own.resources) set.set_resources(*own.resources);
  if (own.bytes) set.set_bytes(*own.bytes);
  if (own.zones) set.set_zones(*own.zones);
}

}  // namespace

grpc::ServerUnaryReactor* ControlPlanesGrpc::Create(grpc::CallbackServerContext* context,
                                                    const v1::CreateControlPlaneRequest* request,
                                                    v1::ControlPlane* response) {
  return calls_.Start(
      context, [this, request, response](const identity::Caller& caller, Answer answer) {
        const auto scope = calls_.deps().authenticator.EnterOrganization(caller);
        if (!scope.ok()) return answer(scope.status());
        calls_.deps().control_planes.CreateAsync(
            *scope, ToRequest(*request),
            [this, response, answer = std::move(answer)](
                absl::StatusOr<store::ControlPlaneRecord> created) mutable {
              // This may be the store's writer, which has no time for encoding and sending.
              calls_.deps().workers.Post([this, response, created = std::move(created),
                                          answer = std::move(answer)]() mutable {
                if (created.ok()) Fill(*created, calls_.deps().clock.Now(), response);
                answer(created.status());
              });
            });
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::List(grpc::CallbackServerContext* context,
                                                  const v1::ListControlPlanesRequest* request,
                                                  v1::ListControlPlanesResponse* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto list, ToRequest(*request));
        SKYDEN_ASSIGN_OR_RETURN(const auto page, calls_.deps().control_planes.List(scope, list));
        response->set_total(page.total);
        const absl::Time now = calls_.deps().clock.Now();
        for (const auto& record : page.items) Fill(record, now, response->add_control_planes());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::Get(grpc::CallbackServerContext* context,
                                                 const v1::GetControlPlaneRequest* request,
                                                 v1::ControlPlane* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto id, ParseId(request->id()));
        SKYDEN_ASSIGN_OR_RETURN(const auto record, calls_.deps().control_planes.Get(scope, id));
        Fill(record, calls_.deps().clock.Now(), response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::Update(grpc::CallbackServerContext* context,
                                                    const v1::UpdateControlPlaneRequest* request,
                                                    v1::ControlPlane* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto id, ParseId(request->id()));
        SKYDEN_ASSIGN_OR_RETURN(const auto update, ToRequest(*request));
        SKYDEN_ASSIGN_OR_RETURN(const auto record,
                                calls_.deps().control_planes.Update(scope, id, update));
        Fill(record, calls_.deps().clock.Now(), response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::Delete(grpc::CallbackServerContext* context,
                                                    const v1::DeleteControlPlaneRequest* request,
                                                    v1::DeleteControlPlaneResponse*) {
  using Online = control_planes::ControlPlaneService::Online;
  return calls_.StartInOrganization(
      context, [this, request](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto id, ParseId(request->id()));
        return calls_.deps().control_planes.Delete(
            scope, id, request->force() ? Online::kIsEnded : Online::kForbids);
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::Suspend(grpc::CallbackServerContext* context,
                                                     const v1::SuspendControlPlaneRequest* request,
                                                     v1::ControlPlane* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto id, ParseId(request->id()));
        control_planes::SuspendControlPlane suspend;
        suspend.reason = request->reason();
        if (request->has_until()) {
          SKYDEN_ASSIGN_OR_RETURN(suspend.until, ToTime("until", request->until()));
        }
        SKYDEN_ASSIGN_OR_RETURN(const auto record,
                                calls_.deps().control_planes.Suspend(scope, id, suspend));
        Fill(record, calls_.deps().clock.Now(), response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::Resume(grpc::CallbackServerContext* context,
                                                    const v1::ResumeControlPlaneRequest* request,
                                                    v1::ControlPlane* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto id, ParseId(request->id()));
        SKYDEN_ASSIGN_OR_RETURN(const auto record, calls_.deps().control_planes.Resume(scope, id));
        Fill(record, calls_.deps().clock.Now(), response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::GetQuota(grpc::CallbackServerContext* context,
                                                      const v1::GetQuotaRequest* request,
                                                      v1::QuotaState* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_RETURN_IF_ERROR(CheckOneId(*request));
        if (!request->organization_id().empty()) {
          SKYDEN_ASSIGN_OR_RETURN(const auto found,
                                  calls_.deps().quotas.FindOfOrganization(
                                      scope, model::OrganizationId(request->organization_id())));
          FillQuota(found, found.organization, response);
          return absl::OkStatus();
        }
        SKYDEN_ASSIGN_OR_RETURN(const auto id, ParseId(request->id()));
        SKYDEN_ASSIGN_OR_RETURN(const auto found, calls_.deps().quotas.Find(scope, id));
        FillQuota(found.used, response->mutable_used());
        FillQuota(found, found.own, response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::SetQuota(grpc::CallbackServerContext* context,
                                                      const v1::SetQuotaRequest* request,
                                                      v1::QuotaState* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_RETURN_IF_ERROR(CheckOneId(*request));
        const store::Quota quota = ToQuota(request->quota());
        if (!request->organization_id().empty()) {
          SKYDEN_ASSIGN_OR_RETURN(
              const auto found,
              calls_.deps().quotas.SetOfOrganization(
                  scope, model::OrganizationId(request->organization_id()), quota));
          FillQuota(found, found.organization, response);
          return absl::OkStatus();
        }
        SKYDEN_ASSIGN_OR_RETURN(const auto id, ParseId(request->id()));
        SKYDEN_ASSIGN_OR_RETURN(const auto found, calls_.deps().quotas.Set(scope, id, quota));
        FillQuota(found.used, response->mutable_used());
        FillQuota(found, found.own, response);
        return absl::OkStatus();
      });
}

}  // namespace skyden::admin
