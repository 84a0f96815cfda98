// SPDX-License-Identifier: Apache-2.0
#include "rest/caller_routes.h"

#include <utility>

#include "rest/problem.h"
#include "rest/sign_in.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/permissions.h"
#include "skyden/model/lanes.h"
#include "skyden/net/address.h"

namespace skyden::rest {
namespace {

// Bodies are JSON, whatever they are called; only what says that it is something else is refused.
bool HasForeignBody(const http::Request& request) {
  const auto type = request.Find("content-type");
  return (request.body_waits || !request.body.empty()) && type && !type->empty() &&
         type->find("json") == std::string_view::npos;
}

}  // namespace

void CallerRoutes::Add(http::Method method, std::string_view pattern, Needs needs, Action action,
                       Options options) {
  router_.Add(method, pattern);
  entries_.push_back({needs, std::move(options), std::move(action)});
}

void CallerRoutes::Run(size_t route, CallPtr call) const {
  const Entry& entry = entries_[route];
  if (entry.options.takes == Takes::kJson && HasForeignBody(call->request)) {
    return call->Finish(
        Problem(415, "The body must be application/json", call->request.request_id));
  }
  if (entry.needs != Needs::kNothing && !call->credential.forged.empty()) {
    return call->Finish(Problem(403, call->credential.forged, call->request.request_id));
  }
  if (entry.needs == Needs::kNothing && call->request.body_waits) {
    return call->Finish(Problem(413, "The body is too large", call->request.request_id));
  }
  auto id = model::ParseControlPlaneId(call->parameters["id"]);
  if (id.ok()) call->control_plane = *std::move(id);
  call->pattern = router_.routes()[route].pattern;
  const base::Lane lane = model::LaneOfAddress(net::AddressKey(call->origin.peer));
  deps_.workers.PostIn(
      lane, [this, &entry, call = std::move(call)]() mutable { SignedIn(entry, std::move(call)); });
}

absl::Status CallerRoutes::SignInAs(Needs needs, Call& call) const {
  if (needs == Needs::kOrganization) return SignInToOrganization(deps_.authenticator, call);
  SKYDEN_RETURN_IF_ERROR(SignInToControlPlane(deps_.authenticator, call));
  // All of these are about the control plane as a whole.
  SKYDEN_RETURN_IF_ERROR(identity::CheckHasWhole(*call.scope));
  if (needs == Needs::kControlPlane) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(call.organization, deps_.authenticator.EnterOrganization(*call.caller));
  return absl::OkStatus();
}

void CallerRoutes::SignedIn(const Entry& entry, CallPtr call) const {
  if (entry.needs == Needs::kNothing) return entry.action(std::move(call));
  absl::Status status = SignInAs(entry.needs, *call);
  if (!status.ok()) return call->Finish(Problem(status, call->request.request_id));
  // Who may not is told so before there is work for it.
  if (entry.options.first) status = entry.options.first(*call);
  if (!status.ok()) return call->Finish(Problem(status, call->request.request_id));
  // In the turn of whoever asks, now that it is known who that is.
  const base::Lane lane = call->scope ? model::LaneOf(call->scope->tenant())
                                      : model::LaneOf(call->organization->organization());
  const bool is_long = entry.options.pace == Pace::kLong;
  Proceed(is_long ? deps_.transfers : deps_.workers, lane, std::move(call), entry.action);
}

}  // namespace skyden::rest
