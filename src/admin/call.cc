// SPDX-License-Identifier: Apache-2.0
#include "admin/call.h"

#include <iterator>
#include <string_view>

#include "admin/errors.h"
#include "admin/grpc_status.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/trace_context.h"
#include "skyden/model/ids.h"
#include "skyden/model/lanes.h"

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

std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

// "ipv4:10.0.0.9:4711" -> "10.0.0.9"; "ipv6:%5B::1%5D:4711" -> "::1".
std::string AddressOf(std::string_view peer) {
  const size_t scheme = peer.find(':');
  const size_t port = peer.rfind(':');
  if (scheme == std::string_view::npos || port <= scheme) return std::string(peer);
  std::string_view host = peer.substr(scheme + 1, port - scheme - 1);
  for (const std::string_view open : {"%5B", "["}) {
    if (host.substr(0, open.size()) == open && host.size() > 2 * open.size()) {
      host = host.substr(open.size(), host.size() - 2 * open.size());
    }
  }
  return std::string(host);
}

// Also answers with the request's id.
model::Origin OriginOf(grpc::CallbackServerContext& context) {
  const std::string_view claimed = MetadataOf(context, "x-request-id");
  model::Origin origin{
      AddressOf(context.peer()),
      base::IsRequestId(claimed) ? std::string(claimed) : base::HexLower(base::RandomBytes(8)),
      base::TraceIdOf(MetadataOf(context, "traceparent"))};
  context.AddInitialMetadata("x-request-id", origin.request_id);
  return origin;
}

}  // namespace

grpc::ServerUnaryReactor* Calls::Start(grpc::CallbackServerContext* context, Work work) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  model::Origin origin = OriginOf(*context);
  // What waits for a worker is bounded over all connections.
  if (in_flight_.fetch_add(1) >= base::limits::kAdminCallsInFlight) {
    --in_flight_;
    reactor->Finish(ToGrpc(TooManyCalls(), origin.request_id));
    return reactor;
  }
  Answer answer = [this, reactor, request_id = origin.request_id](const absl::Status& status) {
    --in_flight_;
    reactor->Finish(ToGrpc(status, request_id));
  };
  const base::Lane lane = model::LaneOfAddress(origin.peer);
  deps_.workers.PostIn(lane,
                       [this, authorization = AuthorizationOf(*context), origin = std::move(origin),
                        work = std::move(work), answer = std::move(answer)]() mutable {
                         Run(authorization, std::move(origin), std::move(work), std::move(answer));
                       });
  return reactor;
}

void Calls::Run(const absl::StatusOr<std::string>& authorization, model::Origin origin, Work work,
                Answer answer) const {
  if (!authorization.ok()) return answer(authorization.status());
  const std::string peer = origin.peer;
  if (deps_.door != nullptr) {
    const absl::Status admitted = deps_.door->Admit(peer, *authorization);
    if (!admitted.ok()) return answer(admitted);
  }
  const auto caller = deps_.authenticator.Authenticate(*authorization, std::move(origin));
  if (!caller.ok()) {
    const bool shown = absl::IsUnauthenticated(caller.status()) && !authorization->empty();
    const absl::Status may_go_on =
        shown && deps_.door != nullptr ? deps_.door->AfterRefusal(peer) : absl::OkStatus();
    return answer(may_go_on.ok() ? caller.status() : may_go_on);
  }
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

absl::StatusOr<model::TenantScope> Calls::Enter(const identity::Caller& caller,
                                                const std::string& control_plane_id) const {
  const auto id = model::ParseControlPlaneId(control_plane_id);
  if (!id.ok()) return BadField("control_plane_id", "must be a UUID");
  return deps_.authenticator.Enter(caller, *id);
}

}  // namespace skyden::admin
