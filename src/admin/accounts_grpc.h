// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "admin/call.h"
#include "skyden/admin/v1/identity.grpc.pb.h"

namespace skyden::admin {

// skyden.admin.v1.Accounts: decode, ask the service, encode.
class AccountsGrpc final : public v1::Accounts::CallbackService {
 public:
  explicit AccountsGrpc(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const v1::CreateAccountRequest* request,
                                   v1::Account* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListAccountsRequest* request,
                                 v1::ListAccountsResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const v1::GetAccountRequest* request,
                                v1::Account* response) override;
  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const v1::UpdateAccountRequest* request,
                                   v1::Account* response) override;
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const v1::DeleteAccountRequest* request,
                                   v1::DeleteAccountResponse* response) override;
  grpc::ServerUnaryReactor* AssignRole(grpc::CallbackServerContext* context,
                                       const v1::AssignRoleRequest* request,
                                       v1::AssignedRole* response) override;
  grpc::ServerUnaryReactor* ListRoles(grpc::CallbackServerContext* context,
                                      const v1::ListRolesRequest* request,
                                      v1::ListRolesResponse* response) override;
  grpc::ServerUnaryReactor* RemoveRole(grpc::CallbackServerContext* context,
                                       const v1::RemoveRoleRequest* request,
                                       v1::RemoveRoleResponse* response) override;

 private:
  Calls& calls_;
};

}  // namespace skyden::admin
