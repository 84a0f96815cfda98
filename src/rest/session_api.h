// SPDX-License-Identifier: Apache-2.0
// Signing in and out with a browser: sessions, and how one may begin.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/identity/session_service.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Immutable once made, thread-safe.
class SessionApi {
 public:
  explicit SessionApi(const Deps& deps);

  // Patterns are relative to "/v3": "/sessions/current".
  const CallerRoutes& routes() const { return routes_; }

 private:
  void Add(http::Method method, std::string_view pattern, CallerRoutes::Needs needs,
           void (SessionApi::*handler)(CallPtr) const);

  void Ways(CallPtr call) const;
  void ProviderSignsOut(CallPtr call) const;
  void Begin(CallPtr call) const;
  void List(CallPtr call) const;
  void Current(CallPtr call) const;
  void End(CallPtr call) const;
  void EndCurrent(CallPtr call) const;
  void EndOne(CallPtr call, const model::TokenId& id) const;
  // The session that a browser had before it signed in anew.
  void EndSessionOf(const Credential& credential, const Call& call) const;

  const Deps& deps_;
  CallerRoutes routes_;
};

}  // namespace skyden::rest
