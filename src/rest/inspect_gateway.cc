// SPDX-License-Identifier: Apache-2.0
#include "rest/inspect_gateway.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "rest/inspection.h"
#include "skyden/resources/resource_meta.h"

namespace skyden::rest {
namespace {

using matching::AttachedPolicy;
using matching::GatewayView;
using model::TypeDescriptor;

// {"Timeout":{...}}
void WritePolicyOfEach(const std::vector<AttachedPolicy>& policies, JsonWriter& json) {
  std::map<std::string_view, const AttachedPolicy*> by_type;
  for (const AttachedPolicy& policy : policies) by_type[policy.type->name] = &policy;
  json.BeginObject();
  for (const auto& [type, policy] : by_type) {
    json.Key(type).Raw(resources::RenderMeta(*policy->type, *policy->resource));
  }
  json.EndObject();
}

std::string TagText(const matching::Tags& tags) {
  std::string text;
  for (const auto& [key, value] : tags) text += (text.empty() ? "" : ",") + key + "=" + value;
  return text;
}

// The destinations of each route. Of the ways that one entry forwards, Kuma shows the last.
void WriteRoutes(const GatewayView::Host& host, JsonWriter& json) {
  std::map<std::string, std::vector<const GatewayView::Destination*>> by_route;
  for (const GatewayView::Entry& entry : host.entries) {
    if (entry.forwards.empty()) continue;
    auto& destinations = by_route[entry.route];
    for (const auto& mirror : entry.mirrors) destinations.push_back(&mirror);
    destinations.push_back(&entry.forwards.back());
  }
  json.Key("routes").BeginArray();
  for (auto& [route, destinations] : by_route) {
    std::stable_sort(destinations.begin(), destinations.end(), [](const auto* a, const auto* b) {
      return TagText(a->tags) < TagText(b->tags);
    });
    json.BeginObject().Field("route", route).Key("destinations").BeginArray();
    for (const auto* destination : destinations) {
      json.BeginObject().Key("tags");
      WriteTags(destination->tags, json);
      json.Key("policies");
      WritePolicyOfEach(destination->policies, json);
      json.EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
}

void WriteGatewayKey(const GatewayView& view, JsonWriter& json) {
  json.Key("gateway");
  WriteKey(view.gateway == nullptr ? model::ResourceKey() : view.gateway->key, json);
}

}  // namespace

std::string GatewayJson(const GatewayView& view) {
  JsonWriter json;
  json.BeginObject().Field("kind", "MeshGatewayDataplane");
  WriteGatewayKey(view, json);
  json.Key("listeners").BeginArray();
  for (const GatewayView::Listener& listener : view.listeners) {
    json.BeginObject()
        .Field("port", int64_t{listener.port})
        .Field("protocol", listener.protocol)
        .Key("hosts")
        .BeginArray();
    for (const GatewayView::Host& host : listener.hosts) {
      json.BeginObject().Field("hostName", host.name);
      WriteRoutes(host, json);
      json.EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
  if (!view.policies.empty()) {
    json.Key("policies");
    WritePolicyOfEach(view.policies, json);
  }
  return json.EndObject().Take();
}

namespace {

bool Has(const std::vector<AttachedPolicy>& policies, const TypeDescriptor& type,
         const model::ResourceKey& key) {
  return std::any_of(policies.begin(), policies.end(), [&](const AttachedPolicy& policy) {
    return policy.type == &type && policy.resource->key == key;
  });
}

// Where in a gateway a policy is attached.
class GatewayUse {
 public:
  GatewayUse(const GatewayView& view, const TypeDescriptor& type, const model::ResourceKey& policy)
      : view_(view), type_(type), policy_(policy) {}

  std::vector<std::string> Items(const model::ResourceKey& dataplane) const {
    std::vector<std::string> items;
    JsonWriter listeners;
    bool any = false;
    listeners.BeginArray();
    for (const GatewayView::Listener& listener : view_.listeners) {
      any |= WriteListener(listener, listeners);
    }
    listeners.EndArray();
    if (any) items.push_back(Item(dataplane, listeners.Take()));
    if (Has(view_.policies, type_, policy_)) items.push_back(Item(dataplane, {}));
    return items;
  }

 private:
  std::string Item(const model::ResourceKey& dataplane, std::string_view listeners) const {
    JsonWriter json;
    json.BeginObject().Field("kind", "MeshGatewayDataplane").Key("dataplane");
    WriteKey(dataplane, json);
    WriteGatewayKey(view_, json);
    if (!listeners.empty()) json.Key("listeners").Raw(listeners);
    return json.EndObject().Take();
  }

  bool WriteListener(const GatewayView::Listener& listener, JsonWriter& json) const {
    JsonWriter hosts;
    bool any = false;
    hosts.BeginArray();
    for (const GatewayView::Host& host : listener.hosts) any |= WriteHost(host, hosts);
    hosts.EndArray();
    if (!any) return false;
    json.BeginObject()
        .Field("port", int64_t{listener.port})
        .Field("protocol", listener.protocol)
        .Key("hosts")
        .Raw(hosts.Take())
        .EndObject();
    return true;
  }

  bool WriteHost(const GatewayView::Host& host, JsonWriter& json) const {
    JsonWriter routes;
    bool any = false;
    routes.BeginArray();
    for (const GatewayView::Entry& entry : host.entries) {
      std::vector<const matching::Tags*> destinations;
      for (const auto* list : {&entry.mirrors, &entry.forwards}) {
        for (const GatewayView::Destination& destination : *list) {
          if (Has(destination.policies, type_, policy_)) destinations.push_back(&destination.tags);
        }
      }
      if (destinations.empty()) continue;
      any = true;
      routes.BeginObject().Field("route", entry.route).Key("destinations").BeginArray();
      for (const matching::Tags* tags : destinations) WriteTags(*tags, routes);
      routes.EndArray().EndObject();
    }
    routes.EndArray();
    if (!any) return false;
    json.BeginObject().Field("hostName", host.name).Key("routes").Raw(routes.Take()).EndObject();
    return true;
  }

  const GatewayView& view_;
  const TypeDescriptor& type_;
  const model::ResourceKey& policy_;
};

}  // namespace

std::vector<std::string> GatewayItems(const GatewayView& view, const model::ResourceKey& dataplane,
                                      const TypeDescriptor& type,
                                      const model::ResourceKey& policy) {
  return GatewayUse(view, type, policy).Items(dataplane);
}

}  // namespace skyden::rest
