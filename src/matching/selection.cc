// SPDX-License-Identifier: Apache-2.0
#include "matching/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "matching/legacy.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::matching {
namespace {

using model::Labels;

// Made in `zone`, as far as its labels tell.
bool IsOfZone(const Labels& labels, std::string_view zone) {
  if (model::LabelOf(labels, model::kOriginLabel) != model::kOriginZone) return false;
  const auto label = labels.find(model::kZoneLabel);
  return label == labels.end() || label->second == zone;
}

// A policy that a zone made is for proxies of that zone, unless it is a producer's.
bool IsOfSameZone(const Labels& policy, const Labels& selected) {
  if (model::LabelOf(policy, model::kPolicyRoleLabel) == "producer") return true;
  const auto origin = selected.find(model::kOriginLabel);
  if (origin == selected.end() || origin->second == model::kOriginGlobal) return true;
  if (model::LabelOf(policy, model::kOriginLabel) != model::kOriginZone) return true;
  const auto zone = policy.find(model::kZoneLabel);
  return zone == policy.end() || IsOfZone(selected, zone->second);
}

// A consumer's or workload owner's policy is for proxies of its namespace.
bool IsOfSameNamespace(const Labels& policy, const Labels& proxy) {
  const std::string_view role = model::LabelOf(policy, model::kPolicyRoleLabel);
  if (role != "consumer" && role != "workload-owner") return true;
  const auto name_space = policy.find(model::kNamespaceLabel);
  return name_space != policy.end() &&
         name_space->second == model::LabelOf(proxy, model::kNamespaceLabel);
}

bool IsOfProxyTypes(const TargetRef& target, const Proxy& proxy) {
  if (target.proxy_types.empty()) return true;
  const std::string_view type = proxy.is_gateway() ? "Gateway" : "Sidecar";
  return std::find(target.proxy_types.begin(), target.proxy_types.end(), type) !=
         target.proxy_types.end();
}

Selection SelectByTags(const Tags& tags, const Proxy& proxy, const Gateway* gateway) {
  Selection selection;
  for (const Proxy::Inbound& inbound : proxy.inbounds) {
    if (Selects(tags, inbound.tags)) selection.listeners.push_back(inbound.at);
  }
  if (gateway != nullptr) {
    std::vector<Listener> seen;
    for (const Gateway::Port& port : gateway->ports) {
      if (!Selects(tags, ListenerTags(proxy, *gateway, port))) continue;
      const Listener at{port.port, proxy.address};
      if (std::find(seen.begin(), seen.end(), at) != seen.end()) continue;
      seen.push_back(at);
    }
    selection.listeners.insert(selection.listeners.end(), seen.begin(), seen.end());
  }
  selection.delegated_gateway =
      proxy.kind == Proxy::Kind::kDelegatedGateway && Selects(tags, proxy.gateway_tags);
  return selection;
}

bool HasLabels(const Labels& labels, const Tags& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    return model::LabelOf(labels, label.first) == label.second;
  });
}

bool MeansProxy(const MeshModel& mesh, const TargetRef& target, const Policy& policy,
                const Proxy& proxy) {
  if (target.name.empty() && target.name_space.empty() && !target.labels) return true;
  if (!target.name.empty()) {
    const Identifier own = IdentifierOf(*mesh.registry().core().dataplane, *proxy.resource);
    if (own == Resolve(target, policy.id)) return true;
  }
  return target.labels && HasLabels(proxy.resource->labels, *target.labels);
}

Selection SelectDataplane(const MeshModel& mesh, const Policy& policy, const Proxy& proxy) {
  const TargetRef& target = policy.target;
  Selection selection;
  if (!MeansProxy(mesh, target, policy, proxy)) return selection;
  for (const Proxy::Inbound& inbound : proxy.inbounds) {
    if (target.section.empty() || inbound.section() == target.section) {
      selection.listeners.push_back(inbound.at);
    }
  }
  for (const Proxy::ZoneListener& listener : proxy.zone_listeners) {
    if (target.section.empty() || listener.section() == target.section) {
      selection.listeners.push_back(listener.at);
    }
  }
  selection.delegated_gateway = proxy.kind == Proxy::Kind::kDelegatedGateway;
  return selection;
}

