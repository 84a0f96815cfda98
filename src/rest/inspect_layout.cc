// SPDX-License-Identifier: Apache-2.0
// `_layout`: the ports of a proxy, what it can call, and who it is to others.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rest/inspect_endpoints.h"
#include "rest/kuma_answer.h"
#include "skyden/matching/attachments.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/resources/items_of_mesh.h"
#include "skyden/resources/resource_views.h"
#include "skyden/resources/templates.h"

namespace skyden::rest {
namespace {

using matching::Proxy;

constexpr std::string_view kTrustDomain = "{{ .Mesh }}.{{ .Zone }}.mesh.local";
constexpr std::string_view kWorkloadPath = "/workload/{{ .Workload }}";

const nlohmann::json* Member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::string TextOr(const nlohmann::json* object, const char* name, std::string_view otherwise) {
  const nlohmann::json* member = object == nullptr ? nullptr : Member(*object, name);
  return member != nullptr && member->is_string() ? member->get<std::string>()
                                                  : std::string(otherwise);
}

// A MeshIdentity that selects the proxy, by how many labels it asks for.
struct Candidate {
  size_t labels = 0;
  matching::Item resource;
  nlohmann::json spec;
};

std::optional<Candidate> ReadCandidate(const matching::Item& item, const model::Labels& labels) {
  Candidate candidate{0, item, nlohmann::json::parse(item->spec, nullptr, false)};
  const nlohmann::json* selector = Member(candidate.spec, "selector");
  const nlohmann::json* dataplane = selector == nullptr ? nullptr : Member(*selector, "dataplane");
  if (dataplane == nullptr) return std::nullopt;
  if (const nlohmann::json* wanted = Member(*dataplane, "matchLabels"); wanted != nullptr) {
    for (const auto& [key, value] : wanted->items()) {
      const auto found = labels.find(key);
      if (found == labels.end() || !value.is_string() || found->second != value) {
        return std::nullopt;
      }
      ++candidate.labels;
    }
  }
  return candidate;
}

bool IsReady(const model::Resource& identity) {
  const nlohmann::json status = nlohmann::json::parse(identity.status, nullptr, false);
  const nlohmann::json* conditions = Member(status, "conditions");
  if (conditions == nullptr || !conditions->is_array()) return false;
  return std::any_of(conditions->begin(), conditions->end(), [](const nlohmann::json& condition) {
    return TextOr(&condition, "type", "") == "Ready" && TextOr(&condition, "status", "") == "True";
  });
}

// nullopt when no identity is ready, or its templates need what the proxy lacks.
std::optional<std::string> SpiffeIdOf(const std::vector<matching::Item>& identities,
                                      const Proxy& proxy) {
  const model::Labels& labels = proxy.resource->labels;
  std::optional<Candidate> best;
  for (const matching::Item& item : identities) {
    auto candidate = ReadCandidate(item, labels);
    if (candidate && (!best || candidate->labels > best->labels)) best = std::move(candidate);
  }
  if (!best || !IsReady(*best->resource)) return std::nullopt;

  const nlohmann::json* spiffe = Member(best->spec, "spiffeID");
  const model::Labels& its_labels = best->resource->labels;
  const auto domain = resources::FillTemplate(
      TextOr(spiffe, "trustDomain", kTrustDomain),
      {{"Mesh", best->resource->key.mesh},
       {"Zone", std::string(model::LabelOf(its_labels, model::kZoneLabel))}},
      its_labels);
  if (!domain.ok()) return std::nullopt;
  auto id = resources::FillTemplate(
      "spiffe://{{ .TrustDomain }}" + TextOr(spiffe, "path", kWorkloadPath),
      {{"TrustDomain", *domain},
       {"Namespace", std::string(model::LabelOf(labels, model::kNamespaceLabel))},
       {"ServiceAccount", std::string(model::LabelOf(labels, model::kServiceAccountLabel))},
       {"Workload", std::string(model::LabelOf(labels, model::kWorkloadLabel))}},
      labels);
  // No segment of an identity is empty.
  if (!id.ok() || id->ends_with('/') || id->find("//", 9) != std::string::npos ||
      id->starts_with("spiffe:///")) {
    return std::nullopt;
  }
  return *std::move(id);
}

void WriteListeners(const Inspection& inspection, const matching::Identifier& id,
                    const Proxy& proxy, JsonWriter& json) {
  using Kind = Proxy::ZoneListener::Kind;
  json.Key("listeners").BeginArray();
  for (const Proxy::ZoneListener& listener : proxy.zone_listeners) {
    if (listener.kind == Kind::kOther) continue;
    const bool ingress = listener.kind == Kind::kIngress;
    const std::string section = listener.section();
    json.BeginObject()
        .Field("kri", matching::KriText(inspection.registry(), id.WithSection(section)))
        .Field("port", int64_t{listener.at.port})
        .Field("proxyResourceName",
               (ingress ? "self_zoneingress_dp_" : "self_zoneegress_dp_") + section)
        .Field("type", ingress ? "ZoneIngress" : "ZoneEgress")
        .EndObject();
  }
  json.EndArray();
}

void WriteOutbounds(const Inspection& inspection, const matching::MeshModel& mesh,
                    const Proxy& proxy, JsonWriter& json) {
  std::vector<std::pair<std::string, matching::ReachablePort>> outbounds;
  for (matching::ReachablePort& port : matching::ReachablePorts(mesh, proxy)) {
    outbounds.emplace_back(matching::KriText(inspection.registry(), port.id), std::move(port));
  }
  std::stable_sort(outbounds.begin(), outbounds.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  json.Key("outbounds").BeginArray();
  for (const auto& [kri, outbound] : outbounds) {
    json.BeginObject()
        .Field("kri", kri)
        .Field("port", int64_t{outbound.port})
        .Field("protocol", outbound.protocol)
        .Field("proxyResourceName", kri)
        .EndObject();
  }
  json.EndArray();
}

class Layout {
 public:
  explicit Layout(InspectionPtr inspection)
      : inspection_(std::move(inspection)),
        identity_type_(inspection_->registry().core().mesh_identity) {}

  void Get(CallPtr call) const {
    auto mesh = inspection_->Mesh(call, "Failed to build MeshContext");
    if (mesh == nullptr) return;
    mesh = inspection_->MeshOfNamed(*call, mesh);
    if (!mesh->has_exclusive_services()) {
      return call->Finish(
          KumaBadRequest("bad request: can't use _layout endpoint without meshService enabled"));
    }
    const auto proxy = inspection_->Proxy(call, "Failed to retrieve Dataplane");
    if (!proxy) return;
    const std::optional<std::string> spiffe_id = SpiffeId(*call, *proxy);
    call->Finish(KumaJson(200, Render(*mesh, *proxy, spiffe_id)));
  }

 private:
  std::optional<std::string> SpiffeId(const Call& call, const Proxy& proxy) const {
    if (identity_type_ == nullptr) return std::nullopt;
    const auto view = inspection_->deps().views.Get(*call.scope, identity_type_->id);
    if (!view.ok()) return std::nullopt;
    return SpiffeIdOf(resources::ItemsOfMesh(**view, proxy.resource->key.mesh), proxy);
  }

  std::string Render(const matching::MeshModel& mesh, const Proxy& proxy,
                     const std::optional<std::string>& spiffe_id) const {
    const matching::Identifier id =
        matching::IdentifierOf(inspection_->dataplane_type(), *proxy.resource);
    JsonWriter json;
    json.BeginObject().Key("inbounds").BeginArray();
    for (const Proxy::Inbound& inbound : proxy.inbounds) {
      const std::string section = inbound.section();
      json.BeginObject()
          .Field("kri", matching::KriText(inspection_->registry(), id.WithSection(section)))
          .Field("port", int64_t{inbound.at.port})
          .Field("protocol", inbound.protocol)
          .Field("proxyResourceName", "self_inbound_dp_" + section)
          .EndObject();
    }
    json.EndArray().Field("kri", matching::KriText(inspection_->registry(), id)).Key("labels");
    WriteTags(proxy.resource->labels, json);
    WriteListeners(*inspection_, id, proxy, json);
    WriteOutbounds(*inspection_, mesh, proxy, json);
    if (spiffe_id) json.Field("spiffeId", *spiffe_id);
    return json.EndObject().Take();
  }

  const InspectionPtr inspection_;
  const model::TypeDescriptor* identity_type_;
};

}  // namespace

void AddLayoutEndpoint(const InspectionPtr& inspection, KumaRoutes& routes) {
  const auto layout = std::make_shared<const Layout>(inspection);
  routes.Add(http::Method::kGet, "/meshes/{mesh}/dataplanes/{name}/_layout",
             [layout](CallPtr call) { layout->Get(std::move(call)); });
}

}  // namespace skyden::rest
