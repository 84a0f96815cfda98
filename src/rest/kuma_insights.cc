// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "rest/json_writer.h"
#include "rest/kuma_answer.h"
#include "rest/kuma_endpoints.h"
#include "rest/list_query.h"
#include "rest/service_insights.h"
#include "skyden/insights/insights.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/access.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/resource_manager.h"

namespace skyden::rest {
namespace {

using http::Method;
using model::TypeDescriptor;

// The object that the insight of a mesh would be in a cluster.
std::string KubernetesForm(const std::string& universal) {
  using Json = nlohmann::ordered_json;
  Json spec = Json::parse(universal, nullptr, /*allow_exceptions=*/false);
  if (!spec.is_object()) return universal;
  const std::string created = spec["creationTime"].is_string() ? spec["creationTime"] : "";
  Json object = {{"kind", spec["type"]},
                 {"apiVersion", "kuma.io/v1alpha1"},
                 {"metadata",
                  {{"name", spec["name"]},
                   // To the second, as Kubernetes has times.
                   {"creationTimestamp", created.substr(0, created.find_first_of(".Z")) + "Z"}}}};
  for (const char* meta : {"type", "name", "creationTime", "modificationTime"}) spec.erase(meta);
  object["spec"] = std::move(spec);
  return object.dump();
}

// The page that `request` asks for, out of items made all at once.
http::Response InsightPage(const Call& call, const Deps& deps,
                           const resources::ListRequest& request,
                           const std::vector<std::string>& items) {
  const size_t begin = std::min(request.offset, items.size());
  const size_t end = begin + std::min(request.size, items.size() - begin);
  std::optional<size_t> next;
  if (end < items.size()) next = end;
  PageItems page(begin, next, deps.page_bytes);
  for (size_t i = begin; i < end; ++i) {
    if (!page.Add(items[i])) break;
  }
  return KumaJson(200, ListJson(call, deps.trusted_proxies, items.size(), page));
}

class Insights {
 public:
  Insights(const Deps& deps, const TypeDescriptor& mesh_insight)
      : deps_(deps), mesh_insight_(mesh_insight) {}

  void Global(CallPtr call) const {
    auto insight = deps_.insights.GlobalInsight(*call->scope);
    Answer(std::move(call), std::move(insight), "Could not retrieve global insight");
  }
  void GlobalCounts(CallPtr call) const {
    auto insight = deps_.insights.GlobalInsights(*call->scope);
    Answer(std::move(call), std::move(insight), "Could not retrieve global insights");
  }
  void Mesh(CallPtr call) const {
    const absl::Status may = resources::CheckReadsAllOf(*call->scope, call->parameters["name"]);
    if (!may.ok()) return call->Finish(KumaError(may, kGetTitle, call->request.request_id));
    auto insight = deps_.insights.MeshInsight(*call->scope, call->parameters["name"]);
    const std::string_view format = call->query.Get("format").value_or("");
    if (insight.ok() && !IsKumaFormat(format)) {
      return call->Finish(KumaUnknownFormat(kGetTitle));
    }
    if (insight.ok() && format.starts_with('k')) *insight = KubernetesForm(*insight);
    Answer(std::move(call), std::move(insight), kGetTitle);
  }

  void Meshes(CallPtr call) const {
    resources::ListRequest request;
    auto refusal = ReadListQuery(*call, mesh_insight_, request);
    if (!refusal) refusal = ReadOffset(*call, request);
    if (refusal) return call->Finish(*std::move(refusal));
    // They carry no labels, so no filter on labels finds one.
    if (!request.label_filters.empty()) return call->Finish(InsightPage(*call, deps_, request, {}));
    if (model::IsInParts(*call->scope)) return SomeMeshes(std::move(call), request);
    const auto list = deps_.insights.MeshInsights(*call->scope, request.name_contains,
                                                  request.offset, request.size);
    if (!list.ok()) {
      return call->Finish(KumaError(list.status(), kListTitle, call->request.request_id));
    }
    std::optional<size_t> next;
    const size_t end = request.offset + list->items.size();
    if (!list->items.empty() && end < list->total) next = end;
    PageItems page(request.offset, next, deps_.page_bytes);
    for (const std::string& item : list->items) {
      if (!page.Add(item)) break;
    }
    call->Finish(KumaJson(200, ListJson(*call, deps_.trusted_proxies, list->total, page)));
  }

 private:
  // Those that count nothing but what the caller may read.
  void SomeMeshes(CallPtr call, const resources::ListRequest& request) const {
    std::vector<std::string> items;
    for (const std::string& mesh : model::MeshesReadWhole(*call->scope)) {
      if (mesh.find(request.name_contains) == std::string::npos) continue;
      auto insight = deps_.insights.MeshInsight(*call->scope, mesh);
      if (absl::IsNotFound(insight.status())) continue;
      if (!insight.ok()) {
        return call->Finish(KumaError(insight.status(), kListTitle, call->request.request_id));
      }
      items.push_back(*std::move(insight));
    }
    call->Finish(InsightPage(*call, deps_, request, items));
  }

