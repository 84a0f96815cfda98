// SPDX-License-Identifier: Apache-2.0
#include "skyden/matching/matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "matching/inbound_rules.h"
#include "matching/mesh_data.h"
#include "matching/resource_rules.h"
#include "matching/selection.h"
#include "matching/subset_rules.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"

namespace skyden::matching {
namespace {

using Policies = std::vector<const Policy*>;

// In rising order of precedence.
void Sort(Policies& policies) {
  std::stable_sort(policies.begin(), policies.end(), [](const Policy* a, const Policy* b) {
    int order = CompareTargets(a->target, b->target);
    if (order == 0) order = a->origin_rank - b->origin_rank;
    if (order == 0 && a->target.kind == TargetKind::kMeshGateway) {
      order = static_cast<int>(a->target.tags.size()) - static_cast<int>(b->target.tags.size());
    }
    if (order == 0) order = a->role_rank - b->role_rank;
    if (order == 0) order = CompareNames(*a, *b);
    return order < 0;
  });
}

// The same listener may appear more than once: two inbounds on one port.
using PoliciesByListener = std::map<Listener, Policies>;

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + '"';
}

void Warn(const absl::Status& error, std::string_view what, std::vector<std::string>& warnings) {
  if (error.ok()) return;
  warnings.push_back(
      fmt::format("couldn't create {} rules: {}", what, std::string(base::ToStd(error.message()))));
}

// What selects a proxy, all of it and by listener, in rising order of precedence.
struct Selected {
  Policies policies;
  PoliciesByListener by_listener;
  std::vector<std::string> warnings;
};

Selected SelectAll(const MeshModel& mesh, const model::TypeDescriptor& type, const Proxy& proxy) {
  Selected selected;
  const Gateway* gateway = GatewayOf(mesh, proxy, GatewayScope::kOfItsZone);
  for (const auto& policy : mesh.data().PoliciesOf(type.id)) {
    if (policy->shadow) continue;
    const Selection selection = Select(mesh, *policy, proxy, gateway);
    if (!selection.error.empty()) {
      const model::ResourceKey& key = policy->resource->key;
      selected.warnings.push_back(
          fmt::format("unable to resolve TargetRef on policy: mesh:{} name:{} error:{}", key.mesh,
                      key.name, Quoted(selection.error)));
    }
    if (!selection.any()) continue;
    selected.policies.push_back(policy.get());
    for (const Listener& listener : selection.listeners) {
      selected.by_listener[listener].push_back(policy.get());
    }
  }
  Sort(selected.policies);
  for (auto& [listener, list] : selected.by_listener) Sort(list);
  return selected;
}

void BuildInbound(const PoliciesByListener& by_listener, MatchedPolicies& matched) {
  for (const auto& [listener, policies] : by_listener) {
    matched.inbound[listener] = BuildInboundRules(policies);
  }
}

absl::Status BuildFrom(const PoliciesByListener& by_listener, MatchedPolicies& matched) {
  // Most often the same policies are for all listeners.
  std::map<Policies, Listener> first_with;
  for (const auto& [listener, policies] : by_listener) {
    const auto [first, is_new] = first_with.emplace(policies, listener);
    if (!is_new) {
      matched.from[listener] = matched.from.at(first->second);
      matched.inbound[listener] = matched.inbound.at(first->second);
      continue;
    }
    std::vector<PeerEntry> entries;
    for (const Policy* policy : policies) {
      for (PeerEntry& entry : PeerEntries(*policy, policy->from)) {
        entries.push_back(std::move(entry));
      }
    }
    auto rules = BuildSubsetRules(entries, Negations::kAll, ConfShape::kPlain, nullptr);
    if (!rules.ok()) {
      matched.from.clear();
      matched.inbound.clear();
      return rules.status();
    }
    matched.from[listener] = *std::move(rules);
    matched.inbound[listener] = BuildInboundRules(policies);
  }
  return absl::OkStatus();
}

const Policy* RouteOf(const MeshModel& mesh, const Policy& policy) {
  const Policy* last = nullptr;
  for (const auto& route : mesh.data().PoliciesOf(mesh.registry().core().mesh_http_route->id)) {
    if (IsReferenced(*policy.resource, policy.target.name, *route->resource)) last = route.get();
  }
  return last;
}

// A policy on a route is for the traffic that the route's matches select, wherever the route sends
// it: told by a tag that holds the hash of the matches.
std::vector<PeerEntry> EntriesOnRoute(const Policy& policy, const Policy& route) {
  constexpr std::string_view kMatchesTag = "__rule-matches-hash__";
  std::vector<PeerEntry> entries;
  for (const Entry& to : route.to) {
    const Json* rules = Member(to.conf, "rules");
    if (rules == nullptr) continue;
    for (auto rule = rules->rbegin(); rule != rules->rend(); ++rule) {
      const Json* matches = Member(*rule, "matches");
      TargetRef target;
      const bool whole_mesh =
          to.target.kind == TargetKind::kMesh || to.target.kind == TargetKind::kMeshSubset;
      target.kind = whole_mesh ? TargetKind::kMeshSubset : TargetKind::kMeshServiceSubset;
      if (!whole_mesh) target.name = to.target.name;
      target.tags = {
          {std::string(kMatchesTag), HashOfMatches(matches == nullptr ? Json() : *matches)}};
      for (const Entry& own : policy.to) entries.push_back({&policy, target, &own.conf});
    }
  }
  return entries;
}

void BuildToResources(const MeshModel& mesh, const Policies& policies, MatchedPolicies& matched) {
  const ConfShape shape = ShapeOf(matched.type->name);
  matched.to_resources = BuildResourceRules(
      mesh, policies, shape, shape == ConfShape::kByHostname ? &matched.http_matches : nullptr);
}

absl::Status BuildTo(const MeshModel& mesh, const Policies& policies, MatchedPolicies& matched) {
  std::vector<PeerEntry> entries;
  Policies not_on_routes;
  for (const Policy* policy : policies) {
    if (policy->target.kind != TargetKind::kMeshHttpRoute) not_on_routes.push_back(policy);
    const bool names_routes = std::any_of(
        policy->to.begin(), policy->to.end(),
        [](const Entry& entry) { return entry.target.kind == TargetKind::kMeshHttpRoute; });
    if (names_routes) continue;
    std::vector<PeerEntry> own;
    if (policy->target.kind == TargetKind::kMeshHttpRoute) {
      const Policy* route = RouteOf(mesh, *policy);
      if (route == nullptr) return absl::NotFoundError("can't resolve MeshHTTPRoute policy");
      own = EntriesOnRoute(*policy, *route);
    } else {
      own = PeerEntries(*policy, policy->to);
    }
    std::move(own.begin(), own.end(), std::back_inserter(entries));
  }
  const ConfShape shape = ShapeOf(matched.type->name);
  auto* http_matches = shape == ConfShape::kByHostname ? &matched.http_matches : nullptr;
  SKYDEN_ASSIGN_OR_RETURN(matched.to,
                          BuildSubsetRules(entries, Negations::kNone, shape, http_matches));
  BuildToResources(mesh, not_on_routes, matched);
  return absl::OkStatus();
}

absl::Status BuildSingle(const Policies& policies, MatchedPolicies& matched) {
  std::vector<PeerEntry> entries;
  for (const Policy* policy : policies) entries.push_back({policy, TargetRef(), &policy->conf});
  SKYDEN_ASSIGN_OR_RETURN(matched.proxy,
                          BuildSubsetRules(entries, Negations::kNone, ConfShape::kPlain, nullptr));
  return absl::OkStatus();
}

template <class T>
const T* FindByName(const SharedList<T>& list, std::string_view name) {
  const auto found = std::lower_bound(
      list.begin(), list.end(), name,
      [](const auto& item, std::string_view wanted) { return item->resource->key.name < wanted; });
  return found == list.end() || (*found)->resource->key.name != name ? nullptr : found->get();
}

bool SelectsAny(const std::vector<Tags>& selectors, const Proxy& proxy) {
  return std::any_of(selectors.begin(), selectors.end(),
                     [&](const Tags& selector) { return proxy.HasTags(selector); });
}

}  // namespace

