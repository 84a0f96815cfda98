// SPDX-License-Identifier: Apache-2.0
#include "audit_api.h"

#include <utility>

#include "audit_json.h"
#include "control_plane_json.h"
#include "problem.h"
#include "sign_in.h"

namespace skyden::rest {
namespace {

http::Response Refusal(const absl::Status& status, const Call& call) {
  return Problem(status, call.request.request_id);
}

}  // namespace

AuditApi::AuditApi(const RestApi::Deps& deps) : deps_(deps) {
  Add("/v3/audit-logs", &AuditApi::List);
  Add("/v3/audit-logs/verification", &AuditApi::Verify);
  Add("/v3/rejected-connections", &AuditApi::RejectedConnections);
}

void AuditApi::Add(std::string_view pattern, Method method) {
  router_.Add(http::Method::kGet, pattern);
  methods_.push_back(method);
}

std::optional<http::RouteMatch> AuditApi::Find(const http::Request& request) const {
  if (request.path.rfind("/v3/", 0) != 0) return std::nullopt;
  http::RouteMatch match = router_.Find(request.method, request.path);
  const bool ours = match.outcome == http::RouteMatch::Outcome::kFound ||
                    match.outcome == http::RouteMatch::Outcome::kWrongMethod;
  if (!ours) return std::nullopt;
  return match;
}

void AuditApi::Run(const http::RouteMatch& match, CallPtr call) const {
  if (match.outcome == http::RouteMatch::Outcome::kWrongMethod) {
    return call->Finish(WrongMethod("GET", call->request.request_id));
  }
  deps_.workers.Post([this, method = methods_[match.route], call = std::move(call)]() mutable {
    const absl::Status signed_in = SignIn(deps_.authenticator, *call);
    if (!signed_in.ok()) return call->Finish(Refusal(signed_in, *call));
    (this->*method)(std::move(call));
  });
}

void AuditApi::List(CallPtr call) const {
  const auto scope = deps_.authenticator.EnterOrganization(*call->caller);
  if (!scope.ok()) return call->Finish(Refusal(scope.status(), *call));
  const auto request = DecodeAuditQuery(call->query);
  if (!request.value) {
    return call->Finish(Problem(400, request.detail, call->request.request_id, request.invalid));
  }
  const auto page = deps_.audit.List(*scope, request.value->query);
  call->Finish(page.ok() ? AuditAnswer(*request.value, *page) : Refusal(page.status(), *call));
}

void AuditApi::Verify(CallPtr call) const {
  const auto scope = deps_.authenticator.EnterOrganization(*call->caller);
  if (!scope.ok()) return call->Finish(Refusal(scope.status(), *call));
  const auto found = deps_.audit.Verify(*scope);
  call->Finish(found.ok() ? ManagerJson(200, VerificationJson(*found))
                          : Refusal(found.status(), *call));
}

void AuditApi::RejectedConnections(CallPtr call) const {
  const auto scope = deps_.authenticator.EnterOrganization(*call->caller);
  if (!scope.ok()) return call->Finish(Refusal(scope.status(), *call));
  if (scope->role() != model::Role::kOperator) {
    return call->Finish(Refusal(absl::PermissionDeniedError("operators only"), *call));
  }
  std::vector<kds::RejectedConnection> rejected;
  if (deps_.all_rejected_connections) rejected = deps_.all_rejected_connections();
  call->Finish(ManagerJson(200, RejectedConnectionsJson(rejected)));
}

}  // namespace skyden::rest
