// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "admin/call.h"
#include "skyden/admin/v1/audit.grpc.pb.h"
#include "skyden/store/audit.h"

namespace skyden::admin {

// skyden.admin.v1.Audit: decode, ask the service, encode.
class AuditGrpc final : public v1::Audit::CallbackService {
 public:
  explicit AuditGrpc(Calls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListAuditRequest* request,
                                 v1::ListAuditResponse* response) override;
  grpc::ServerUnaryReactor* Export(grpc::CallbackServerContext* context,
                                   const v1::ListAuditRequest* request,
                                   v1::ExportAuditResponse* response) override;
  grpc::ServerUnaryReactor* Verify(grpc::CallbackServerContext* context,
                                   const v1::VerifyAuditRequest* request,
                                   v1::VerifyAuditResponse* response) override;

 private:
  absl::StatusOr<store::AuditPage> Page(const identity::Caller& caller,
                                        const v1::ListAuditRequest& request) const;

  Calls& calls_;
};

}  // namespace skyden::admin
