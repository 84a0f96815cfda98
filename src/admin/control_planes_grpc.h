// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "admin/call.h"
#include "skyden/admin/v1/control_planes.grpc.pb.h"

namespace skyden::admin {

// skyden.admin.v1.ControlPlanes: decode, ask the service, encode.
class ControlPlanesGrpc final : public v1::ControlPlanes::CallbackService {
 public:
  explicit ControlPlanesGrpc(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const v1::CreateControlPlaneRequest* request,
                                   v1::ControlPlane* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListControlPlanesRequest* request,
                                 v1::ListControlPlanesResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const v1::GetControlPlaneRequest* request,
                                v1::ControlPlane* response) override;
  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const v1::UpdateControlPlaneRequest* request,
                                   v1::ControlPlane* response) override;
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const v1::DeleteControlPlaneRequest* request,
                                   v1::DeleteControlPlaneResponse* response) override;
  grpc::ServerUnaryReactor* Suspend(grpc::CallbackServerContext* context,
                                    const v1::SuspendControlPlaneRequest* request,
                                    v1::ControlPlane* response) override;
  grpc::ServerUnaryReactor* Resume(grpc::CallbackServerContext* context,
                                   const v1::ResumeControlPlaneRequest* request,
                                   v1::ControlPlane* response) override;
  grpc::ServerUnaryReactor* GetQuota(grpc::CallbackServerContext* context,
                                     const v1::GetQuotaRequest* request,
                                     v1::QuotaState* response) override;
  grpc::ServerUnaryReactor* SetQuota(grpc::CallbackServerContext* context,
                                     const v1::SetQuotaRequest* request,
                                     v1::QuotaState* response) override;

 private:
  Calls& calls_;
};

}  // namespace skyden::admin
