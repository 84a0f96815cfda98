// SPDX-License-Identifier: Apache-2.0
// What an organization's administrators and the operator look at: the audit as a whole, and the
// zones that were turned away. What belongs to one control plane is the manager API's.
#pragma once

#include <optional>
#include <vector>

#include "call.h"
#include "skyden/http/router.h"
#include "skyden/rest/rest_api.h"

namespace skyden::rest {

class AuditApi {
 public:
  explicit AuditApi(const RestApi::Deps& deps);

  const http::Router& router() const { return router_; }
  // The route of a request; nullopt when its path is none of ours.
  std::optional<http::RouteMatch> Find(const http::Request& request) const;
  // Answers on a worker.
  void Run(const http::RouteMatch& match, CallPtr call) const;

 private:
  using Method = void (AuditApi::*)(CallPtr) const;
  void Add(std::string_view pattern, Method method);

  void List(CallPtr call) const;
  void Verify(CallPtr call) const;
  void RejectedConnections(CallPtr call) const;

  const RestApi::Deps& deps_;
  http::Router router_;
  std::vector<Method> methods_;  // by route number
};

}  // namespace skyden::rest
