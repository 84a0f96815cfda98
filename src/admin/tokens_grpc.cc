// SPDX-License-Identifier: Apache-2.0
#include "admin/tokens_grpc.h"

#include "admin/errors.h"
#include "admin/identity_convert.h"
#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/identity/token_service.h"

namespace skyden::admin {

template <class Request, class Work>
grpc::ServerUnaryReactor* TokensGrpc::StartOf(grpc::CallbackServerContext* context,
                                              const Request* request, Work work) {
  return calls_.StartInOrganization(
      context, [request, work](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto kind, ToKind(request->kind()));
        return work(scope, kind, model::AccountId(request->account_id()));
      });
}

grpc::ServerUnaryReactor* TokensGrpc::Issue(grpc::CallbackServerContext* context,
                                            const v1::IssueTokenRequest* request,
                                            v1::IssuedToken* response) {
  return StartOf(
      context, request,
      [this, request, response](const auto& scope, auto kind, const auto& account) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto create, ToRequest(*request));
        SKYDEN_ASSIGN_OR_RETURN(const auto issued,
                                calls_.deps().tokens.Issue(scope, kind, account, create));
        Fill(issued, calls_.deps().clock.Now(), response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* TokensGrpc::List(grpc::CallbackServerContext* context,
                                           const v1::ListTokensRequest* request,
                                           v1::ListTokensResponse* response) {
  return StartOf(
      context, request,
      [this, response](const auto& scope, auto kind, const auto& account) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto tokens, calls_.deps().tokens.List(scope, kind, account));
        for (const auto& token : tokens)
          Fill(token, calls_.deps().clock.Now(), response->add_tokens());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* TokensGrpc::Get(grpc::CallbackServerContext* context,
                                          const v1::GetTokenRequest* request, v1::Token* response) {
  return StartOf(
      context, request,
      [this, request, response](const auto& scope, auto kind, const auto& account) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(
            const auto token,
            calls_.deps().tokens.Get(scope, kind, account, model::TokenId(request->id())));
        Fill(token, calls_.deps().clock.Now(), response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* TokensGrpc::Rename(grpc::CallbackServerContext* context,
                                             const v1::RenameTokenRequest* request,
                                             v1::Token* response) {
  return StartOf(
      context, request,
      [this, request, response](const auto& scope, auto kind, const auto& account) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(
            const auto token,
            calls_.deps().tokens.Rename(scope, kind, account, model::TokenId(request->id()),
                                        request->name()));
        Fill(token, calls_.deps().clock.Now(), response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* TokensGrpc::Revoke(grpc::CallbackServerContext* context,
                                             const v1::RevokeTokenRequest* request,
                                             v1::Token* response) {
  return StartOf(
      context, request,
      [this, request, response](const auto& scope, auto kind, const auto& account) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(
            const auto token,
            calls_.deps().tokens.Revoke(scope, kind, account, model::TokenId(request->id())));
        Fill(token, calls_.deps().clock.Now(), response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* TokensGrpc::Delete(grpc::CallbackServerContext* context,
                                             const v1::DeleteTokenRequest* request,
                                             v1::DeleteTokenResponse*) {
  return StartOf(
      context, request,
      [this, request](const auto& scope, auto kind, const auto& account) -> absl::Status {
        return calls_.deps().tokens.Delete(scope, kind, account, model::TokenId(request->id()));
      });
}

grpc::ServerUnaryReactor* TokensGrpc::Share(grpc::CallbackServerContext* context,
                                            const v1::ShareTokenRequest* request,
                                            v1::ShareTokenResponse* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        const auto id = model::ParseControlPlaneId(request->control_plane_id());
        if (!id.ok()) return BadField("control_plane_id", "must be a UUID");
        SKYDEN_ASSIGN_OR_RETURN(const auto create, ToRequest(*request));
        SKYDEN_ASSIGN_OR_RETURN(const auto shared, calls_.deps().tokens.Share(scope, *id, create));
        Fill(shared.token, calls_.deps().clock.Now(), response->mutable_token());
        Fill(shared.account, response->mutable_account());
        Fill(shared.role, response->mutable_role());
        return absl::OkStatus();
      });
}

}  // namespace skyden::admin
