// SPDX-License-Identifier: Apache-2.0
// The older forms of inspection. They show the policies of the time before targetRef as well, and
// rules for peers that are told by their tags.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rest/inspect_endpoints.h"
#include "rest/inspect_gateway.h"
#include "rest/inspect_parts.h"
#include "rest/kuma_answer.h"
#include "skyden/matching/attachments.h"
#include "skyden/resources/resource_meta.h"

namespace skyden::rest {
namespace {

using matching::AttachedPolicy;
using matching::GatewayView;
using matching::MeshModel;
using matching::Proxy;
using model::TypeDescriptor;

constexpr std::string_view kContextTitle = "Could not build MeshContext";
constexpr std::string_view kMatchTitle = "Could not get MatchedPolicies";

// Of the older types, those that can be asked which dataplanes they are attached to.
constexpr std::string_view kNotAttached[] = {"MeshGatewayRoute", "VirtualOutbound"};

bool HasAttachments(const TypeDescriptor& type) {
  return type.is_policy && std::find(std::begin(kNotAttached), std::end(kNotAttached), type.name) ==
                               std::end(kNotAttached);
}

std::string ListOf(const std::vector<std::string>& items) {
  JsonWriter json;
  json.BeginObject().Field("total", static_cast<uint64_t>(items.size())).Key("items").BeginArray();
  for (const std::string& item : items) json.Raw(item);
  return json.EndArray().EndObject().Take();
}

std::string DataplaneItem(const model::ResourceKey& key) {
  JsonWriter json;
  json.BeginObject().Key("dataplane");
  WriteKey(key, json);
  return json.EndObject().Take();
}

class Attachments {
 public:
  explicit Attachments(InspectionPtr inspection) : inspection_(std::move(inspection)) {}

  void Policies(CallPtr call) const {
    const auto mesh = inspection_->Mesh(call, kContextTitle);
    if (mesh == nullptr) return;
    const auto proxy = inspection_->Proxy(call, kMatchTitle);
    if (!proxy) return;
    const auto own = inspection_->MeshOf(call, kContextTitle, mesh, *proxy);
    if (own == nullptr) return;
    const bool is_gateway = proxy->kind == Proxy::Kind::kBuiltinGateway;
    call->Finish(KumaJson(200, is_gateway
                                   ? GatewayJson(matching::ViewGateway(*own, *proxy))
                                   : SidecarJson(matching::AttachmentsOf(*own, *proxy, nullptr))));
  }

  void Rules(CallPtr call) const {
    const auto mesh = inspection_->Mesh(call, kContextTitle);
    if (mesh == nullptr) return;
    const auto proxy = inspection_->Proxy(call, kMatchTitle);
    if (!proxy) return;
    const auto own = inspection_->MeshOf(call, kContextTitle, mesh, *proxy);
    if (own == nullptr) return;
    std::vector<std::string> items;
    for (const matching::RuleAttachment& attachment : matching::RuleAttachmentsOf(*own, *proxy)) {
      items.push_back(RuleItem(attachment));
    }
    call->Finish(KumaJson(200, ListOf(items)));
  }

  void DataplanesOfPolicy(CallPtr call, const TypeDescriptor& type) const {
    const auto mesh = inspection_->Mesh(call, "Could not list Dataplanes");
    if (mesh == nullptr) return;
    const auto dataplanes = inspection_->Dataplanes(call, "Could not list Dataplanes");
    if (!dataplanes) return;
    const model::ResourceKey policy = {call->parameters["mesh"], call->parameters["name"]};
    MeshesByZone meshes(*inspection_, *call->scope, mesh);
    std::vector<std::string> items;
    for (const matching::Item& dataplane : *dataplanes) {
      const auto proxy = matching::ReadProxy(dataplane);
      if (!proxy.ok()) continue;
      if (proxy->kind == Proxy::Kind::kBuiltinGateway) {
        if (type.is_target_ref_policy) continue;  // not shown of gateways
        const GatewayView view = matching::ViewGateway(*mesh, *proxy);
        for (std::string& item : GatewayItems(view, dataplane->key, type, policy)) {
          items.push_back(std::move(item));
        }
      } else {
        AddSidecar(meshes.Of(*proxy), *proxy, type, policy, items);
      }
    }
    call->Finish(KumaJson(200, ListOf(items)));
  }

  void DataplanesOfGateway(CallPtr call, const TypeDescriptor& type) const {
    WithGateways(std::move(call), type, "Could not find MeshGateway",
                 [](const MeshModel& mesh, const Proxy& proxy, const std::string& name) {
                   return matching::GatewaySelects(mesh, name, proxy);
                 });
  }

  void DataplanesOfGatewayRoute(CallPtr call, const TypeDescriptor& type) const {
    WithGateways(std::move(call), type, "Could not find MeshGatewayRoute",
                 [](const MeshModel& mesh, const Proxy& proxy, const std::string& name) {
                   const GatewayView view = matching::ViewGateway(mesh, proxy);
                   for (const GatewayView::Listener& listener : view.listeners) {
                     for (const GatewayView::Host& host : listener.hosts) {
                       for (const GatewayView::Entry& entry : host.entries) {
                         if (entry.route == name) return true;
                       }
                     }
                   }
                   return false;
                 });
  }

