// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "admin/call.h"
#include "skyden/admin/v1/usage.grpc.pb.h"

namespace skyden::admin {

// skyden.admin.v1.Usage: decode, ask, encode.
class UsageGrpc final : public v1::Usage::CallbackService {
 public:
  explicit UsageGrpc(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListUsageRequest* request,
                                 v1::ListUsageResponse* response) override;

 private:
  Calls& calls_;
};

}  // namespace skyden::admin
