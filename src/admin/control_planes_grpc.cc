// SPDX-License-Identifier: Apache-2.0
#include "admin/control_planes_grpc.h"

#include <utility>

#include "admin/convert.h"
#include "admin/errors.h"
#include "skyden/base/status.h"

namespace skyden::admin {
namespace {

absl::StatusOr<model::ControlPlaneId> ParseId(const std::string& text) {
  auto id = model::ParseControlPlaneId(text);
  if (!id.ok()) return BadField("id", "must be a UUID");
  return id;
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

}  // namespace skyden::admin
