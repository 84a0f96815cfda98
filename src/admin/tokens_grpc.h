// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "admin/call.h"
#include "skyden/admin/v1/identity.grpc.pb.h"

namespace skyden::admin {

// skyden.admin.v1.Tokens: decode, ask the service, encode.
class TokensGrpc final : public v1::Tokens::CallbackService {
 public:
  explicit TokensGrpc(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* Issue(grpc::CallbackServerContext* context,
                                  const v1::IssueTokenRequest* request,
                                  v1::IssuedToken* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListTokensRequest* request,
                                 v1::ListTokensResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const v1::GetTokenRequest* request, v1::Token* response) override;
  grpc::ServerUnaryReactor* Rename(grpc::CallbackServerContext* context,
                                   const v1::RenameTokenRequest* request,
                                   v1::Token* response) override;
  grpc::ServerUnaryReactor* Revoke(grpc::CallbackServerContext* context,
                                   const v1::RevokeTokenRequest* request,
                                   v1::Token* response) override;
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const v1::DeleteTokenRequest* request,
                                   v1::DeleteTokenResponse* response) override;
  grpc::ServerUnaryReactor* Share(grpc::CallbackServerContext* context,
                                  const v1::ShareTokenRequest* request,
                                  v1::ShareTokenResponse* response) override;

 private:
  // Starts work(scope, kind, account) for a request that names an account.
  template <class Request, class Work>
  grpc::ServerUnaryReactor* StartOf(grpc::CallbackServerContext* context, const Request* request,
                                    Work work);

  Calls& calls_;
};

}  // namespace skyden::admin
