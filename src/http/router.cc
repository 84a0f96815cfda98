// SPDX-License-Identifier: Apache-2.0
// A tree of segments. Find walks it depth first with the static child before the parameter's, and
// comes back when a branch ends in nothing, or in a node that does not know the method; the
// methods seen on the way become `allowed`.
#include "skyden/http/router.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include "skyden/base/check.h"
#include "skyden/base/limits.h"
#include "skyden/base/utf8.h"
#include "skyden/http/uri.h"

namespace skyden::http {
namespace {

constexpr size_t kSegmentsUsual = 12;

const std::string& Nothing() {
  static const std::string* const kNothing = new std::string();
  return *kNothing;
}

// The next non-empty segment of `path`, which loses it; nullopt at the end.
std::optional<std::string_view> NextSegment(std::string_view& path) {
  while (!path.empty() && path.front() == '/') path.remove_prefix(1);
  if (path.empty()) return std::nullopt;
  const size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

bool IsParameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

}  // namespace

const std::string& PathParameters::operator[](std::string_view name) const {
  for (const auto& [key, value] : items_) {
    if (key == name) return value;
  }
  return Nothing();
}

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
  std::unique_ptr<Node> parameter;
  // A parameter's name belongs to the route: two routes may name the same segment differently.
  struct Entry {
    Method method;
    size_t route;
    std::vector<std::string> names;
  };
  std::vector<Entry> entries;
};

struct Router::Search {
  Method method;
  std::vector<std::string> segments;  // decoded
  std::vector<size_t> captured;       // indexes of segments that met a parameter
  const Node::Entry* found = nullptr;
  std::vector<Method> allowed;

  bool Visit(const Node& node, size_t depth) {
    if (depth == segments.size()) {
      for (const Node::Entry& entry : node.entries) {
        if (entry.method == method) {
          found = &entry;
          return true;
        }
        if (std::find(allowed.begin(), allowed.end(), entry.method) == allowed.end()) {
          allowed.push_back(entry.method);
        }
      }
      return false;
    }
    const auto child = node.children.find(segments[depth]);
    if (child != node.children.end() && Visit(*child->second, depth + 1)) return true;
    if (!node.parameter) return false;
    captured.push_back(depth);
    if (Visit(*node.parameter, depth + 1)) return true;
    captured.pop_back();
    return false;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

size_t Router::Add(Method method, std::string_view pattern) {
  Node* node = root_.get();
  std::vector<std::string> names;
  std::string_view rest = pattern;
  while (const auto segment = NextSegment(rest)) {
    std::unique_ptr<Node>* next = nullptr;
    if (IsParameter(*segment)) {
      names.emplace_back(segment->substr(1, segment->size() - 2));
      next = &node->parameter;
    } else {
      next = &node->children[std::string(*segment)];
    }
    if (!*next) *next = std::make_unique<Node>();
    node = next->get();
  }
  for (const Node::Entry& entry : node->entries) SKYDEN_CHECK(entry.method != method);
  node->entries.push_back({method, routes_.size(), std::move(names)});
  routes_.push_back({method, std::string(pattern)});
  return routes_.size() - 1;
}

RouteMatch Router::Find(Method method, std::string_view path) const {
  RouteMatch match;
  Search search{.method = method, .segments = {}, .captured = {}, .found = nullptr, .allowed = {}};
  search.segments.reserve(kSegmentsUsual);
  while (const auto raw = NextSegment(path)) {
    if (search.segments.size() == base::limits::kPathSegments) return match;
    if (raw->find('%') == std::string_view::npos) {
      search.segments.emplace_back(*raw);
    } else if (auto decoded = PercentDecode(*raw, Plus::kLiteral)) {
      search.segments.push_back(*std::move(decoded));
    } else {
      match.outcome = RouteMatch::Outcome::kBadPath;
      return match;
    }
    const std::string& segment = search.segments.back();
    if (segment.find('\0') != std::string::npos || !base::IsValidUtf8(segment)) {
      match.outcome = RouteMatch::Outcome::kBadPath;
      return match;
    }
  }
  if (search.Visit(*root_, 0)) {
    match.outcome = RouteMatch::Outcome::kFound;
    match.route = search.found->route;
    for (size_t i = 0; i < search.captured.size(); ++i) {
      match.parameters.Push(search.found->names[i], std::move(search.segments[search.captured[i]]));
    }
  } else if (!search.allowed.empty()) {
    match.outcome = RouteMatch::Outcome::kWrongMethod;
    match.allowed = std::move(search.allowed);
  }
  return match;
}

std::string_view MethodName(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
    case Method::kOther:
      break;
  }
  return "OTHER";
}

std::string AllowText(const std::vector<Method>& methods) {
  std::string text;
  for (const Method method : methods) {
    if (!text.empty()) text += ", ";
    text += MethodName(method);
  }
  return text;
}

}  // namespace skyden::http