std::vector<const model::TypeDescriptor*> PolicyTypes(const model::TypeRegistry& registry) {
  std::vector<const model::TypeDescriptor*> types;
  for (const model::TypeDescriptor& type : registry.all()) {
    if (type.matching_order) types.push_back(&type);
  }
  std::sort(types.begin(), types.end(),
            [](const auto* a, const auto* b) { return *a->matching_order < *b->matching_order; });
  return types;
}

std::vector<Item> PoliciesFor(const MeshModel& mesh, const model::TypeDescriptor& type,
                              const Proxy& proxy) {
  std::vector<Item> policies;
  for (const Policy* policy : SelectAll(mesh, type, proxy).policies) {
    policies.push_back(policy->resource);
  }
  return policies;
}

MatchedPolicies MatchPolicies(const MeshModel& mesh, const model::TypeDescriptor& type,
                              const Proxy& proxy) {
  MatchedPolicies matched;
  matched.type = &type;
  Selected selected = SelectAll(mesh, type, proxy);
  matched.warnings = std::move(selected.warnings);
  for (const Policy* policy : selected.policies) matched.policies.push_back(policy->resource);
  if (mesh.tells_by_tags()) {
    absl::Status from;
    absl::Status to;
    if (type.has_from_target_ref) from = BuildFrom(selected.by_listener, matched);
    if (type.has_to_target_ref) to = BuildTo(mesh, selected.policies, matched);
    Warn(from, "From", matched.warnings);
    Warn(to, "To", matched.warnings);
    Warn(to.ok() ? from : to, "Gateway", matched.warnings);  // which are made of both
  } else {
    if (type.has_rules_target_ref) BuildInbound(selected.by_listener, matched);
    if (type.has_to_target_ref) BuildToResources(mesh, selected.policies, matched);
  }
  if (HasSingleConf(type))
    Warn(BuildSingle(selected.policies, matched), "top level", matched.warnings);
  return matched;
}

