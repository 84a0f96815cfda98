// SPDX-License-Identifier: Apache-2.0
#include "rest/readiness_api.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "rest/object_reader.h"
#include "rest/problem.h"
#include "rest/readiness.h"
#include "rest/readiness_json.h"
#include "rest/transfer_api.h"
#include "skyden/base/clock.h"
#include "skyden/identity/permissions.h"

namespace skyden::rest {
namespace {

enum class Form { kOwn, kPreflight };

void Answer(const Deps& deps, CallPtr call, Form form) {
  const auto upgraded = SwitchOf(*call, "upgraded", false);
  if (!upgraded) {
    const InvalidParameter wrong{"upgraded", "enum", "must be true or false", "query"};
    return call->Finish(Problem(400, DetailOf({wrong}), call->request.request_id, {wrong}));
  }
  const auto readiness =
      ReadinessOf(deps, *call->scope, *upgraded ? ReadAs::kUpgraded : ReadAs::kItStands);
  if (!readiness.ok()) return call->Finish(Problem(readiness.status(), call->request.request_id));
  if (form == Form::kOwn) {
    return call->Finish(ManagerJson(200, ReadinessJson(deps, *call->scope, *readiness)));
  }
  // Who did not say where browsers find the daemon has no address to tell.
  const std::string address =
      deps.http_public_address.empty()
          ? std::string()
          : fmt::format("{}/v1/mesh/control-planes/{}/api", deps.http_public_address,
                        call->scope->control_plane().str());
  call->Finish(ManagerJson(200, PreflightJson(deps, *readiness, address, deps.clock.Now())));
}

}  // namespace

void AddReadiness(const Deps& deps, CallerRoutes& routes) {
  const auto add = [&](std::string_view pattern, Form form) {
    routes.Add(http::Method::kGet, pattern, CallerRoutes::Needs::kControlPlane,
               [&deps, form](CallPtr call) { Answer(deps, std::move(call), form); },
               {.pace = CallerRoutes::Pace::kLong, .first = [](const Call& call) {
                  return identity::CheckMay(*call.scope, model::Action::kRead);
                }});
  };
  add("/control-planes/{id}/ops/upgrade-readiness", Form::kOwn);
  add("/control-planes/{id}/readiness-reports", Form::kPreflight);
}

}  // namespace skyden::rest