  static void Answer(CallPtr call, const absl::StatusOr<std::string>& json,
                     std::string_view title) {
    call->Finish(json.ok() ? KumaJson(200, *json)
                           : KumaError(json.status(), title, call->request.request_id));
  }

  const Deps& deps_;
  const TypeDescriptor& mesh_insight_;
};

class Services {
 public:
  Services(const Deps& deps, const TypeDescriptor& mesh) : deps_(deps), mesh_(mesh) {}

  void List(CallPtr call) const {
    if (auto refusal = MeshRefusal(*call)) return call->Finish(*std::move(refusal));
    const std::string& mesh = call->parameters["mesh"];
    const auto insights = deps_.insights.ServiceInsights(*call->scope, mesh);
    if (!insights.ok()) {
      return call->Finish(KumaError(insights.status(), kListTitle, call->request.request_id));
    }
    const auto kinds =
        ReadServiceKinds(call->query.Get("type").value_or(""), call->scope->version());
    if (!kinds) return call->Finish(KumaBadRequest("bad request: unsupported service type"));
    const auto items = ExpandServiceInsights(
        deps_.codec, *insights, {std::string(call->query.Get("name").value_or("")), *kinds});
    resources::ListRequest request;
    auto refusal = ReadPage(*call, "Could not paginate resources", request);
    call->Finish(refusal ? *std::move(refusal) : InsightPage(*call, deps_, request, items));
  }

  void Get(CallPtr call) const {
    if (auto refusal = MeshRefusal(*call)) return call->Finish(*std::move(refusal));
    const std::string& mesh = call->parameters["mesh"];
    const auto insights = deps_.insights.ServiceInsights(*call->scope, mesh);
    if (!insights.ok()) {
      return call->Finish(KumaError(insights.status(), kGetTitle, call->request.request_id));
    }
    if (insights->empty()) return call->Finish(KumaNotFound(std::string(kGetTitle)));
    call->Finish(KumaJson(
        200, RenderServiceInsight(deps_.codec, insights->front(), call->parameters["name"])));
  }

 private:
  std::optional<http::Response> MeshRefusal(const Call& call) const {
    const std::string& mesh = call.parameters["mesh"];
    if (mesh.empty()) return std::nullopt;
    const auto found = deps_.manager.Get(*call.scope, mesh_, {"", mesh});
    if (found.ok()) return std::nullopt;
    if (absl::IsNotFound(found.status())) return KumaNotFound("Failed to retrieve Mesh");
    return KumaError(found.status(), "Failed to retrieve Mesh", call.request.request_id);
  }

  const Deps& deps_;
  const TypeDescriptor& mesh_;
};

}  // namespace

void AddInsightEndpoints(const Deps& deps, KumaRoutes& routes) {
  const TypeDescriptor* mesh_insight = deps.registry.core().mesh_insight;
  const TypeDescriptor* service_insight = deps.registry.core().service_insight;
  const TypeDescriptor* mesh = deps.registry.core().mesh;
  const auto insights = std::make_shared<Insights>(deps, *mesh_insight);
  const auto bound = [insights](void (Insights::*method)(CallPtr) const) -> Action {
    return [insights, method](CallPtr call) { ((*insights).*method)(std::move(call)); };
  };
  routes.Add(Method::kGet, "/global-insight", bound(&Insights::Global));
  routes.Add(Method::kGet, "/global-insights", bound(&Insights::GlobalCounts));
  const auto add_of_mesh = [&](const std::string& path, void (Insights::*method)(CallPtr) const) {
    routes.Add(Method::kGet, path, bound(method), KumaRoutes::Needs::kUser,
               KumaRoutes::Answers::kJson, KumaRoutes::Narrowed::kDecides);
  };
  add_of_mesh("/" + mesh_insight->path, &Insights::Meshes);
  add_of_mesh("/" + mesh_insight->path + "/{name}", &Insights::Mesh);

  const auto services = std::make_shared<Services>(deps, *mesh);
  const auto list = [services](CallPtr call) { services->List(std::move(call)); };
  routes.Add(Method::kGet, "/" + service_insight->path, list);
  routes.Add(Method::kGet, "/meshes/{mesh}/" + service_insight->path, list);
  routes.Add(Method::kGet, "/meshes/{mesh}/" + service_insight->path + "/{name}",
             [services](CallPtr call) { services->Get(std::move(call)); });
}

}  // namespace skyden::rest
