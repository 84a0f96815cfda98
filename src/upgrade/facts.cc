// SPDX-License-Identifier: Apache-2.0
#include "upgrade/facts.h"

#include <algorithm>

#include "skyden/matching/identifier.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/resources/items_of_mesh.h"
#include "upgrade/json.h"

namespace skyden::upgrade {
namespace {

constexpr std::string_view kServices[] = {"MeshService", "MeshExternalService",
                                          "MeshMultiZoneService"};

uint32_t PortOf(Json& json) {
  const Json* port = Find(json, "port");
  return port != nullptr && port->is_number_unsigned() ? port->get<uint32_t>() : 0;
}

bool HasAll(const model::Labels& theirs, const model::Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = theirs.find(label.first);
    return found != theirs.end() && found->second == label.second;
  });
}

// By how many of its inbounds, or the gateway that it is, tags select a proxy.
enum class Selected { kNone, kSome, kAll };
Selected SelectedByTags(const matching::Proxy& proxy, const model::Labels& tags) {
  size_t selected = 0;
  size_t all = proxy.inbounds.size();
  for (const auto& inbound : proxy.inbounds) {
    if (matching::Selects(tags, inbound.tags)) ++selected;
  }
  if (proxy.is_gateway()) {
    ++all;
    if (matching::Selects(tags, proxy.gateway_tags)) ++selected;
  }
  if (selected == 0) return Selected::kNone;
  return selected == all ? Selected::kAll : Selected::kSome;
}

}  // namespace

MeshFacts::MeshFacts(const model::TypeRegistry& registry, const resources::Foresight::Views& views,
                     std::string mesh_name) {
  const model::CoreTypes& core = registry.core();
  for (const auto& item : resources::ItemsOfMesh(*views.at(core.dataplane->id), mesh_name)) {
    auto proxy = matching::ReadProxy(item);
    if (proxy.ok()) proxies_.push_back(*std::move(proxy));
  }
  has_identity_ = !resources::ItemsOfMesh(*views.at(core.mesh_identity->id), mesh_name).empty();
  ReadServices(registry, views, mesh_name);
}

void MeshFacts::ReadServices(const model::TypeRegistry& registry,
                             const resources::Foresight::Views& views,
                             const std::string& mesh_name) {
  for (const std::string_view name : kServices) {
    const model::TypeDescriptor* type = registry.FindByName(name);
    if (type == nullptr) continue;
    for (const auto& item : resources::ItemsOfMesh(*views.at(type->id), mesh_name)) {
      Service service{type->name, item->labels, {}};
      service.labels.emplace(model::kDisplayNameLabel, matching::DisplayName(*item));
      Json spec = Json::parse(item->spec, nullptr, /*allow_exceptions=*/false);
      if (Json* match = Find(spec, "match")) service.ports.push_back(PortOf(*match));
      ForEach(spec, "ports", [&](Json& port, size_t) { service.ports.push_back(PortOf(port)); });
      services_.push_back(std::move(service));
    }
  }
}

bool MeshFacts::SaySame(const model::Labels& labels, const model::Labels& tags) {
  const auto [known, is_new] = known_.try_emplace({labels, tags}, false);
  if (!is_new) return known->second;
  bool any = false;
  for (const matching::Proxy& proxy : proxies_) {
    const Selected selected = SelectedByTags(proxy, tags);
    const bool labelled = HasAll(proxy.resource->labels, labels);
    if (selected == Selected::kSome || labelled != (selected == Selected::kAll)) return false;
    any = any || labelled;
  }
  return known->second = any;
}

bool MeshFacts::HasService(std::string_view type, const model::Labels& labels,
                           uint32_t port) const {
  return std::any_of(services_.begin(), services_.end(), [&](const Service& service) {
    return service.type == type && HasAll(service.labels, labels) &&
           (port == 0 ||
            std::find(service.ports.begin(), service.ports.end(), port) != service.ports.end());
  });
}

}  // namespace skyden::upgrade
