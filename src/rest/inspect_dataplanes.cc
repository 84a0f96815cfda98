// SPDX-License-Identifier: Apache-2.0
// Which dataplanes a policy or a MeshService selects.
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rest/inspect_endpoints.h"
#include "rest/kuma_answer.h"
#include "rest/list_query.h"
#include "rest/negotiation.h"

namespace skyden::rest {
namespace {

using matching::Proxy;
using model::TypeDescriptor;
using nlohmann::json;

constexpr std::string_view kPolicyTitle = "Could not retrieve policy";
constexpr std::string_view kListFailed = "failed inspect";

using Selects = std::function<bool(const Proxy&)>;

// A page of the dataplanes that are selected.
void Answer(const Inspection& inspection, CallPtr call, const resources::ListRequest& page,
            const Selects& selects) {
  const auto dataplanes = inspection.Dataplanes(call, kListFailed);
  if (!dataplanes) return;
  uint64_t total = 0;
  JsonWriter out;
  out.BeginObject().Key("items").BeginArray();
  for (const matching::Item& dataplane : *dataplanes) {
    if (dataplane->key.name.find(page.name_contains) == std::string::npos) continue;
    const auto proxy = matching::ReadProxy(dataplane);
    if (!proxy.ok() || !selects(*proxy)) continue;
    if (total >= page.offset && total - page.offset < page.size) {
      WriteMeta(inspection.dataplane_type(), *dataplane, out);
    }
    ++total;
  }
  out.EndArray();
  if (total > page.offset && total - page.offset > page.size) {
    out.Field("next",
              NextLink(call->request, inspection.deps().trusted_proxies, page.offset + page.size));
  }
  call->Finish(KumaJson(200, out.Field("total", total).EndObject().Take()));
}

// Reads the page that is asked for and finds what is to select, in Kuma's order: the size first,
// the offset last. Null when the call was answered.
matching::Item Begin(const Inspection& inspection, CallPtr& call, const TypeDescriptor& type,
                     resources::ListRequest& page) {
  std::optional<http::Response> refusal = ReadSize(*call, kPolicyTitle, page);
  matching::Item item;
  if (!refusal) {
    item = inspection.Resource(call, type, kPolicyTitle);
    if (item == nullptr) return nullptr;
    page.name_contains = call->query.Get("name").value_or("");
    refusal = ReadOffset(*call, page, kListFailed);
  }
  if (!refusal) return item;
  call->Finish(*std::move(refusal));
  call = nullptr;
  return nullptr;
}

void OfPolicy(const Inspection& inspection, CallPtr call, const TypeDescriptor& type) {
  const auto mesh = inspection.Mesh(call, "Failed to retrieve Mesh");
  if (mesh == nullptr) return;
  resources::ListRequest page;
  const matching::Item policy = Begin(inspection, call, type, page);
  if (policy == nullptr) return;
  const model::TenantScope scope = *call->scope;
  MeshesByZone meshes(inspection, scope, mesh);
  Answer(inspection, std::move(call), page, [&](const Proxy& proxy) {
    return matching::PolicySelects(meshes.Of(proxy), type, policy->key.name, proxy);
  });
}

matching::Tags Pairs(const json& object) {
  matching::Tags pairs;
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) pairs[key] = value.get<std::string>();
  }
  return pairs;
}

// By the dataplane's name, its tags or its labels.
Selects SelectorOf(const model::Resource& service) {
  const json spec = json::parse(service.spec, nullptr, false);
  const json selector = spec.is_object() ? spec.value("selector", json::object()) : json();
  if (!selector.is_object()) return [](const Proxy&) { return false; };
  if (const auto ref = selector.find("dataplaneRef"); ref != selector.end() && ref->is_object()) {
    return [name = ref->value("name", std::string())](const Proxy& proxy) {
      return proxy.resource->key.name == name;
    };
  }
  if (const auto tags = selector.find("dataplaneTags");
      tags != selector.end() && tags->is_object()) {
    return [wanted = Pairs(*tags)](const Proxy& proxy) { return proxy.HasTags(wanted); };
  }
  const auto labels = selector.find("dataplaneLabels");
  if (labels == selector.end() || !labels->is_object()) return [](const Proxy&) { return false; };
  const json match_labels = labels->value("matchLabels", json::object());
  return [wanted = Pairs(match_labels)](const Proxy& proxy) {
    for (const auto& [key, value] : wanted) {
      const auto found = proxy.resource->labels.find(key);
      if (found == proxy.resource->labels.end() || found->second != value) return false;
    }
    return true;
  };
}

void OfService(const Inspection& inspection, CallPtr call, const TypeDescriptor& type) {
  resources::ListRequest page;
  const matching::Item service = Begin(inspection, call, type, page);
  if (service == nullptr) return;
  Answer(inspection, std::move(call), page, SelectorOf(*service));
}

}  // namespace

void AddSelectedDataplanesEndpoints(const InspectionPtr& inspection, KumaRoutes& routes) {
  for (const TypeDescriptor& type : inspection->registry().all()) {
    if (!type.is_policy) continue;
    routes.Add(http::Method::kGet, "/meshes/{mesh}/" + type.path + "/{name}/_resources/dataplanes",
               [inspection, &type](CallPtr call) { OfPolicy(*inspection, std::move(call), type); });
  }
  const TypeDescriptor* service = inspection->registry().core().mesh_service;
  const auto of_service = [inspection, service](CallPtr call) {
    OfService(*inspection, std::move(call), *service);
  };
  routes.AddIn(kOnlyInTwo, http::Method::kGet,
               "/meshes/{mesh}/meshservices/{name}/_resources/dataplanes", of_service);
  routes.Add(http::Method::kGet, "/meshes/{mesh}/meshservices/{name}/_dataplanes", of_service);
}

}  // namespace skyden::rest
