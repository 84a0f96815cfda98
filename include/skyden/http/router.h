// SPDX-License-Identifier: Apache-2.0
// From a method and a path to a route's number and parameters.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "skyden/http/request.h"

namespace skyden::http {

struct Route {
  Method method = Method::kGet;
  std::string pattern;  // "/meshes/{mesh}/dataplanes/{name}"
};

// Values of a route's {parameters}, decoded, in the pattern's order.
class PathParameters {
 public:
  void Push(std::string_view name, std::string value) {
    items_.emplace_back(name, std::move(value));
  }
  void Pop() { items_.pop_back(); }
  // The value; empty when the route has no such parameter.
  const std::string& operator[](std::string_view name) const;
  const std::vector<std::pair<std::string_view, std::string>>& items() const { return items_; }

 private:
  std::vector<std::pair<std::string_view, std::string>> items_;
};

struct RouteMatch {
  enum class Outcome {
    kFound,
    kNotFound,
    kWrongMethod,  // `allowed` says which would do
    kBadPath,      // an escape is malformed, or decodes to NUL or to something not UTF-8
  } outcome = Outcome::kNotFound;
  size_t route = 0;
  PathParameters parameters;
  std::vector<Method> allowed;
};

// Fill it, then share it: thread-safe once nothing is added any more.
// A segment is static or one {parameter}; static ones win, and where a static branch leads nowhere
// the parameter's is tried. Empty segments (doubled and trailing slashes) do not count.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // The number of the new route, counting from 0. The same method and pattern may come once.
  size_t Add(Method method, std::string_view pattern);
  RouteMatch Find(Method method, std::string_view path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node;
  struct Search;
  std::unique_ptr<Node> root_;
  std::vector<Route> routes_;
};

std::string_view MethodName(Method method);
// As an `allow` header has them: "GET, PUT".
std::string AllowText(const std::vector<Method>& methods);

}  // namespace skyden::http
