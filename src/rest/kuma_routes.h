// SPDX-License-Identifier: Apache-2.0
// The route table of a control plane's Kuma API, and how a call gets from it to its action.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "rest/call.h"
#include "rest/version_paths.h"
#include "skyden/http/router.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Fill it, then share it: thread-safe once nothing is added any more.
class KumaRoutes {
 public:
  explicit KumaRoutes(const Deps& deps) : deps_(deps) {}

  enum class Needs {
    kUser,     // call.scope is set
    kNothing,  // call.scope is set only when the caller's credential is good
  };
  enum class Answers { kJson, kEvents };
  // Whoever holds narrowed roles alone (model/reach.h).
  enum class Narrowed {
    kByPath,   // reads what is below a mesh of which everything may be read, and that is all
    kDecides,  // the action lets in, shows and counts by what they give
  };
  // Patterns are relative to the API's root: "/meshes/{mesh}". Actions run on a worker.
  // A route below the path of a type is there where its type is (VersionsOfPath).
  void Add(http::Method method, std::string_view pattern, Action action, Needs needs = Needs::kUser,
           Answers answers = Answers::kJson, Narrowed narrowed = Narrowed::kByPath);
  // The same of a route that only some versions of Kuma have, for another reason. What the others
  // answer: `instead`, or as to any path that leads nowhere.
  void AddIn(PathVersions versions, http::Method method, std::string_view pattern, Action action,
             std::optional<http::Response> instead = std::nullopt,
             Narrowed narrowed = Narrowed::kByPath);

  const http::Router& router() const { return router_; }
  // Finds the action for `path` within the API and runs it; answers what the framework below Kuma
  // would when there is none. Called on an io thread.
  void Run(CallPtr call, std::string_view path) const;

 private:
  struct Entry {
    Needs needs;
    Answers answers;
    Action action;
    PathVersions versions;
    std::optional<http::Response> instead;
    Narrowed narrowed;
    bool reads_of_mesh;
  };
  // Of whoever holds narrowed roles alone.
  static absl::Status CheckMayInParts(const Entry& entry, const Call& call);
  void SignedIn(const Entry& entry, CallPtr call) const;

  const Deps& deps_;
  http::Router router_;
  std::vector<Entry> entries_;  // by route number
};

}  // namespace skyden::rest
