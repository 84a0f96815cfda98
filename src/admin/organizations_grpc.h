// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "admin/call.h"
#include "skyden/admin/v1/identity.grpc.pb.h"

namespace skyden::admin {

// skyden.admin.v1.Organizations: decode, ask the service, encode.
class OrganizationsGrpc final : public v1::Organizations::CallbackService {
 public:
  explicit OrganizationsGrpc(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const v1::CreateOrganizationRequest* request,
                                   v1::CreateOrganizationResponse* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListOrganizationsRequest* request,
                                 v1::ListOrganizationsResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const v1::GetOrganizationRequest* request,
                                v1::Organization* response) override;
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const v1::DeleteOrganizationRequest* request,
                                   v1::DeleteOrganizationResponse* response) override;
  grpc::ServerUnaryReactor* GetMine(grpc::CallbackServerContext* context,
                                    const v1::GetMyOrganizationRequest* request,
                                    v1::Organization* response) override;

 private:
  Calls& calls_;
};

}  // namespace skyden::admin
