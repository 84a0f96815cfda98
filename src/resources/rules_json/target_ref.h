// SPDX-License-Identifier: Apache-2.0
// Rules on targetRef: which kinds a policy takes in which place, and which members go with a kind.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "resources/rules_json/node.h"

namespace skyden::resources::rules_json {

enum class Kind : uint16_t {
  kNone = 0,
  kMesh = 1,
  kDataplane = 2,
  kMeshSubset = 4,
  kMeshGateway = 8,
  kMeshService = 16,
  kMeshExternalService = 32,
  kMeshMultiZoneService = 64,
  kMeshServiceSubset = 128,
  kMeshHTTPRoute = 256,
};
using Kinds = std::initializer_list<Kind>;

// kNone when the node is absent or names no kind.
Kind KindOf(const Node& target_ref);
// The kind of the top-level targetRef; a policy without one targets the whole mesh.
Kind TopKind(const Node& spec);
// Whether proxies that are gateways are among those that the top-level targetRef selects.
bool IncludesGateways(const Node& spec);

struct TargetRefRules {
  Kinds kinds;
  std::string_view wrong_kind = {};  // instead of "value 'X' is not supported"
  bool gateway_listener_tags = false;
  bool inbound = false;            // sectionName may pick one inbound of a Dataplane
  std::string_view any_name = {};  // a name that is right although its characters are not
};

// Checks a reference that must be there.
void CheckTargetRef(const Node& ref, const TargetRefRules& rules, Report& report);
// Checks `spec.targetRef` when it is there.
void CheckTopTargetRef(const Node& spec, const TargetRefRules& rules, Report& report);

// The policy has `rules` or `from`.
bool AffectsInbounds(const Node& spec);

// `spiffeID` and `sni` of one match.
void CheckMatch(const Node& match, Report& report);
// Each of `rule.matches` must say something. True when one of them names a SPIFFE ID.
bool CheckRuleMatches(const Node& rule, Report& report);
// A backendRef's kind and port.
void CheckBackendRef(const Node& ref, const TargetRefRules& rules, Report& report);

// "X value for 'targetRef.kind' is deprecated ...", when it is.
void WarnAboutTopKind(const Node& spec, std::vector<std::string>& warnings);
// The given sentence when `from` is used.
void WarnAboutFrom(const Node& spec, std::string_view sentence, std::vector<std::string>& warnings);
inline constexpr std::string_view kUseRules = "'from' field is deprecated, use 'rules' instead";

}  // namespace skyden::resources::rules_json
