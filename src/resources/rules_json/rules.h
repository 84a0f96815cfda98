// SPDX-License-Identifier: Apache-2.0
// The rules of each JSON type that a shape cannot say. A new type is one file that defines a
// `Rules`, and one line in rules.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resources/rules_json/node.h"
#include "skyden/model/resource.h"

namespace skyden::resources::rules_json {

inline constexpr size_t kServiceNameMax = 63;

// What rules may know beside the spec.
struct Subject {
  std::string_view type;
  std::string_view mesh = {};
  std::string_view name = {};
  const model::Labels* labels = nullptr;

  std::string_view Label(std::string_view key) const;
  // The label of that name, else the name.
  std::string_view DisplayName() const;
  // A policy of the control plane's owner, not of a Kubernetes namespace's.
  bool IsSystemPolicy() const;
  // Whether checks may come out otherwise than for a subject that has neither name nor labels.
  bool MattersToRules() const {
    return !IsSystemPolicy() || DisplayName().size() > kServiceNameMax;
  }
};

// `spec` is decoded: complete with defaults, every value of the kind that the shape says.
struct Rules {
  void (*check)(const Node& spec, const Subject& subject, Report& report) = nullptr;
  void (*warn)(const Node& spec, const Subject& subject,
               std::vector<std::string>& warnings) = nullptr;
};

// No rules for a type that has none.
Rules RulesOf(std::string_view type);

extern const Rules kHostnameGeneratorRules;
extern const Rules kMeshAccessLogRules;
extern const Rules kMeshCircuitBreakerRules;
extern const Rules kMeshExternalServiceRules;
extern const Rules kMeshFaultInjectionRules;
extern const Rules kMeshHTTPRouteRules;
extern const Rules kMeshHealthCheckRules;
extern const Rules kMeshIdentityRules;
extern const Rules kMeshLoadBalancingStrategyRules;
extern const Rules kMeshMetricRules;
extern const Rules kMeshMultiZoneServiceRules;
extern const Rules kMeshOpenTelemetryBackendRules;
extern const Rules kMeshPassthroughRules;
extern const Rules kMeshProxyPatchRules;
extern const Rules kMeshRateLimitRules;
extern const Rules kMeshRetryRules;
extern const Rules kMeshServiceRules;
extern const Rules kMeshTCPRouteRules;
extern const Rules kMeshTLSRules;
extern const Rules kMeshTimeoutRules;
extern const Rules kMeshTraceRules;
extern const Rules kMeshTrafficPermissionRules;
extern const Rules kMeshTrustRules;

}  // namespace skyden::resources::rules_json
