// SPDX-License-Identifier: Apache-2.0
#include "admin/accounts_grpc.h"

#include "admin/identity_convert.h"
#include "skyden/base/status.h"
#include "skyden/identity/account_service.h"

namespace skyden::admin {

grpc::ServerUnaryReactor* AccountsGrpc::Create(grpc::CallbackServerContext* context,
                                               const v1::CreateAccountRequest* request,
                                               v1::Account* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(identity::CreateAccount create, ToRequest(*request));
        SKYDEN_ASSIGN_OR_RETURN(const auto made, calls_.deps().accounts.Create(scope, create));
        Fill(made, response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* AccountsGrpc::List(grpc::CallbackServerContext* context,
                                             const v1::ListAccountsRequest* request,
                                             v1::ListAccountsResponse* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto kind, ToKind(request->kind()));
        SKYDEN_ASSIGN_OR_RETURN(
            const auto page, calls_.deps().accounts.List(
                                 scope, {kind, PageSizeOf(*request), PageNumberOf(*request), {}}));
        response->set_total(page.total);
        for (const auto& account : page.items) Fill(account, response->add_accounts());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* AccountsGrpc::Get(grpc::CallbackServerContext* context,
                                            const v1::GetAccountRequest* request,
                                            v1::Account* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto kind, ToKind(request->kind()));
        SKYDEN_ASSIGN_OR_RETURN(
            const auto found,
            calls_.deps().accounts.Get(scope, kind, model::AccountId(request->id())));
        Fill(found, response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* AccountsGrpc::Update(grpc::CallbackServerContext* context,
                                               const v1::UpdateAccountRequest* request,
                                               v1::Account* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto kind, ToKind(request->kind()));
        SKYDEN_ASSIGN_OR_RETURN(
            const auto changed,
            calls_.deps().accounts.Update(scope, kind, model::AccountId(request->id()),
                                          ToRequest(*request)));
        Fill(changed, response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* AccountsGrpc::Delete(grpc::CallbackServerContext* context,
                                               const v1::DeleteAccountRequest* request,
                                               v1::DeleteAccountResponse*) {
  return calls_.StartInOrganization(
      context, [this, request](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto kind, ToKind(request->kind()));
        return calls_.deps().accounts.Delete(scope, kind, model::AccountId(request->id()));
      });
}

grpc::ServerUnaryReactor* AccountsGrpc::AssignRole(grpc::CallbackServerContext* context,
                                                   const v1::AssignRoleRequest* request,
                                                   v1::AssignedRole* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto kind, ToKind(request->kind()));
        SKYDEN_ASSIGN_OR_RETURN(const auto assign, ToRequest(*request));
        SKYDEN_ASSIGN_OR_RETURN(const auto role,
                                calls_.deps().accounts.Assign(
                                    scope, kind, model::AccountId(request->account_id()), assign));
        Fill(role, response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* AccountsGrpc::ListRoles(grpc::CallbackServerContext* context,
                                                  const v1::ListRolesRequest* request,
                                                  v1::ListRolesResponse* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto kind, ToKind(request->kind()));
        SKYDEN_ASSIGN_OR_RETURN(
            const auto roles,
            calls_.deps().accounts.ListRoles(scope, kind, model::AccountId(request->account_id())));
        for (const auto& role : roles) Fill(role, response->add_roles());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* AccountsGrpc::RemoveRole(grpc::CallbackServerContext* context,
                                                   const v1::RemoveRoleRequest* request,
                                                   v1::RemoveRoleResponse*) {
  return calls_.StartInOrganization(
      context, [this, request](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto kind, ToKind(request->kind()));
        return calls_.deps().accounts.RemoveRole(
            scope, kind, model::AccountId(request->account_id()), model::RoleId(request->id()));
      });
}

}  // namespace skyden::admin
