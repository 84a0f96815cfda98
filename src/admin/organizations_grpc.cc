// SPDX-License-Identifier: Apache-2.0
#include "admin/organizations_grpc.h"

#include "admin/identity_convert.h"
#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/identity/organization_service.h"

namespace skyden::admin {

grpc::ServerUnaryReactor* OrganizationsGrpc::Create(grpc::CallbackServerContext* context,
                                                    const v1::CreateOrganizationRequest* request,
                                                    v1::CreateOrganizationResponse* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto made,
                                calls_.deps().organizations.Create(scope, request->name()));
        Fill(made.organization, response->mutable_organization());
        Fill(made.administrator, response->mutable_administrator());
        Fill(made.token, calls_.deps().clock.Now(), response->mutable_token());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* OrganizationsGrpc::List(grpc::CallbackServerContext* context,
                                                  const v1::ListOrganizationsRequest* request,
                                                  v1::ListOrganizationsResponse* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto page,
                                calls_.deps().organizations.List(scope, PageSizeOf(*request),
                                                                 PageNumberOf(*request), {}));
        response->set_total(page.total);
        for (const auto& one : page.items) Fill(one, response->add_organizations());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* OrganizationsGrpc::Get(grpc::CallbackServerContext* context,
                                                 const v1::GetOrganizationRequest* request,
                                                 v1::Organization* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto found, calls_.deps().organizations.Get(
                                                      scope, model::OrganizationId(request->id())));
        Fill(found, response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* OrganizationsGrpc::Delete(grpc::CallbackServerContext* context,
                                                    const v1::DeleteOrganizationRequest* request,
                                                    v1::DeleteOrganizationResponse*) {
  return calls_.StartInOrganization(
      context, [this, request](const model::OrganizationScope& scope) -> absl::Status {
        return calls_.deps().organizations.Delete(scope, model::OrganizationId(request->id()));
      });
}

grpc::ServerUnaryReactor* OrganizationsGrpc::GetMine(grpc::CallbackServerContext* context,
                                                     const v1::GetMyOrganizationRequest*,
                                                     v1::Organization* response) {
  return calls_.StartInOrganization(
      context, [this, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto mine, calls_.deps().organizations.Mine(scope));
        Fill(mine, response);
        return absl::OkStatus();
      });
}

}  // namespace skyden::admin
