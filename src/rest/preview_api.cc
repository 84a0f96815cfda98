// SPDX-License-Identifier: Apache-2.0
#include "rest/preview_api.h"

#include <memory>
#include <string>
#include <utility>

#include "rest/kuma_answer.h"
#include "rest/preview_json.h"
#include "rest/previews.h"
#include "rest/problem.h"
#include "rest/transfer_api.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/identity/permissions.h"
#include "skyden/model/lanes.h"
#include "skyden/rest/preview_text.h"

namespace skyden::rest {
namespace {

void PreviewDocuments(const Deps& deps, CallPtr call) {
  resources::ForeseenDocuments documents{std::exchange(call->request.body, {})};
  if (auto wrong = ReadDesired(*call, documents.desired)) return call->Finish(*std::move(wrong));
  const auto preview = PreviewText(deps, *call->scope, std::move(documents));
  if (!preview.ok()) return call->Finish(Problem(preview.status(), call->request.request_id));
  call->Finish(ManagerJson(200, *preview));
}

}  // namespace

void AddPreview(const Deps& deps, CallerRoutes& routes) {
  routes.Add(http::Method::kPost, "/control-planes/{id}/ops/preview",
             CallerRoutes::Needs::kControlPlane,
             [&deps](CallPtr call) { PreviewDocuments(deps, std::move(call)); },
             {.takes = CallerRoutes::Takes::kAnyBody,
              .pace = CallerRoutes::Pace::kLong,
              .first = [](const Call& call) {
                return identity::CheckMay(*call.scope, model::Action::kRead);
              }});
}

absl::StatusOr<std::string> PreviewText(const Deps& deps, const model::TenantScope& scope,
                                        resources::ForeseenDocuments documents) {
  SKYDEN_ASSIGN_OR_RETURN(const Preview preview, MakePreview(deps, scope, std::move(documents)));
  return PreviewJson(deps, scope, preview);
}

bool WantsPreview(CallPtr& call) {
  const std::string_view text = call->query.Get("preview").value_or("");
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  call->Finish(KumaInvalid("Could not preview", "the query is not valid",
                           {{"preview", "must be true or false"}}));
  call = nullptr;
  return false;
}

void AnswerPreview(const Deps& deps, CallPtr call, resources::ForeseenWrite write,
                   std::string_view title) {
  // What it tells of proxies and other resources cannot be told in parts.
  if (const absl::Status may = identity::CheckHasWhole(*call->scope); !may.ok()) {
    return call->Finish(KumaError(may, title, call->request.request_id));
  }
  const base::Lane lane = model::LaneOf(call->scope->tenant());
  deps.transfers.PostIn(
      lane, [&deps, title, call = std::move(call), write = std::move(write)]() mutable {
        const auto preview = MakePreview(deps, *call->scope, std::move(write));
        call->Finish(preview.ok() ? KumaJson(200, PreviewJson(deps, *call->scope, *preview))
                                  : KumaError(preview.status(), title, call->request.request_id));
      });
}

}  // namespace skyden::rest
