// SPDX-License-Identifier: Apache-2.0
// What resources are called, and labels in Kuma's own name space.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "skyden/model/kuma_labels.h"
#include "upgrade/in_three.h"
#include "upgrade/turn.h"

namespace skyden::upgrade {
namespace {

constexpr std::string_view kPrefix = "kuma.io/";
// That people may write, or that are computed.
constexpr std::string_view kKnown[] = {model::kDisplayNameLabel,
                                       model::kEffectLabel,
                                       model::kEnvironmentLabel,
                                       model::kMeshLabel,
                                       model::kOriginLabel,
                                       model::kPolicyRoleLabel,
                                       model::kSyncLabel,
                                       model::kWorkloadLabel,
                                       model::kZoneLabel,
                                       "kuma.io/managed-by",
                                       "kuma.io/proxy-type",
                                       "kuma.io/listener-zoneingress",
                                       "kuma.io/listener-zoneegress"};

struct Successor {
  std::string_view type;
  std::string_view advice;
};
constexpr Successor kSuccessors[] = {
    {"CircuitBreaker", "MeshCircuitBreaker"},
    {"ExternalService",
     "MeshExternalService: address as endpoint and match.port, the tag kuma.io/protocol as "
     "match.protocol, tls as tls.verification"},
    {"FaultInjection", "MeshFaultInjection"},
    {"HealthCheck", "MeshHealthCheck"},
    {"MeshGateway", "a delegated gateway"},
    {"MeshGatewayRoute", "MeshHTTPRoute or MeshTCPRoute behind a delegated gateway"},
    {"ProxyTemplate", "MeshProxyPatch"},
    {"RateLimit", "MeshRateLimit"},
    {"Retry", "MeshRetry"},
    {"Timeout", "MeshTimeout"},
    {"TrafficLog", "MeshAccessLog"},
    {"TrafficPermission", "MeshTrafficPermission"},
    {"TrafficRoute", "MeshHTTPRoute or MeshTCPRoute"},
    {"TrafficTrace", "MeshTrace"},
    {"VirtualOutbound", "HostnameGenerators"},
};

// [a-z]([-a-z0-9]*[a-z0-9])?, at most 63 of them.
bool IsLabelName(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_inner = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= 63 && is_letter(name.front()) && name.back() != '-' &&
         std::all_of(name.begin(), name.end(), is_inner);
}

void TurnLabels(Turn& turn) {
  if (turn.is_of_zone()) return;
  std::vector<std::string> gone;
  for (const auto& [key, value] : turn.labels) {
    const bool known = std::find(std::begin(kKnown), std::end(kKnown), key) != std::end(kKnown);
    const bool is_other_name = key == model::kDisplayNameLabel && value != turn.resource.key.name;
    if ((key.starts_with(kPrefix) && !known) || is_other_name) gone.push_back(key);
  }
  for (const std::string& key : gone) {
    turn.Tell("own-label", "labels[\"" + key + "\"]");
    turn.labels.erase(key);
  }
}

// Kuma 3 labels what is written with its name; what was stored before gets the label in the upgrade
// where others refer to it by that.
constexpr std::string_view kReferredTo[] = {"MeshExternalService", "MeshHTTPRoute",
                                            "MeshMultiZoneService", "MeshOpenTelemetryBackend",
                                            "MeshService"};

void LabelWithName(Turn& turn) {
  if (turn.is_of_zone() || std::find(std::begin(kReferredTo), std::end(kReferredTo),
                                     turn.type.name) == std::end(kReferredTo)) {
    return;
  }
  turn.labels.emplace(model::kDisplayNameLabel, turn.resource.key.name);
}

}  // namespace

void TurnNames(Turn& turn) {
  TurnLabels(turn);
  LabelWithName(turn);
  if (!HasLabelNamesInThree(turn.registry, turn.type)) return;
  std::string_view name = turn.resource.key.name;
  if (turn.is_of_zone()) name = model::LabelOf(turn.resource.labels, model::kDisplayNameLabel);
  if (!name.empty() && !IsLabelName(name)) turn.Tell("name", "name", std::string(name));
}

void TurnRemoved(Turn& turn) {
  const auto* successor = std::find_if(std::begin(kSuccessors), std::end(kSuccessors),
                                       [&](const auto& s) { return s.type == turn.type.name; });
  std::string detail(successor == std::end(kSuccessors) ? std::string_view() : successor->advice);
  const bool is_zone_proxy = turn.type.name == "ZoneIngress" || turn.type.name == "ZoneEgress";
  turn.Tell(is_zone_proxy         ? "zone-proxy"
            : turn.type.is_policy ? "removed-policy"
                                  : "removed-resource",
            "", std::move(detail));
}

}  // namespace skyden::upgrade
