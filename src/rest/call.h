// SPDX-License-Identifier: Apache-2.0
// One request on its way through the edge.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "rest/credential.h"
#include "rest/own_address.h"
#include "skyden/base/executor.h"
#include "skyden/http/handler.h"
#include "skyden/http/router.h"
#include "skyden/http/uri.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/door.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::rest {

struct Call {
  http::Request request;
  http::Responder respond;
  http::PathParameters parameters;
  http::Query query;
  std::string_view pattern;  // of the route, within its API: "/meshes/{mesh}"

  OwnAddress own;
  Credential credential;  // what it shows
  identity::Authenticator::Noting noting = identity::Authenticator::Noting::kUse;

  // Once known.
  model::Origin origin;
  identity::Door* door = nullptr;  // null: nobody is held back
  std::optional<identity::Caller> caller;
  std::optional<model::OrganizationScope> organization;
  std::optional<model::TenantScope> scope;
  model::ControlPlaneId control_plane;  // from the path
  std::string share;                    // whose memory it takes: see http::Response::share

  // The last thing that happens to it.
  void Finish(http::Response response) {
    response.share = share;
    respond(std::move(response));
  }
};

// Calls are handed on, never shared; dropping one answers 500.
using CallPtr = std::unique_ptr<Call>;
using Action = std::function<void(CallPtr)>;

// Runs `action`, which must outlive the call, on `executor` in the turn of `lane`, once there is
// all of the call's body. From here on its memory is of the lane's share. By a worker, as its last
// act.
void Proceed(base::Executor& executor, const base::Lane& lane, CallPtr call, const Action& action);

}  // namespace skyden::rest
