// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/kuma_tokens.h"

#include <string>
#include <utility>

#include "kuma_answer.h"
#include "kuma_endpoints.h"

namespace skyden::rest {
namespace {

using resources::KumaTokens;

constexpr std::string_view kTitle = "Could not issue a token";

template <class Request>
using Parse = absl::StatusOr<Request> (*)(std::string_view body);
template <class Request>
using Issue = absl::StatusOr<std::string> (KumaTokens::*)(const model::TenantScope&,
                                                          const Request&);

template <class Request>
void AddIssuer(const RestApi::Deps& deps, KumaRoutes& routes, std::string_view path,
               Parse<Request> parse, Issue<Request> issue) {
  routes.Add(http::Method::kPost, path, [&deps, parse, issue](CallPtr call) {
    const auto request = parse(call->request.body);
    // Kuma's answer to this has nothing in it; ours says why.
    if (!request.ok()) {
      return call->Finish(
          KumaBadRequest("bad request: " + std::string(request.status().message())));
    }
    auto token = (deps.kuma_tokens.*issue)(*call->scope, *request);
    call->Finish(token.ok() ? KumaText(*std::move(token))
                            : KumaError(token.status(), kTitle, call->request.request_id));
  });
}

}  // namespace

void AddTokenEndpoints(const RestApi::Deps& deps, KumaRoutes& routes) {
  AddIssuer<resources::DataplaneTokenRequest>(deps, routes, "/tokens/dataplane",
                                              &resources::ParseDataplaneTokenRequest,
                                              &KumaTokens::IssueDataplane);
  AddIssuer<resources::ZoneTokenRequest>(deps, routes, "/tokens/zone",
                                         &resources::ParseZoneTokenRequest, &KumaTokens::IssueZone);
  AddIssuer<resources::UserTokenRequest>(deps, routes, "/tokens/user",
                                         &resources::ParseUserTokenRequest, &KumaTokens::IssueUser);
}

}  // namespace skyden::rest
