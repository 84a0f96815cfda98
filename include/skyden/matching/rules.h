// SPDX-License-Identifier: Apache-2.0
// What the policies of one type, taken together, mean for one proxy.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "skyden/matching/identifier.h"
#include "skyden/matching/proxy.h"
#include "skyden/model/type_registry.h"

namespace skyden::matching {

// Which policy, and which element of its list, a conf came from.
struct Origin {
  Item policy;
  size_t index = 0;
};

struct SubsetTag {
  std::string key;
  std::string value;
  bool negated = false;
  friend bool operator==(const SubsetTag&, const SubsetTag&) = default;
};
using Subset = std::vector<SubsetTag>;  // all must hold; none: everybody

// Confs are JSON text throughout.

// For peers that are told by their tags.
struct SubsetRule {
  Subset subset;
  std::string conf;
  std::vector<Item> origins;
};

// For traffic that arrives at a listener. In the order in which they are tried.
struct InboundRule {
  std::string match;  // JSON; empty: all traffic
  std::string conf;
  Origin origin;
};

// For one destination, or one port of it.
struct ResourceRule {
  struct Route {          // of routes: the conf, rule by rule
    std::string matches;  // JSON list; empty for TCP
    std::string conf;
    Item origin;  // null for TCP
  };
  Item resource;
  std::string section;
  std::vector<std::string> confs;  // one, but for routes: one for each hostname
  std::vector<Origin> origins;
  std::vector<Route> routes;
};
using ResourceRules = std::map<Identifier, ResourceRule>;

struct MatchedPolicies {
  const model::TypeDescriptor* type = nullptr;
  std::vector<Item> policies;  // that select the proxy, what counts least first
  std::map<Listener, std::vector<SubsetRule>> from;
  std::map<Listener, std::vector<InboundRule>> inbound;
  std::vector<SubsetRule> to;
  ResourceRules to_resources;
  std::vector<SubsetRule> proxy;  // at most one
  std::vector<std::string> warnings;
  std::map<std::string, std::string> http_matches;  // of MeshHTTPRoute: hash to JSON list
};

}  // namespace skyden::matching
