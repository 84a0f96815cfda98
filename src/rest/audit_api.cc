// SPDX-License-Identifier: Apache-2.0
#include "rest/audit_api.h"

#include <utility>

#include "rest/audit_json.h"
#include "rest/audit_sending_api.h"
#include "rest/control_plane_json.h"
#include "rest/page_query.h"
#include "rest/problem.h"
#include "rest/refusal.h"
#include "skyden/audit/audit_service.h"
#include "skyden/audit/expectation.h"
#include "skyden/base/clock.h"
#include "skyden/base/status.h"
#include "skyden/kds/rejected_connection.h"

namespace skyden::rest {

AuditApi::AuditApi(const Deps& deps) : deps_(deps), routes_(deps) {
  const auto add = [this](const char* pattern, void (AuditApi::*handler)(CallPtr) const) {
    routes_.Add(http::Method::kGet, pattern, CallerRoutes::Needs::kOrganization,
                [this, handler](CallPtr call) { (this->*handler)(std::move(call)); });
  };
  add("/audit-logs", &AuditApi::List);
  add("/audit-logs/verification", &AuditApi::Verify);
  add("/rejected-connections", &AuditApi::RejectedConnections);
  AddAuditSending(deps_, routes_);
}

void AuditApi::List(CallPtr call) const {
  const auto request = DecodeAuditQuery(call->query);
  if (!request.value) {
    return call->Finish(Problem(400, request.detail, call->request.request_id, request.invalid));
  }
  const auto page = deps_.audit.List(*call->organization, request.value->query);
  call->Finish(page.ok() ? AuditAnswer(*request.value, *page) : Refusal(page.status(), *call));
}

void AuditApi::Verify(CallPtr call) const {
  std::optional<audit::Expected> expected;
  if (const auto text = call->query.Get("expect"); text.has_value()) {
    const auto parsed = audit::ParseExpected(*text);
    if (!parsed.ok()) return call->Finish(Refusal(parsed.status(), *call));
    expected = *parsed;
  }
  const auto answer = [&]() -> absl::StatusOr<std::string> {
    SKYDEN_ASSIGN_OR_RETURN(audit::Verification found, deps_.audit.Verify(*call->organization));
    SKYDEN_ASSIGN_OR_RETURN(const std::string keep,
                            audit::TextToExpect(deps_.audit, *call->organization, found));
    if (expected) {
      SKYDEN_RETURN_IF_ERROR(
          audit::CheckExpected(deps_.audit, *call->organization, *expected, found));
    }
    return VerificationJson(found, keep);
  };
  const auto json = answer();
  call->Finish(json.ok() ? ManagerJson(200, *json) : Refusal(json.status(), *call));
}

void AuditApi::RejectedConnections(CallPtr call) const {
  if (!call->organization->access().IsOperator()) {
    return call->Finish(Refusal(absl::PermissionDeniedError("operators only"), *call));
  }
  const auto filters = DecodeFilters(call->query, model::NamesOf(RejectedConnectionFilters()));
  if (!filters.value) {
    return call->Finish(Problem(400, filters.detail, call->request.request_id, filters.invalid));
  }
  std::vector<kds::RejectedConnection> rejected;
  if (deps_.all_rejected_connections) rejected = deps_.all_rejected_connections();
  call->Finish(
      ManagerJson(200, RejectedConnectionsJson(rejected, *filters.value, deps_.clock.Now())));
}

}  // namespace skyden::rest
