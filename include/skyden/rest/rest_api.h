// SPDX-License-Identifier: Apache-2.0
// The HTTP edge: the manager API, and the Kuma API of every control plane.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "skyden/http/handler.h"
#include "skyden/http/router.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Thread-safe. Parses and routes on the io thread; everything that signs in or touches a service
// runs on `workers` or `transfers`.
class RestApi {
 public:
  static std::unique_ptr<RestApi> Create(Deps deps);
  virtual ~RestApi() = default;

  // May be used by several servers at once.
  virtual http::Handler handler() = 0;

  // What a server in front of the handler answers by itself, in the shape of the API that `path`
  // belongs to.
  static http::Response Refusal(int status, std::string_view path, std::string_view request_id);

  // Every route, for tests that walk them: full patterns, "/v1/mesh/control-planes/{id}/api/...".
  virtual std::vector<http::Route> routes() const = 0;
};

}  // namespace skyden::rest