bool PolicyApplies(const MeshModel& mesh, const model::TypeDescriptor& type, std::string_view name,
                   const Proxy& proxy) {
  const Policy* policy = FindByName(mesh.data().PoliciesOf(type.id), name);
  if (policy == nullptr || policy->shadow) return false;
  return Select(mesh, *policy, proxy, GatewayOf(mesh, proxy, GatewayScope::kOfItsZone)).any();
}

bool PolicySelects(const MeshModel& mesh, const model::TypeDescriptor& type, std::string_view name,
                   const Proxy& proxy) {
  if (type.is_target_ref_policy) {
    const Policy* policy = FindByName(mesh.data().PoliciesOf(type.id), name);
    if (policy == nullptr) return false;
    const Gateway* gateway = proxy.kind == Proxy::Kind::kBuiltinGateway
                                 ? GatewayOf(mesh, proxy, GatewayScope::kOfItsZone)
                                 : nullptr;
    return Select(mesh, *policy, proxy, gateway).any();
  }
  const LegacyPolicy* policy = FindByName(mesh.data().LegacyOf(type.id), name);
  return policy != nullptr &&
         (SelectsAny(policy->selectors, proxy) || SelectsAny(policy->sources, proxy) ||
          SelectsAny(policy->destinations, proxy));
}

const ResourceRule* FirstRule(const ResourceRules& rules, const std::vector<Identifier>& ids) {
  for (const Identifier& id : ids) {
    if (const auto found = rules.find(id); found != rules.end()) return &found->second;
  }
  return nullptr;
}

const ResourceRule* RuleFor(const MeshModel& mesh, const ResourceRules& rules,
                            const Identifier& id) {
  const bool is_destination = id.type == "MeshService" || id.type == "MeshExternalService" ||
                              id.type == "MeshMultiZoneService" || id.type == kHttpRoute;
  if (!is_destination) return FirstRule(rules, {id});
  std::vector<Identifier> ids = {id, id.WithoutSection()};
  Identifier its_mesh;
  its_mesh.type = "Mesh";
  its_mesh.name = id.mesh;
  if (its_mesh == MeshIdentifier(mesh)) ids.push_back(std::move(its_mesh));
  return FirstRule(rules, ids);
}

Identifier MeshIdentifier(const MeshModel& mesh) { return mesh.data().mesh_target->id; }

}  // namespace skyden::matching
