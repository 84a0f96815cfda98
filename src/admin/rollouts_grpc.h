// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/functional/function_ref.h"
#include "admin/call.h"
#include "skyden/admin/v1/changes.grpc.pb.h"
#include "skyden/resources/rollouts.h"

namespace skyden::admin {

// skyden.admin.v1.Rollouts: decode, ask the service, encode.
class RolloutsGrpc final : public v1::Rollouts::CallbackService {
 public:
  explicit RolloutsGrpc(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context,
                                  const v1::StartRolloutRequest* request,
                                  v1::Rollout* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListRolloutsRequest* request,
                                 v1::ListRolloutsResponse* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const v1::RolloutRequest* request, v1::Rollout* response) override;
  grpc::ServerUnaryReactor* Pause(grpc::CallbackServerContext* context,
                                  const v1::RolloutRequest* request,
                                  v1::Rollout* response) override;
  grpc::ServerUnaryReactor* Resume(grpc::CallbackServerContext* context,
                                   const v1::RolloutRequest* request,
                                   v1::Rollout* response) override;
  grpc::ServerUnaryReactor* Abort(grpc::CallbackServerContext* context,
                                  const v1::RolloutRequest* request,
                                  v1::Rollout* response) override;
  grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context,
                                   const v1::RolloutRequest* request,
                                   v1::Rollout* response) override;

 private:
  using Found = absl::StatusOr<resources::Rollout>;
  // A step of one rollout, and what it is then.
  using Step = Found (*)(resources::Rollouts&, const model::TenantScope&, const std::string& id);
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const v1::RolloutRequest* request, v1::Rollout* response,
                                model::Action action, Calls::Pace pace, Step step);
  // With how far its zones are.
  absl::Status Tell(const model::TenantScope& scope, const Found& rollout,
                    v1::Rollout* response) const;

  Calls& calls_;
};

}  // namespace skyden::admin
