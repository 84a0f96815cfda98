// SPDX-License-Identifier: Apache-2.0
// A table of routes of the manager's own API, and how a call gets from it to its action.
#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "rest/call.h"
#include "skyden/http/router.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Fill it, then share it: thread-safe once nothing is added any more.
class CallerRoutes {
 public:
  explicit CallerRoutes(const Deps& deps) : deps_(deps) {}

  enum class Needs {
    kNothing,       // nobody signs in; small bodies only
    kOrganization,  // call.organization is set
    kControlPlane,  // call.scope is set, for {id}
    kBoth,          // both are
  };
  enum class Takes { kJson, kAnyBody };
  enum class Pace {
    kShort,
    kLong,  // whole control planes: on threads that others do not need
  };
  struct Options {
    Takes takes = Takes::kJson;
    Pace pace = Pace::kShort;
    // What can be refused before the body is read; on a worker, signed in.
    std::function<absl::Status(const Call&)> first = nullptr;
  };
  void Add(http::Method method, std::string_view pattern, Needs needs, Action action,
           Options options);
  void Add(http::Method method, std::string_view pattern, Needs needs, Action action) {
    Add(method, pattern, needs, std::move(action), Options());
  }

  const http::Router& router() const { return router_; }
  // Runs the route's action on a worker, signed in as the route needs. Called on an io thread.
  void Run(size_t route, CallPtr call) const;

 private:
  struct Entry {
    Needs needs;
    Options options;
    Action action;
  };
  absl::Status SignInAs(Needs needs, Call& call) const;
  void SignedIn(const Entry& entry, CallPtr call) const;

  const Deps& deps_;
  http::Router router_;
  std::vector<Entry> entries_;  // by route number
};

}  // namespace skyden::rest
