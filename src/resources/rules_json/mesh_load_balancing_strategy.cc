// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshGateway,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kMeshOnly = {Kind::kMesh};
constexpr Kinds kToBehindGateway = {Kind::kMesh, Kind::kMeshService, Kind::kMeshMultiZoneService};
constexpr Kinds kToOfTwo = {Kind::kMesh, Kind::kMeshService, Kind::kMeshMultiZoneService,
                            Kind::kMeshHTTPRoute};
constexpr Kinds kToOfThree = {Kind::kMesh, Kind::kMeshService, Kind::kMeshExternalService,
                              Kind::kMeshMultiZoneService, Kind::kMeshHTTPRoute};
constexpr model::ByVersion<const Kinds*> kTo = {{&kToOfTwo, &kToOfThree}};

void CheckHashPolicies(const Node& policies, Report& report) {
  struct Member {
    std::string_view type;
    std::string_view name;
  };
  static constexpr Member kMembers[] = {{"Header", "header"},
                                        {"Cookie", "cookie"},
                                        {"Connection", "connection"},
                                        {"SourceIP", "connection"},
                                        {"QueryParameter", "queryParameter"},
                                        {"FilterState", "filterState"}};
  for (const Node& policy : policies.Items()) {
    const std::string_view type = policy["type"].text();
    for (const Member& member : kMembers) {
      if (member.type == type && !policy.Has(member.name)) {
        report.Add(policy[member.name], kMustBeDefined);
      }
    }
    const Node cookie_path = policy["cookie"]["path"];
    if (type == "Cookie" && cookie_path && !cookie_path.text().starts_with('/')) {
      report.Add(cookie_path, "must be an absolute path");
    }
  }
}

void CheckLoadBalancer(const Node& balancer, Report& report) {
  const std::string_view type = balancer["type"].text();
  if (type == "RingHash") CheckHashPolicies(balancer["ringHash"]["hashPolicies"], report);
  if (type == "Maglev") CheckHashPolicies(balancer["maglev"]["hashPolicies"], report);
  if (type == "LeastRequest") {
    const Node bias = balancer["leastRequest"]["activeRequestBias"];
    if (!bias) return;
    const std::optional<double> value = bias.decimal();
    if (!value) {
      report.Add(bias, "string must be a valid number");
    } else if (*value < 0) {
      report.Add(bias, "must be greater or equal then: 0");
    }
  }
}

void CheckLocalZone(const Node& zone, Report& report) {
  size_t weighted = 0;
  const Node tags = zone["affinityTags"];
  for (const Node& tag : tags.Items()) {
    if (tag["key"].text().empty()) report.Add(tag["key"], kMustNotBeEmpty);
    CheckPositive(tag["weight"], report);
    weighted += tag.Has("weight") ? 1 : 0;
  }
  if (weighted > 0 && weighted != tags.size()) {
    report.Add(tags, "all or none affinity tags should have weight");
  }
}

void CheckFailover(const Node& failover, Report& report) {
  const Node from = failover["from"];
  if (from && from["zones"].size() == 0) report.Add(from["zones"], kMustNotBeEmpty);
  for (const Node& zone : from["zones"].Items()) {
    if (zone.text().empty()) report.Add(zone, kMustNotBeEmpty);
  }
  const Node to = failover["to"];
  const std::string_view type = to["type"].text();
  const bool named = type == "Only" || type == "AnyExcept";
  if (named != (to["zones"].size() > 0)) {
    report.Add(to["zones"],
               fmt::format("must {}be empty when type is {}", named ? "not " : "", type));
  }
}

void CheckCrossZone(const Node& zone, const Node& target_ref, Report& report) {
  if (!zone) return;
  if (KindOf(target_ref) == Kind::kMeshService &&
      (!target_ref["sectionName"].text().empty() || target_ref["labels"].size() > 0)) {
    report.Add(zone, "must not be set: MeshService traffic is local");
  }
  for (const Node& failover : zone["failover"].Items()) CheckFailover(failover, report);
  if (const Node threshold = zone["failoverThreshold"]) {
    CheckGivenPercentage(threshold["percentage"], Zero::kRefused, report);
  }
}

void CheckConf(const Node& conf, const Node& target_ref, Report& report) {
  const Node policies = conf["hashPolicies"];
  if (KindOf(target_ref) == Kind::kMeshHTTPRoute) {
    CheckHashPolicies(policies, report);
    for (const std::string_view member : {"loadBalancer", "localityAwareness"}) {
      if (!conf.Has(member)) continue;
      report.Add(conf[member],
                 "field is not allowed when targetRef.kind is MeshHTTPRoute, only hashPolicies is "
                 "supported");
    }
    return;
  }
  const Node balancer = conf["loadBalancer"];
  CheckLoadBalancer(balancer, report);
  CheckLocalZone(conf["localityAwareness"]["localZone"], report);
  CheckCrossZone(conf["localityAwareness"]["crossZone"], target_ref, report);
  CheckHashPolicies(policies, report);
  if (!policies) return;
  for (const std::string_view kind : {"ringHash", "maglev"}) {
    const Node twice = balancer[kind]["hashPolicies"];
    if (twice) report.Add(twice, "hashPolicies already specified in the root level");
  }
}

void Check(const Node& spec, const Subject&, Report& report) {
  CheckTopTargetRef(spec, {.kinds = kTop, .gateway_listener_tags = true}, report);
  const Kind top = TopKind(spec);
  for (const Node& to : spec["to"].Items()) {
    const Node ref = to["targetRef"];
    TargetRefRules rules = {.kinds = *kTo[report.version()]};
    if (top == Kind::kMeshGateway) {
      const bool balanced = to["default"].Has("loadBalancer");
      rules.kinds = balanced ? kMeshOnly : kToBehindGateway;
      if (balanced) {
        rules.wrong_kind =
            "value 'MeshGateway' is not supported, only Mesh is allowed if loadBalancer is set";
      }
    }
    CheckTargetRef(ref, rules, report);
    if (KindOf(ref) == Kind::kMeshExternalService && top != Kind::kMesh) {
      report.Add(ref["kind"],
                 "kind MeshExternalService is only allowed with targetRef.kind: Mesh as it is "
                 "configured on the Zone Egress and shared by all clients in the mesh");
    }
    CheckConf(to["default"], ref, report);
  }
}

void WarnAboutPolicies(const Node& balancer, std::string_view kind, size_t index,
                       std::vector<std::string>& warnings) {
  const Node policies = balancer[kind]["hashPolicies"];
  if (!policies) return;
  warnings.push_back(
      fmt::format("configuration 'spec.to[{0}].default.loadBalancer.{1}.hashPolicies' is "
                  "deprecated, use 'spec.to[{0}].default.hashPolicies' instead",
                  index, kind));
  for (size_t i = 0; i < policies.size(); ++i) {
    if (policies.At(i)["type"].text() != "SourceIP") continue;
    warnings.push_back(
        fmt::format("SourceIP type for 'spec.to[{}].default.loadBalancer.{}.hashPolicies[{}].type' "
                    "is deprecated, use Connection instead",
                    index, kind, i));
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  const std::vector<Node> to = spec["to"].Items();
  for (size_t i = 0; i < to.size(); ++i) {
    const Node balancer = to[i]["default"]["loadBalancer"];
    const std::string_view type = balancer["type"].text();
    if (type == "RingHash") WarnAboutPolicies(balancer, "ringHash", i, warnings);
    if (type == "Maglev") WarnAboutPolicies(balancer, "maglev", i, warnings);
  }
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshLoadBalancingStrategyRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
