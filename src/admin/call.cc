// SPDX-License-Identifier: Apache-2.0
#include "admin/call.h"

#include <iterator>
#include <string_view>

#include "admin/bridge.h"
#include "admin/errors.h"
#include "admin/grpc_status.h"
#include "skyden/base/clock.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/trace_context.h"
#include "skyden/identity/door.h"
#include "skyden/identity/permissions.h"
#include "skyden/model/ids.h"
#include "skyden/model/lanes.h"
#include "skyden/net/address.h"

namespace skyden::admin {
namespace {

constexpr char kAuthorization[] = "authorization";
constexpr char kRequestId[] = "x-request-id";
constexpr char kTraceParent[] = "traceparent";

// The value of the one `authorization` header; empty when there is none.
absl::StatusOr<std::string> AuthorizationOf(const grpc::CallbackServerContext& context) {
  const auto [begin, end] = context.client_metadata().equal_range(kAuthorization);
  if (begin == end) return std::string();
  if (std::next(begin) != end) return TwoCredentials();
  return std::string(begin->second.data(), begin->second.size());
}

std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

// Also answers with the request's id.
model::Origin OriginOf(grpc::CallbackServerContext& context) {
  const std::string_view claimed = MetadataOf(context, kRequestId);
  model::Origin origin{
      std::string(MetadataOf(context, kBridgePeerIp)),
      base::IsRequestId(claimed) ? std::string(claimed) : base::HexLower(base::RandomBytes(8)),
      base::TraceIdOf(MetadataOf(context, kTraceParent))};
  context.AddInitialMetadata(kRequestId, origin.request_id);
  return origin;
}

}  // namespace

std::vector<std::string> Calls::Metadata() { return {kAuthorization, kRequestId, kTraceParent}; }

grpc::ServerUnaryReactor* Calls::Start(grpc::CallbackServerContext* context, Work work) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  model::Origin origin = OriginOf(*context);
  // What waits for a worker is bounded over all connections.
  if (in_flight_.fetch_add(1) >= base::limits::kAdminCallsInFlight) {
    --in_flight_;
    times_.Note(TooManyCalls().code(), absl::ZeroDuration());
    reactor->Finish(ToGrpc(TooManyCalls(), origin.request_id));
    return reactor;
  }
  Answer answer = [this, reactor, request_id = origin.request_id,
                   began = deps_.clock.Monotonic()](const absl::Status& status) {
    --in_flight_;
    times_.Note(status.code(), deps_.clock.Monotonic() - began);
    reactor->Finish(ToGrpc(status, request_id));
  };
  // Before the answer, so that nobody else touches the context.
  SignedIn signed_in = [context] { context->AddTrailingMetadata(kBridgeSignedIn, "1"); };
  const base::Lane lane = model::LaneOfAddress(net::AddressKey(origin.peer));
  deps_.workers.PostIn(lane, [this, authorization = AuthorizationOf(*context),
                              origin = std::move(origin), signed_in = std::move(signed_in),
                              work = std::move(work), answer = std::move(answer)]() mutable {
    Run(authorization, std::move(origin), signed_in, std::move(work), std::move(answer));
  });
  return reactor;
}

void Calls::Run(const absl::StatusOr<std::string>& authorization, model::Origin origin,
                const SignedIn& signed_in, Work work, Answer answer) const {
  if (!authorization.ok()) return answer(authorization.status());
  const std::string peer = origin.peer;
  const auto caller = deps_.authenticator.Authenticate(*authorization, std::move(origin));
  if (!caller.ok()) {
    const bool shown = absl::IsUnauthenticated(caller.status()) && !authorization->empty();
    const absl::Status may_go_on =
        shown && deps_.door != nullptr ? deps_.door->AfterRefusal(peer) : absl::OkStatus();
    return answer(may_go_on.ok() ? caller.status() : may_go_on);
  }
  signed_in();
  // In the turn of whoever asks, now that it is known who that is.
  deps_.workers.HandOver(
      model::LaneOf(caller->organization),
      [caller = *caller, work = std::move(work), answer = std::move(answer)]() mutable {
        work(caller, std::move(answer));
      });
}

grpc::ServerUnaryReactor* Calls::StartBlocking(grpc::CallbackServerContext* context,
                                               BlockingWork work) {
  return Start(context, [work = std::move(work)](const identity::Caller& caller,
                                                 Answer answer) mutable { answer(work(caller)); });
}

grpc::ServerUnaryReactor* Calls::StartInOrganization(grpc::CallbackServerContext* context,
                                                     OrganizationWork work) {
  return StartBlocking(
      context,
      [this, work = std::move(work)](const identity::Caller& caller) mutable -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto scope, deps_.authenticator.EnterOrganization(caller));
        return work(scope);
      });
}

grpc::ServerUnaryReactor* Calls::StartInControlPlane(grpc::CallbackServerContext* context,
                                                     std::string control_plane_id,
                                                     model::Action action, Pace pace,
                                                     ControlPlaneWork work) {
  return Start(context, [this, id = std::move(control_plane_id), action, pace,
                         work = std::move(work)](const identity::Caller& caller,
                                                 Answer answer) mutable {
    const auto scope = Enter(caller, id);
    if (!scope.ok()) return answer(scope.status());
    if (auto may = identity::CheckMay(*scope, action); !may.ok()) return answer(may);
    if (pace == Pace::kShort) return work(*scope, std::move(answer));
    deps_.transfers.PostIn(model::LaneOf(scope->tenant()), [scope = *scope, work = std::move(work),
                                                            answer = std::move(answer)]() mutable {
      work(scope, std::move(answer));
    });
  });
}

absl::StatusOr<model::TenantScope> Calls::Enter(const identity::Caller& caller,
                                                const std::string& control_plane_id) const {
  const auto id = model::ParseControlPlaneId(control_plane_id);
  if (!id.ok()) return BadField("control_plane_id", "must be a UUID");
  SKYDEN_ASSIGN_OR_RETURN(auto scope, deps_.authenticator.Enter(caller, *id));
  // All that is done inside is about the control plane as a whole.
  SKYDEN_RETURN_IF_ERROR(identity::CheckHasWhole(scope));
  return scope;
}

}  // namespace skyden::admin