 private:
  static std::string RuleItem(const matching::RuleAttachment& attachment) {
    JsonWriter json;
    json.BeginObject().Field("type", attachment.kind).OptionalField("name", attachment.name);
    if (!attachment.addresses.empty()) json.Key("addresses").Strings(attachment.addresses);
    json.OptionalField("service", attachment.service);
    if (!attachment.tags.empty()) {
      json.Key("tags");
      WriteTags(attachment.tags, json);
    }
    std::map<std::string, std::string> subset;
    for (const matching::SubsetTag& tag : attachment.rule.subset) {
      subset[tag.key] = (tag.negated ? "!" : "") + tag.value;
    }
    json.Field("policyType", attachment.type->name).Key("subset").BeginObject();
    for (const auto& [key, value] : subset) json.Field(key, value);
    json.EndObject().Key("conf").Raw(attachment.rule.conf).Key("origins").BeginArray();
    for (const matching::Item& origin : attachment.rule.origins) WriteKey(origin->key, json);
    return json.EndArray().EndObject().Take();
  }

  // A JSON list, as often as the policy is attached; empty when it is not.
  static std::string AttachmentsJson(const MeshModel& mesh, const Proxy& proxy,
                                     const TypeDescriptor& type, const model::ResourceKey& policy) {
    if (type.is_target_ref_policy) {
      const bool applies = matching::PolicyApplies(mesh, type, policy.name, proxy);
      return applies ? R"([{"type":"dataplane"}])" : "";
    }
    JsonWriter json;
    bool any = false;
    json.BeginArray();
    for (const matching::Attachment& attachment : matching::AttachmentsOf(mesh, proxy, &type)) {
      for (const AttachedPolicy& attached : attachment.policies) {
        if (attached.resource->key != policy) continue;
        any = true;
        json.BeginObject();
        WriteAttachment(attachment, json);
        json.EndObject();
      }
    }
    json.EndArray();
    return any ? json.Take() : "";
  }

  static void AddSidecar(const MeshModel& mesh, const Proxy& proxy, const TypeDescriptor& type,
                         const model::ResourceKey& policy, std::vector<std::string>& items) {
    const std::string attachments = AttachmentsJson(mesh, proxy, type, policy);
    if (attachments.empty()) return;
    JsonWriter json;
    json.BeginObject().Field("kind", "SidecarDataplane").Key("dataplane");
    WriteKey(proxy.resource->key, json);
    items.push_back(json.Key("attachments").Raw(attachments).EndObject().Take());
  }

  template <class Uses>
  void WithGateways(CallPtr call, const TypeDescriptor& type, std::string_view title,
                    const Uses& uses) const {
    const auto mesh = inspection_->Mesh(call, "Could not build mesh context");
    if (mesh == nullptr) return;
    if (inspection_->Resource(call, type, title) == nullptr) return;
    const auto dataplanes = inspection_->Dataplanes(call, "Could not build mesh context");
    if (!dataplanes) return;
    const std::string name = call->parameters["name"];
    std::vector<std::string> items;
    for (const matching::Item& dataplane : *dataplanes) {
      const auto proxy = matching::ReadProxy(dataplane);
      if (!proxy.ok() || proxy->kind != Proxy::Kind::kBuiltinGateway) continue;
      if (uses(*mesh, *proxy, name)) items.push_back(DataplaneItem(dataplane->key));
    }
    call->Finish(KumaJson(200, ListOf(items)));
  }

  const InspectionPtr inspection_;
};

}  // namespace

bool HasDataplanesEndpoint(const TypeDescriptor& type) {
  return HasAttachments(type) || type.name == "MeshGateway" || type.name == "MeshGatewayRoute";
}

void AddAttachmentEndpoints(const InspectionPtr& inspection, KumaRoutes& routes) {
  const auto attachments = std::make_shared<const Attachments>(inspection);
  routes.Add(http::Method::kGet, "/meshes/{mesh}/dataplanes/{name}/policies",
             [attachments](CallPtr call) { attachments->Policies(std::move(call)); });
  // To Kuma 3 it is one of the questions to a zone that there are not.
  routes.AddIn(
      kOnlyInTwo, http::Method::kGet, "/meshes/{mesh}/dataplanes/{name}/rules",
      [attachments](CallPtr call) { attachments->Rules(std::move(call)); },
      KumaNotFound(std::string(kAdminOperationTitle)));
  using Method = void (Attachments::*)(CallPtr, const TypeDescriptor&) const;
  for (const TypeDescriptor& type : inspection->registry().all()) {
    if (!HasDataplanesEndpoint(type)) continue;
    Method method = &Attachments::DataplanesOfPolicy;
    if (type.name == "MeshGateway") method = &Attachments::DataplanesOfGateway;
    if (type.name == "MeshGatewayRoute") method = &Attachments::DataplanesOfGatewayRoute;
    routes.Add(http::Method::kGet, "/meshes/{mesh}/" + type.path + "/{name}/dataplanes",
               [attachments, method, &type](CallPtr call) {
                 ((*attachments).*method)(std::move(call), type);
               });
  }
}

}  // namespace skyden::rest
