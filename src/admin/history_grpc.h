// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "admin/call.h"
#include "skyden/admin/v1/changes.grpc.pb.h"

namespace skyden::admin {

// skyden.admin.v1.Previews and History: decode, ask, encode.
class PreviewsGrpc final : public v1::Previews::CallbackService {
 public:
  explicit PreviewsGrpc(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* Preview(grpc::CallbackServerContext* context,
                                    const v1::PreviewRequest* request,
                                    v1::PreviewResponse* response) override;

 private:
  Calls& calls_;
};

class HistoryGrpc final : public v1::History::CallbackService {
 public:
  explicit HistoryGrpc(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListHistoryRequest* request,
                                 v1::ListHistoryResponse* response) override;
  grpc::ServerUnaryReactor* Diff(grpc::CallbackServerContext* context,
                                 const v1::DiffHistoryRequest* request,
                                 v1::DiffHistoryResponse* response) override;
  grpc::ServerUnaryReactor* Restore(grpc::CallbackServerContext* context,
                                    const v1::RestoreHistoryRequest* request,
                                    v1::RestoreHistoryResponse* response) override;

 private:
  absl::Status FillDiff(const model::TenantScope& scope, const v1::DiffHistoryRequest& request,
                        v1::DiffHistoryResponse* response) const;

  Calls& calls_;
};

}  // namespace skyden::admin
