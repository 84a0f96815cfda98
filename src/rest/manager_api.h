// SPDX-License-Identifier: Apache-2.0
// Control planes as resources of their own, and what belongs to one but is not Kuma's.
#pragma once

#include <vector>

#include "call.h"
#include "skyden/http/router.h"
#include "skyden/rest/rest_api.h"

namespace skyden::rest {

// Immutable once made, thread-safe.
class ManagerApi {
 public:
  explicit ManagerApi(const RestApi::Deps& deps);

  // Patterns are relative to "/v1/mesh": "/control-planes/{id}".
  const http::Router& router() const { return router_; }
  // Runs the route's action on a worker, signed in as the route needs.
  void Run(size_t route, CallPtr call) const;

 private:
  enum class Needs { kCaller, kControlPlane };
  enum class Takes { kJson, kAnyBody };
  struct Entry {
    Needs needs;
    Takes takes;
    Action action;
  };
  void Add(http::Method method, std::string_view pattern, Needs needs, Action action,
           Takes takes = Takes::kJson);
  void SignedIn(const Entry& entry, CallPtr call) const;

  void List(CallPtr call) const;
  void Create(CallPtr call) const;
  void Get(CallPtr call) const;
  void Replace(CallPtr call) const;
  void Patch(CallPtr call) const;
  void Delete(CallPtr call) const;
  void ProvisionZone(CallPtr call) const;
  void RejectedConnections(CallPtr call) const;
  void Audit(CallPtr call) const;

  const RestApi::Deps& deps_;
  http::Router router_;
  std::vector<Entry> entries_;  // by route number
};

}  // namespace skyden::rest
