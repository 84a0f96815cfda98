// SPDX-License-Identifier: Apache-2.0
// `_policies`: the confs that apply to a proxy as a whole, to one of its inbounds, or to what it
// calls. Only for meshes in which services are resources, as all are to zones of Kuma 3.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rest/inspect_endpoints.h"
#include "rest/kuma_answer.h"

namespace skyden::rest {
namespace {

using matching::Identifier;
using matching::MatchedPolicies;
using matching::MeshModel;
using matching::Proxy;
using model::TypeDescriptor;

constexpr std::string_view kDataplane = "/meshes/{mesh}/dataplanes/{name}";

bool IsRoute(const TypeDescriptor& type) {
  return type.name == "MeshHTTPRoute" || type.name == "MeshTCPRoute";
}

// What an endpoint is asked about.
struct Subject {
  MeshModels::Model mesh;
  Proxy proxy;
};

class PolicyConfs {
 public:
  explicit PolicyConfs(InspectionPtr inspection) : inspection_(std::move(inspection)) {}

  void OfProxy(CallPtr call) const {
    const auto subject = Find(call);
    if (!subject) return;
    JsonWriter json;
    json.BeginObject().Key("policies").BeginArray();
    for (const MatchedPolicies& matched : Match(*subject, [](const auto&) { return true; })) {
      if (matched.proxy.empty()) continue;
      const matching::SubsetRule& rule = matched.proxy.front();
      WriteConf(*matched.type, rule.conf, rule.origins, json);
    }
    call->Finish(KumaJson(200, Done(json)));
  }

  void OfInbound(CallPtr call) const {
    const auto subject = Find(call);
    if (!subject) return;
    const auto id = inspection_->Identifier(call, "kri");
    if (!id) return;
    const auto listener = ListenerOf(subject->proxy, id->section);
    if (!listener) {
      return call->Finish(
          KumaError(absl::InternalError(fmt::format("the proxy has no inbound {}", id->section)),
                    "Failed building response", call->request.request_id));
    }
    JsonWriter json;
    json.BeginObject().Key("policies").BeginArray();
    for (const MatchedPolicies& matched : Match(*subject, [](const auto&) { return true; })) {
      const auto rules = matched.inbound.find(*listener);
      if (rules == matched.inbound.end() || rules->second.empty()) continue;
      WriteInboundConf(*matched.type, rules->second, json);
    }
    call->Finish(KumaJson(200, Done(json)));
  }

  void OfOutbound(CallPtr call) const { WithRules(std::move(call), /*route=*/{}); }
  void OfRoute(CallPtr call) const { WithRules(std::move(call), "route_kri"); }

  void RoutesOfOutbound(CallPtr call) const {
    const auto subject = Find(call);
    if (!subject) return;
    const auto id = inspection_->Identifier(call, "kri");
    if (!id) return;
    JsonWriter json;
    json.BeginObject().Key("routes").BeginArray();
    for (const MatchedPolicies& matched : Match(*subject, IsRoute)) {
      const auto* rule = matching::RuleFor(*subject->mesh, matched.to_resources, *id);
      if (rule != nullptr) WriteRoutes(*matched.type, *rule, json);
    }
    call->Finish(KumaJson(200, Done(json)));
  }

 private:
  static std::string Done(JsonWriter& json) { return json.EndArray().EndObject().Take(); }

  std::optional<Subject> Find(CallPtr& call) const {
    Subject subject;
    subject.mesh = inspection_->Mesh(call, kMeshTitle);
    if (subject.mesh == nullptr) return std::nullopt;
    auto proxy = inspection_->Proxy(call, "Could not retrieve Dataplane");
    if (!proxy) return std::nullopt;
    subject.proxy = *std::move(proxy);
    subject.mesh = inspection_->MeshOf(call, kMeshTitle, subject.mesh, subject.proxy);
    if (subject.mesh == nullptr) return std::nullopt;
    if (!subject.mesh->has_exclusive_services()) {
      call->Finish(
          KumaBadRequest("bad request: can't use _policies endpoint without meshService enabled"));
      call = nullptr;
      return std::nullopt;
    }
    return subject;
  }

  std::vector<MatchedPolicies> Match(
      const Subject& subject, const std::function<bool(const TypeDescriptor&)>& wanted) const {
    std::vector<MatchedPolicies> all;
    for (const TypeDescriptor* type : matching::PolicyTypes(inspection_->registry())) {
      if (wanted(*type)) {
        all.push_back(matching::MatchPolicies(*subject.mesh, *type, subject.proxy));
      }
    }
    return all;
  }

  static std::optional<matching::Listener> ListenerOf(const Proxy& proxy,
                                                      const std::string& section) {
    for (const Proxy::Inbound& inbound : proxy.inbounds) {
      if (section.empty() || inbound.section() == section) return inbound.at;
    }
    for (const Proxy::ZoneListener& listener : proxy.zone_listeners) {
      if (section.empty() || listener.section() == section) return listener.at;
    }
    return std::nullopt;
  }

