// SPDX-License-Identifier: Apache-2.0
#include "rest/kuma_routes.h"

#include <string>
#include <utility>

#include "rest/kuma_answer.h"
#include "rest/negotiation.h"
#include "rest/sign_in.h"
#include "skyden/base/executor.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/permissions.h"
#include "skyden/model/lanes.h"
#include "skyden/net/address.h"
#include "skyden/resources/access.h"

namespace skyden::rest {
namespace {

bool ReadsOfMesh(http::Method method, std::string_view pattern) {
  return method == http::Method::kGet && pattern.starts_with("/meshes/{mesh}/");
}

}  // namespace

void KumaRoutes::Add(http::Method method, std::string_view pattern, Action action, Needs needs,
                     Answers answers, Narrowed narrowed) {
  router_.Add(method, pattern);
  entries_.push_back({needs, answers, std::move(action), VersionsOfPath(deps_.registry, pattern),
                      std::nullopt, narrowed, ReadsOfMesh(method, pattern)});
}

void KumaRoutes::AddIn(PathVersions versions, http::Method method, std::string_view pattern,
                       Action action, std::optional<http::Response> instead, Narrowed narrowed) {
  router_.Add(method, pattern);
  entries_.push_back({Needs::kUser, Answers::kJson, std::move(action), versions, std::move(instead),
                      narrowed, ReadsOfMesh(method, pattern)});
}

void KumaRoutes::Run(CallPtr call, std::string_view path) const {
  if (TakesProblems(call->request)) {
    call->respond = [respond = std::move(call->respond),
                     id = call->request.request_id](http::Response response) mutable {
      respond(AsProblem(std::move(response), id));
    };
  }
  using Outcome = http::RouteMatch::Outcome;
  // Kuma knows no HEAD anywhere.
  const bool head = call->request.method_text == "HEAD";
  http::RouteMatch match = router_.Find(head ? http::Method::kOther : call->request.method, path);
  switch (match.outcome) {
    case Outcome::kFound:
      break;
    case Outcome::kNotFound:
      return call->Finish(FrameworkError(404));
    case Outcome::kWrongMethod:
      return call->Finish(FrameworkError(405, http::AllowText(match.allowed)));
    case Outcome::kBadPath:
      return call->Finish(KumaBadRequest("bad request: the path does not decode to text"));
  }
  // Kuma decodes a path before it looks for its segments, so none has a slash in it.
  for (const auto& [name, value] : match.parameters.items()) {
    if (value.find('/') != std::string::npos) return call->Finish(FrameworkError(404));
  }
  const Entry& entry = entries_[match.route];
  // Whoever asks for events gets them, whatever else it might accept.
  const auto refused = RefusedRepresentation(call->request);
  if (refused && entry.answers == Answers::kJson) return call->Finish(FrameworkError(*refused));
  if (!call->credential.forged.empty()) {
    return call->Finish(
        KumaError({.status = 403, .title = "Access Denied", .detail = call->credential.forged}));
  }
  call->parameters = std::move(match.parameters);
  call->pattern = router_.routes()[match.route].pattern;
  const base::Lane lane = model::LaneOfAddress(net::AddressKey(call->origin.peer));
  deps_.workers.PostIn(
      lane, [this, &entry, call = std::move(call)]() mutable { SignedIn(entry, std::move(call)); });
}

absl::Status KumaRoutes::CheckMayInParts(const Entry& entry, const Call& call) {
  if (entry.narrowed == Narrowed::kDecides) return absl::OkStatus();
  return entry.reads_of_mesh ? resources::CheckReadsAllOf(*call.scope, call.parameters["mesh"])
                             : identity::CheckHasWhole(*call.scope);
}

void KumaRoutes::SignedIn(const Entry& entry, CallPtr call) const {
  // Whoever shows nothing where nothing is needed was not refused.
  const bool shows_nothing = call->credential.way == Credential::Way::kNothing;
  if (entry.needs == Needs::kUser || !shows_nothing) {
    const absl::Status status = SignInToKuma(deps_.authenticator, *call);
    const bool anonymous =
        entry.needs == Needs::kNothing && status.code() == absl::StatusCode::kUnauthenticated;
    if (!status.ok() && !anonymous) {
      return call->Finish(
          KumaError(status, "Could not retrieve control plane", call->request.request_id));
    }
  }
  // Whoever is not known sees nothing of what the control plane is.
  if (call->scope && !entry.versions[call->scope->version()]) {
    return call->Finish(entry.instead ? *entry.instead : FrameworkError(404));
  }
  if (call->scope && model::IsInParts(*call->scope)) {
    if (const absl::Status may = CheckMayInParts(entry, *call); !may.ok()) {
      return call->Finish(KumaError(may, "Access Denied", call->request.request_id));
    }
  }
  // In the turn of the control plane, now that it is known that the caller is let in.
  const base::Lane lane = call->scope ? model::LaneOf(call->scope->tenant())
                                      : model::LaneOfAddress(net::AddressKey(call->origin.peer));
  Proceed(deps_.workers, lane, std::move(call), entry.action);
}

}  // namespace skyden::rest
