// SPDX-License-Identifier: Apache-2.0
#include "admin/call.h"

#include <iterator>

#include "admin/errors.h"
#include "admin/grpc_status.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/ids.h"

namespace skyden::admin {
namespace {

constexpr char kAuthorization[] = "authorization";

// The value of the one `authorization` header; empty when there is none.
absl::StatusOr<std::string> AuthorizationOf(const grpc::CallbackServerContext& context) {
  const auto [begin, end] = context.client_metadata().equal_range(kAuthorization);
  if (begin == end) return std::string();
  if (std::next(begin) != end) return TwoCredentials();
  return std::string(begin->second.data(), begin->second.size());
}

}  // namespace

grpc::ServerUnaryReactor* Calls::Start(grpc::CallbackServerContext* context, Work work) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  // What waits for a worker is bounded over all connections.
  if (in_flight_.fetch_add(1) >= base::limits::kAdminCallsInFlight) {
    --in_flight_;
    reactor->Finish(ToGrpc(TooManyCalls()));
    return reactor;
  }
  Answer answer = [this, reactor](const absl::Status& status) {
    --in_flight_;
    reactor->Finish(ToGrpc(status));
  };
  deps_.workers.Post(
      [this, authorization = AuthorizationOf(*context), work = std::move(work),
       answer = std::move(answer)]() mutable { Run(authorization, work, std::move(answer)); });
  return reactor;
}

void Calls::Run(const absl::StatusOr<std::string>& authorization, Work& work, Answer answer) const {
  if (!authorization.ok()) return answer(authorization.status());
  const auto caller = deps_.authenticator.Authenticate(*authorization);
  if (!caller.ok()) return answer(caller.status());
  work(*caller, std::move(answer));
}

grpc::ServerUnaryReactor* Calls::StartBlocking(grpc::CallbackServerContext* context,
                                               BlockingWork work) {
  return Start(context, [work = std::move(work)](const identity::Caller& caller,
                                                 Answer answer) mutable { answer(work(caller)); });
}

absl::StatusOr<model::TenantScope> Calls::Enter(const identity::Caller& caller,
                                                const std::string& control_plane_id) const {
  const auto id = model::ParseControlPlaneId(control_plane_id);
  if (!id.ok()) return BadField("control_plane_id", "must be a UUID");
  return deps_.authenticator.Enter(caller, *id);
}

}  // namespace skyden::admin
