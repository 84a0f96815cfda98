// SPDX-License-Identifier: Apache-2.0
#include "rest/openapi_endpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <utility>

#include "rest/openapi.h"
#include "rest/problem.h"
#include "skyden/base/status.h"
#include "skyden/http/document.h"
#include "skyden/model/lanes.h"
#include "skyden/net/address.h"

namespace skyden::rest {

void OpenApiEndpoint::Answer(CallPtr call) {
  const http::Query query(call->request.query);
  const auto named = query.Get("version");
  const auto version = model::ParseKumaVersion(named.value_or(model::kKumaVersionNames.front()));
  if (!version) {
    const absl::Status wrong = base::WithViolations(
        absl::InvalidArgumentError("the document of a version that there is not"),
        {{"version", fmt::format("must be one of {}", fmt::join(model::kKumaVersionNames, ", "))}});
    return call->Finish(Problem(wrong, call->request.request_id));
  }
  const base::Lane lane = model::LaneOfAddress(net::AddressKey(call->request.peer_ip));
  std::optional<Made> made;
  {
    absl::MutexLock lock(&mu_);
    Document& document = documents_[*version];
    made = document.made;
    if (!made.has_value()) {
      document.waiting.push_back(std::move(call));
      if (document.waiting.size() > 1) return;  // it is being made
    }
  }
  if (made.has_value()) return Finish(*call, *made);
  workers_.PostIn(lane, [this, version = *version] { Make(version); });
}

void OpenApiEndpoint::Make(model::KumaVersion version) {
  absl::StatusOr<std::string> text = OpenApiDocument(registry_, version);
  const Made made = text.ok() ? Made(http::Document::Make(*std::move(text))) : Made(text.status());
  std::vector<CallPtr> waiting;
  {
    absl::MutexLock lock(&mu_);
    documents_[version].made = made;
    waiting.swap(documents_[version].waiting);
  }
  for (const CallPtr& call : waiting) Finish(*call, made);
}

void OpenApiEndpoint::Finish(Call& call, const Made& made) {
  if (!made.ok()) return call.Finish(Problem(made.status(), call.request.request_id));
  call.Finish({.status = 200, .content_type = "application/yaml", .document = *made});
}

}  // namespace skyden::rest
