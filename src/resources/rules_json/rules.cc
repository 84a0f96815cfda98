// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/rules.h"

#include <array>
#include <utility>

namespace skyden::resources::rules_json {
namespace {

// By address: these constants live in other files, and those may not be initialised yet when this
// table is.
constexpr std::array<std::pair<std::string_view, const Rules*>, 23> kAll = {{
    {"HostnameGenerator", &kHostnameGeneratorRules},
    {"MeshAccessLog", &kMeshAccessLogRules},
    {"MeshCircuitBreaker", &kMeshCircuitBreakerRules},
    {"MeshExternalService", &kMeshExternalServiceRules},
    {"MeshFaultInjection", &kMeshFaultInjectionRules},
    {"MeshHTTPRoute", &kMeshHTTPRouteRules},
    {"MeshHealthCheck", &kMeshHealthCheckRules},
    {"MeshIdentity", &kMeshIdentityRules},
    {"MeshLoadBalancingStrategy", &kMeshLoadBalancingStrategyRules},
    {"MeshMetric", &kMeshMetricRules},
    {"MeshMultiZoneService", &kMeshMultiZoneServiceRules},
    {"MeshOpenTelemetryBackend", &kMeshOpenTelemetryBackendRules},
    {"MeshPassthrough", &kMeshPassthroughRules},
    {"MeshProxyPatch", &kMeshProxyPatchRules},
    {"MeshRateLimit", &kMeshRateLimitRules},
    {"MeshRetry", &kMeshRetryRules},
    {"MeshService", &kMeshServiceRules},
    {"MeshTCPRoute", &kMeshTCPRouteRules},
    {"MeshTLS", &kMeshTLSRules},
    {"MeshTimeout", &kMeshTimeoutRules},
    {"MeshTrace", &kMeshTraceRules},
    {"MeshTrafficPermission", &kMeshTrafficPermissionRules},
    {"MeshTrust", &kMeshTrustRules},
}};

}  // namespace

std::string_view Subject::Label(std::string_view key) const {
  if (labels == nullptr) return {};
  const auto it = labels->find(key);
  return it == labels->end() ? std::string_view() : std::string_view(it->second);
}

std::string_view Subject::DisplayName() const {
  const std::string_view display_name = Label("kuma.io/display-name");
  return display_name.empty() ? name : display_name;
}

bool Subject::IsSystemPolicy() const {
  const std::string_view role = Label("kuma.io/policy-role");
  return role.empty() || role == "system";
}

Rules RulesOf(std::string_view type) {
  for (const auto& [name, rules] : kAll) {
    if (name == type) return *rules;
  }
  return {};
}

}  // namespace skyden::resources::rules_json
