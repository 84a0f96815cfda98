// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/kuma_tokens.h"

#include <string>
#include <utility>

#include "rest/kuma_answer.h"
#include "rest/kuma_endpoints.h"
#include "skyden/base/clock.h"
#include "skyden/base/json_text.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::rest {
namespace {

using resources::KumaTokens;

constexpr std::string_view kTokenTitle = "Could not issue a token";

template <class Request>
using Parse = absl::StatusOr<Request> (*)(std::string_view body);
template <class Request>
using IssueBy = absl::StatusOr<std::string> (KumaTokens::*)(const model::TenantScope&,
                                                            const Request&);

store::AuditNote NoteOf(const resources::DataplaneTokenRequest& r, absl::Time at) {
  return {at, "token.issue", "DataplaneToken", r.mesh + "/" + r.name,
          base::JsonObjectText().TextIfAny("valid_for", r.valid_for).Take()};
}
store::AuditNote NoteOf(const resources::ZoneTokenRequest& r, absl::Time at) {
  return {at, "token.issue", "ZoneToken", r.zone,
          base::JsonObjectText().TextIfAny("valid_for", r.valid_for).Take()};
}
store::AuditNote NoteOf(const resources::UserTokenRequest& r, absl::Time at) {
  return {at, "token.issue", "UserToken", r.name,
          base::JsonObjectText().TextIfAny("valid_for", r.valid_for).Take()};
}

// Nothing of the token is stored, but that it was handed out is: first that, then the token.
void HandOut(const Deps& deps, CallPtr call, store::AuditNote note, std::string token) {
  const model::TenantScope scope = *call->scope;
  deps.store.WriteAsync(
      scope, store::WritePlan(),
      [note = std::move(note)](store::WriteTx& tx) {
        tx.Audit(note);
        return absl::OkStatus();
      },
      [call = std::move(call),
       token = std::move(token)](const absl::StatusOr<model::Revision>& written) mutable {
        call->Finish(written.ok()
                         ? KumaText(std::move(token))
                         : KumaError(written.status(), kTokenTitle, call->request.request_id));
      });
}

template <class Request>
void AddIssuer(const Deps& deps, KumaRoutes& routes, std::string_view path, Parse<Request> parse,
               IssueBy<Request> issue) {
  routes.Add(http::Method::kPost, path, [&deps, parse, issue](CallPtr call) {
    const auto request = parse(call->request.body);
    // Kuma's answer to this has nothing in it; ours says why.
    if (!request.ok()) {
      return call->Finish(
          KumaBadRequest("bad request: " + std::string(request.status().message())));
    }
    auto token = (deps.kuma_tokens.*issue)(*call->scope, *request);
    if (!token.ok()) {
      return call->Finish(KumaError(token.status(), kTokenTitle, call->request.request_id));
    }
    HandOut(deps, std::move(call), NoteOf(*request, deps.clock.Now()), *std::move(token));
  });
}

}  // namespace

void AddTokenEndpoints(const Deps& deps, KumaRoutes& routes) {
  AddIssuer<resources::DataplaneTokenRequest>(deps, routes, "/tokens/dataplane",
                                              &resources::ParseDataplaneTokenRequest,
                                              &KumaTokens::IssueDataplane);
  AddIssuer<resources::ZoneTokenRequest>(deps, routes, "/tokens/zone",
                                         &resources::ParseZoneTokenRequest, &KumaTokens::IssueZone);
  AddIssuer<resources::UserTokenRequest>(deps, routes, "/tokens/user",
                                         &resources::ParseUserTokenRequest, &KumaTokens::IssueUser);
}

}  // namespace skyden::rest
