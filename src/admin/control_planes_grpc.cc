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
              calls_.deps().workers.Post(
                  [response, created = std::move(created), answer = std::move(answer)]() mutable {
                    if (created.ok()) Fill(*created, response);
                    answer(created.status());
                  });
            });
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::List(grpc::CallbackServerContext* context,
                                                  const v1::ListControlPlanesRequest* request,
                                                  v1::ListControlPlanesResponse* response) {
  return calls_.StartBlocking(
      context, [this, request, response](const identity::Caller& caller) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto scope,
                                calls_.deps().authenticator.EnterOrganization(caller));
        SKYDEN_ASSIGN_OR_RETURN(const auto list, ToRequest(*request));
        SKYDEN_ASSIGN_OR_RETURN(const auto page, calls_.deps().control_planes.List(scope, list));
        response->set_total(page.total);
        for (const auto& record : page.items) Fill(record, response->add_control_planes());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::Get(grpc::CallbackServerContext* context,
                                                 const v1::GetControlPlaneRequest* request,
                                                 v1::ControlPlane* response) {
  return calls_.StartBlocking(
      context, [this, request, response](const identity::Caller& caller) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto scope,
                                calls_.deps().authenticator.EnterOrganization(caller));
        SKYDEN_ASSIGN_OR_RETURN(const auto id, ParseId(request->id()));
        SKYDEN_ASSIGN_OR_RETURN(const auto record, calls_.deps().control_planes.Get(scope, id));
        Fill(record, response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::Update(grpc::CallbackServerContext* context,
                                                    const v1::UpdateControlPlaneRequest* request,
                                                    v1::ControlPlane* response) {
  return calls_.StartBlocking(
      context, [this, request, response](const identity::Caller& caller) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto scope,
                                calls_.deps().authenticator.EnterOrganization(caller));
        SKYDEN_ASSIGN_OR_RETURN(const auto id, ParseId(request->id()));
        SKYDEN_ASSIGN_OR_RETURN(const auto update, ToRequest(*request));
        SKYDEN_ASSIGN_OR_RETURN(const auto record,
                                calls_.deps().control_planes.Update(scope, id, update));
        Fill(record, response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ControlPlanesGrpc::Delete(grpc::CallbackServerContext* context,
                                                    const v1::DeleteControlPlaneRequest* request,
                                                    v1::DeleteControlPlaneResponse*) {
  return calls_.StartBlocking(
      context, [this, request](const identity::Caller& caller) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto scope,
                                calls_.deps().authenticator.EnterOrganization(caller));
        SKYDEN_ASSIGN_OR_RETURN(const auto id, ParseId(request->id()));
        return calls_.deps().control_planes.Delete(scope, id);
      });
}

}  // namespace skyden::admin
