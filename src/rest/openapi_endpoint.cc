// SPDX-License-Identifier: Apache-2.0
#include "rest/openapi_endpoint.h"

#include <string>
#include <utility>

#include "rest/openapi.h"
#include "rest/problem.h"
#include "skyden/http/document.h"
#include "skyden/model/lanes.h"
#include "skyden/net/address.h"

namespace skyden::rest {

void OpenApiEndpoint::Answer(CallPtr call) {
  const base::Lane lane = model::LaneOfAddress(net::AddressKey(call->request.peer_ip));
  std::optional<Made> made;
  {
    absl::MutexLock lock(&mu_);
    made = made_;
    if (!made.has_value()) {
      waiting_.push_back(std::move(call));
      if (waiting_.size() > 1) return;  // it is being made
    }
  }
  if (made.has_value()) return Finish(*call, *made);
  workers_.PostIn(lane, [this] { Make(); });
}

void OpenApiEndpoint::Make() {
  absl::StatusOr<std::string> text = OpenApiDocument(registry_);
  const Made made = text.ok() ? Made(http::Document::Make(*std::move(text))) : Made(text.status());
  std::vector<CallPtr> waiting;
  {
    absl::MutexLock lock(&mu_);
    made_ = made;
    waiting.swap(waiting_);
  }
  for (const CallPtr& call : waiting) Finish(*call, made);
}

void OpenApiEndpoint::Finish(Call& call, const Made& made) {
  if (!made.ok()) return call.Finish(Problem(made.status(), call.request.request_id));
  call.Finish({.status = 200, .content_type = "application/yaml", .document = *made});
}

}  // namespace skyden::rest