  // `route_parameter`: of the path, if the question is about a route.
  void WithRules(CallPtr call, std::string_view route_parameter) const {
    const auto subject = Find(call);
    if (!subject) return;
    const auto outbound = inspection_->Identifier(call, "kri");
    if (!outbound) return;
    std::vector<Identifier> ids = {*outbound, outbound->WithoutSection(),
                                   matching::MeshIdentifier(*subject->mesh)};
    const bool on_route = !route_parameter.empty();
    if (on_route) {
      const auto route = inspection_->Identifier(call, route_parameter);
      if (!route) return;
      ids.insert(ids.begin(), *route);
    }
    JsonWriter json;
    json.BeginObject().Key("policies").BeginArray();
    const auto wanted = [on_route](const TypeDescriptor& type) {
      return !on_route || !IsRoute(type);
    };
    for (const MatchedPolicies& matched : Match(*subject, wanted)) {
      const auto* rule = matching::FirstRule(matched.to_resources, ids);
      if (rule == nullptr) continue;
      JsonWriter confs;
      confs.BeginArray();
      for (const std::string& conf : rule->confs) confs.Raw(conf);
      confs.EndArray();
      WriteConf(*matched.type, confs.Take(), PoliciesOf(rule->origins), json);
    }
    call->Finish(KumaJson(200, Done(json)));
  }

  static std::vector<matching::Item> PoliciesOf(const std::vector<matching::Origin>& origins) {
    std::vector<matching::Item> policies;
    for (const matching::Origin& origin : origins) policies.push_back(origin.policy);
    return policies;
  }

  void WriteConf(const TypeDescriptor& type, const std::string& conf,
                 const std::vector<matching::Item>& origins, JsonWriter& json) const {
    json.BeginObject().Key("conf").Raw(conf).Field("kind", type.name).Key("origins");
    WriteOrigins(*inspection_, type, origins, json);
    json.EndObject();
  }

  void WriteInboundConf(const TypeDescriptor& type, const std::vector<matching::InboundRule>& rules,
                        JsonWriter& json) const {
    std::vector<matching::Item> origins;  // each once
    for (const matching::InboundRule& rule : rules) {
      const matching::Item& policy = rule.origin.policy;
      const auto same = [&](const matching::Item& other) { return other->key == policy->key; };
      if (std::none_of(origins.begin(), origins.end(), same)) origins.push_back(policy);
    }
    json.BeginObject().Field("kind", type.name).Key("origins");
    WriteOrigins(*inspection_, type, origins, json);
    json.Key("rules").BeginArray();
    for (const matching::InboundRule& rule : rules) {
      json.BeginObject()
          .Key("conf")
          .Raw(rule.conf)
          .Field("kri", inspection_->Kri(type, *rule.origin.policy))
          .EndObject();
    }
    json.EndArray().EndObject();
  }

  void WriteRoutes(const TypeDescriptor& type, const matching::ResourceRule& rule,
                   JsonWriter& json) const {
    json.BeginObject().Field("kind", type.name).Key("origins");
    WriteOrigins(*inspection_, type, PoliciesOf(rule.origins), json);
    json.Key("rules");
    if (rule.routes.empty()) json.Null();
    if (!rule.routes.empty()) json.BeginArray();
    for (const matching::ResourceRule::Route& route : rule.routes) {
      json.BeginObject().Key("conf").Raw(route.conf);
      json.Field("kri", route.origin == nullptr ? "" : inspection_->Kri(type, *route.origin));
      json.Key("matches").Raw(route.matches.empty() ? "null" : route.matches).EndObject();
    }
    if (!rule.routes.empty()) json.EndArray();
    json.EndObject();
  }

  const InspectionPtr inspection_;
};

}  // namespace

void AddPolicyConfEndpoints(const InspectionPtr& inspection, KumaRoutes& routes) {
  const auto confs = std::make_shared<const PolicyConfs>(inspection);
  using Method = void (PolicyConfs::*)(CallPtr) const;
  const auto add = [&](std::string_view below, Method method) {
    routes.Add(http::Method::kGet, std::string(kDataplane) + std::string(below),
               [confs, method](CallPtr call) { ((*confs).*method)(std::move(call)); });
  };
  add("/_policies", &PolicyConfs::OfProxy);
  add("/_inbounds/{kri}/_policies", &PolicyConfs::OfInbound);
  add("/_outbounds/{kri}/_policies", &PolicyConfs::OfOutbound);
  add("/_outbounds/{kri}/_routes", &PolicyConfs::RoutesOfOutbound);
  add("/_outbounds/{kri}/_routes/{route_kri}/_policies", &PolicyConfs::OfRoute);
}

}  // namespace skyden::rest