Tags ServiceTags(const TargetRef& target) {
  Tags tags = target.kind == TargetKind::kMeshServiceSubset ? target.tags : Tags();
  tags.emplace(model::kServiceTag, target.name);
  return tags;
}

// A map as Go prints it.
std::string GoText(const std::optional<Tags>& labels) {
  std::string text = "map[";
  if (labels) {
    for (const auto& [key, value] : *labels) {
      text += fmt::format("{}{}:{}", text.back() == '[' ? "" : " ", key, value);
    }
  }
  return text + "]";
}

const Policy* FindRoute(const MeshModel& mesh, const Policy& from, std::string_view name) {
  const model::TypeDescriptor* type = mesh.registry().FindByName(kHttpRoute);
  if (type == nullptr) return nullptr;
  for (const auto& route : mesh.data().PoliciesOf(type->id)) {
    if (IsReferenced(*from.resource, name, *route->resource)) return route.get();
  }
  return nullptr;
}

}  // namespace

const Gateway* GatewayOf(const MeshModel& mesh, const Proxy& proxy, GatewayScope scope) {
  const std::string_view zone = model::LabelOf(proxy.resource->labels, model::kZoneLabel);
  const bool has_zone = proxy.resource->labels.contains(model::kZoneLabel);
  BestProxyPolicy<Gateway> best;
  if (mesh.data().gateways == nullptr) return nullptr;
  for (const auto& gateway : *mesh.data().gateways) {
    const Labels& labels = gateway->resource->labels;
    const auto origin = labels.find(model::kOriginLabel);
    const bool counts = scope == GatewayScope::kAll || origin == labels.end() ||
                        origin->second == model::kOriginGlobal || !has_zone ||
                        IsOfZone(labels, zone);
    if (counts) {
      best.Consider(*gateway, gateway->selectors,
                    [&](const Tags& selector) { return proxy.HasTags(selector); });
    }
  }
  return best.get();
}

Selection Select(const MeshModel& mesh, const Policy& policy, const Proxy& proxy,
                 const Gateway* gateway) {
  const Labels& labels = policy.resource->labels;
  const Labels& selected = gateway != nullptr ? gateway->resource->labels : proxy.resource->labels;
  if (!IsOfSameZone(labels, selected)) return {};
  if (!IsOfSameNamespace(labels, proxy.resource->labels)) return {};
  const TargetRef& target = policy.target;
  switch (target.kind) {
    case TargetKind::kMesh: {
      if (!IsOfProxyTypes(target, proxy)) return {};
      Selection selection = SelectByTags({}, proxy, gateway);
      for (const Proxy::ZoneListener& listener : proxy.zone_listeners) {
        selection.listeners.push_back(listener.at);
      }
      return selection;
    }
    case TargetKind::kDataplane:
      return gateway != nullptr ? Selection() : SelectDataplane(mesh, policy, proxy);
    case TargetKind::kMeshSubset:
      return IsOfProxyTypes(target, proxy) ? SelectByTags(target.tags, proxy, gateway)
                                           : Selection();
    case TargetKind::kMeshService:
    case TargetKind::kMeshServiceSubset:
      return SelectByTags(ServiceTags(target), proxy, gateway);
    case TargetKind::kMeshGateway: {
      if (gateway == nullptr || proxy.kind != Proxy::Kind::kBuiltinGateway ||
          !IsReferenced(*policy.resource, target.name, *gateway->resource)) {
        return {};
      }
      Selection selection = SelectByTags(target.tags, proxy, gateway);
      selection.delegated_gateway = false;
      return selection;
    }
    case TargetKind::kMeshHttpRoute: {
      if (mesh.data().table->targets == TargetRefDialect::kThree) {
        return {{},
                false,
                "couldn't resolve MeshHTTPRoute targetRef with labels " + GoText(target.labels)};
      }
      const Policy* route = FindRoute(mesh, policy, target.name);
      // A route that is about a route would lead nowhere.
      if (route == nullptr || route->target.kind == TargetKind::kMeshHttpRoute) {
        return {
            {},
            false,
            fmt::format("couldn't resolve MeshHTTPRoute targetRef with name '{}'", target.name)};
      }
      return Select(mesh, *route, proxy, gateway);
    }
    default:
      return {{}, false, fmt::format("unsupported targetRef kind '{}'", target.kind_name)};
  }
}

}  // namespace skyden::matching
