// SPDX-License-Identifier: Apache-2.0
// `_rules`: what the policies of every type mean for one proxy.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rest/inspect_endpoints.h"
#include "rest/inspect_parts.h"
#include "rest/kuma_answer.h"

namespace skyden::rest {
namespace {

using matching::MatchedPolicies;
using matching::Proxy;
using model::TypeDescriptor;

// Kuma's map of none is null.
void WriteTagsOrNull(const matching::Tags& tags, JsonWriter& json) {
  if (tags.empty()) {
    json.Null();
  } else {
    WriteTags(tags, json);
  }
}

// Whether tags of inbounds are shown. Kuma 3 knows only those of gateways.
enum class InboundTags { kShown, kUnknown };

void WriteInbound(const Proxy& proxy, const matching::Listener& at, InboundTags tags,
                  JsonWriter& json) {
  const Proxy::Inbound* inbound = proxy.InboundAt(at.port);
  json.BeginObject();
  if (inbound != nullptr) json.OptionalField("name", inbound->name);
  json.Field("port", int64_t{at.port}).Key("tags");
  if (proxy.is_gateway()) {
    WriteTagsOrNull(proxy.gateway_tags, json);
  } else {
    const bool has_tags = inbound != nullptr && tags == InboundTags::kShown;
    WriteTagsOrNull(has_tags ? inbound->tags : matching::Tags(), json);
  }
  json.EndObject();
}

void WriteMetas(const TypeDescriptor& type, const std::vector<matching::Item>& items,
                JsonWriter& json) {
  json.BeginArray();
  for (const matching::Item& item : items) WriteMeta(type, *item, json);
  json.EndArray();
}

void WriteSubsetRules(const TypeDescriptor& type, const std::vector<matching::SubsetRule>& rules,
                      JsonWriter& json) {
  json.BeginArray();
  for (const matching::SubsetRule& rule : rules) {
    json.BeginObject().Key("conf").Raw(rule.conf).Key("matchers").BeginArray();
    for (const matching::SubsetTag& tag : rule.subset) {
      json.BeginObject()
          .Field("key", tag.key)
          .Field("not", tag.negated)
          .Field("value", tag.value)
          .EndObject();
    }
    json.EndArray().Key("origin");
    WriteMetas(type, rule.origins, json);
    json.EndObject();
  }
  json.EndArray();
}

void WriteRuleOrigins(const TypeDescriptor& type, const std::vector<matching::Origin>& origins,
                      JsonWriter& json) {
  json.Key("origin").BeginArray();
  for (const matching::Origin& origin : origins) {
    json.BeginObject().Key("resourceMeta");
    WriteMeta(type, *origin.policy, json);
    json.Field("ruleIndex", static_cast<uint64_t>(origin.index)).EndObject();
  }
  json.EndArray();
}

void WriteFrom(const Proxy& proxy, const MatchedPolicies& matched, JsonWriter& json) {
  json.BeginArray();
  for (const auto& [listener, rules] : matched.from) {
    if (rules.empty()) continue;
    json.BeginObject().Key("inbound");
    WriteInbound(proxy, listener, InboundTags::kShown, json);
    json.Key("rules");
    WriteSubsetRules(*matched.type, rules, json);
    json.EndObject();
  }
  json.EndArray();
}

void WriteInboundRules(const Proxy& proxy, const MatchedPolicies& matched, InboundTags tags,
                       JsonWriter& json) {
  json.BeginArray();
  for (const auto& [listener, rules] : matched.inbound) {
    if (rules.empty()) continue;
    json.BeginObject().Key("inbound");
    WriteInbound(proxy, listener, tags, json);
    json.Key("rules").BeginArray();
    for (const matching::InboundRule& rule : rules) {
      json.BeginObject().Key("conf").BeginArray().Raw(rule.conf).EndArray();
      if (!rule.match.empty()) json.Key("match").Raw(rule.match);
      WriteRuleOrigins(*matched.type, {rule.origin}, json);
      json.EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
}

void WriteResourceRules(const model::TypeRegistry& registry, const MatchedPolicies& matched,
                        JsonWriter& json) {
  using Named = std::pair<const matching::Identifier*, const matching::ResourceRule*>;
  std::vector<Named> sorted;
  for (const auto& [id, rule] : matched.to_resources) sorted.emplace_back(&id, &rule);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Named& a, const Named& b) {
    return a.second->resource->key.name < b.second->resource->key.name;
  });
  json.BeginArray();
  for (const auto& [id, rule] : sorted) {
    const TypeDescriptor* type = registry.FindByName(id->type);
    if (type == nullptr) continue;
    json.BeginObject().Key("conf").BeginArray();
    for (const std::string& conf : rule->confs) json.Raw(conf);
    json.EndArray();
    WriteRuleOrigins(*matched.type, rule->origins, json);
    json.Key("resourceMeta");
    WriteMeta(*type, *rule->resource, json);
    json.Field("resourceSectionName", rule->section).EndObject();
  }
  json.EndArray();
}

template <class Rules>
bool HasAny(const std::map<matching::Listener, Rules>& by_listener) {
  return std::any_of(by_listener.begin(), by_listener.end(),
                     [](const auto& entry) { return !entry.second.empty(); });
}

void WriteHttpMatches(const std::map<std::string, std::string>& by_hash, JsonWriter& json) {
  json.BeginArray();
  for (const auto& [hash, matches] : by_hash) {
    json.BeginObject().Field("hash", hash).Key("match").Raw(matches).EndObject();
  }
  json.EndArray();
}

std::string RulesJson(const matching::MeshModel& mesh, const TypeDescriptor& type,
                      const Proxy& proxy) {
  std::map<std::string, std::string> http_matches;
  JsonWriter rules;
  rules.BeginArray();
  for (const TypeDescriptor* policy_type : matching::PolicyTypes(mesh.registry())) {
    MatchedPolicies matched = matching::MatchPolicies(mesh, *policy_type, proxy);
    http_matches.merge(matched.http_matches);
    const auto members = RuleOfType(mesh, proxy, matched);
    if (members.empty()) continue;
    rules.BeginObject();
    for (const auto& [name, text] : members) rules.Key(name).Raw(text);
    rules.EndObject();
  }
  rules.EndArray();

  JsonWriter json;
  json.BeginObject().Key("httpMatches");
  WriteHttpMatches(http_matches, json);
  json.Key("resource");
  WriteMeta(type, *proxy.resource, json);
  json.Key("rules").Raw(rules.Take()).EndObject();
  return json.Take();
}

// Whether peers are told by tags in what is said of the type.
bool TellsServicesByTags(const matching::MeshModel& mesh, const MatchedPolicies& matched) {
  return !mesh.has_exclusive_services() && !matched.to.empty();
}

bool SaysSomething(const matching::MeshModel& mesh, const MatchedPolicies& matched) {
  const bool has_rules =
      !matched.to_resources.empty() || !matched.proxy.empty() || HasAny(matched.inbound);
  if (!mesh.tells_by_tags()) {
    // What could not be resolved is told where some policy selects the proxy.
    const bool selects =
        !matched.to_resources.empty() || !matched.proxy.empty() || !matched.inbound.empty();
    return has_rules || (selects && !matched.warnings.empty());
  }
  // Kuma looks at the older form of rules first, and leaves out types that have none of them.
  if (matched.to.empty() && matched.to_resources.empty() && matched.from.empty() &&
      matched.proxy.empty()) {
    return false;
  }
  return has_rules || TellsServicesByTags(mesh, matched) || HasAny(matched.from);
}

}  // namespace

std::map<std::string, std::string> RuleOfType(const matching::MeshModel& mesh, const Proxy& proxy,
                                              const MatchedPolicies& matched) {
  if (!SaysSomething(mesh, matched)) return {};
  // In the order of their names, as they are shown.
  std::map<std::string, std::string> members;
  const auto add = [&members](const char* name, const auto& write) {
    JsonWriter json;
    write(json);
    members.emplace(name, json.Take());
  };
  const bool by_tags = mesh.tells_by_tags();
  if (by_tags) add("fromRules", [&](JsonWriter& json) { WriteFrom(proxy, matched, json); });
  add("inboundRules", [&](JsonWriter& json) {
    WriteInboundRules(proxy, matched, by_tags ? InboundTags::kShown : InboundTags::kUnknown, json);
  });
  if (!matched.proxy.empty()) {
    add("proxyRule", [&](JsonWriter& json) {
      const matching::SubsetRule& rule = matched.proxy.front();
      json.BeginObject().Key("conf").Raw(rule.conf).Key("origin");
      WriteMetas(*matched.type, rule.origins, json);
      json.EndObject();
    });
  }
  add("toResourceRules",
      [&](JsonWriter& json) { WriteResourceRules(mesh.registry(), matched, json); });
  if (by_tags) {
    add("toRules", [&](JsonWriter& json) {
      WriteSubsetRules(
          *matched.type,
          TellsServicesByTags(mesh, matched) ? matched.to : std::vector<matching::SubsetRule>(),
          json);
    });
  }
  add("type", [&](JsonWriter& json) { json.String(matched.type->name); });
  add("warnings", [&](JsonWriter& json) { json.Strings(matched.warnings); });
  return members;
}

std::string HttpMatchesJson(const std::map<std::string, std::string>& by_hash) {
  JsonWriter json;
  WriteHttpMatches(by_hash, json);
  return json.Take();
}

void AddRulesEndpoints(const InspectionPtr& inspection, KumaRoutes& routes) {
  routes.Add(http::Method::kGet, "/meshes/{mesh}/dataplanes/{name}/_rules",
             [inspection](CallPtr call) {
               const auto mesh = inspection->Mesh(call, kMeshTitle);
               if (mesh == nullptr) return;
               const auto proxy = inspection->Proxy(call, "Could not retrieve Dataplane");
               if (!proxy) return;
               const auto own = inspection->MeshOf(call, kMeshTitle, mesh, *proxy);
               if (own == nullptr) return;
               call->Finish(KumaJson(200, RulesJson(*own, inspection->dataplane_type(), *proxy)));
             });
  const TypeDescriptor* gateway_type = inspection->registry().core().mesh_gateway;
  routes.Add(http::Method::kGet, "/meshes/{mesh}/meshgateways/{name}/_rules",
             [inspection, gateway_type](CallPtr call) {
               const auto mesh = inspection->Mesh(call, kMeshTitle);
               if (mesh == nullptr) return;
               const auto gateway =
                   inspection->Resource(call, *gateway_type, "Could not retrieve MeshGateway");
               if (gateway == nullptr) return;
               const auto proxy = matching::ProxyOfGateway(gateway);
               if (!proxy.ok()) {
                 return call->Finish(KumaError(absl::InternalError(proxy.status().message()),
                                               "Invalid MeshGateway", call->request.request_id));
               }
               call->Finish(KumaJson(200, RulesJson(*mesh, *gateway_type, *proxy)));
             });
}

}  // namespace skyden::rest
