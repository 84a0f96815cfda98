// SPDX-License-Identifier: Apache-2.0
// Dataplanes, zones and zone proxies, each with its insight beside it.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "rest/json_writer.h"
#include "rest/kuma_answer.h"
#include "rest/kuma_endpoints.h"
#include "rest/list_query.h"
#include "skyden/base/check.h"
#include "skyden/base/clock.h"
#include "skyden/insights/insights.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/access.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"

namespace skyden::rest {
namespace {

using http::Method;
using model::TypeDescriptor;

constexpr std::string_view kInsightTitle = "Could not retrieve insights";

struct Overviewed {
  const char* type;
  const char* field;       // of the resource, in an overview
  const char* older_path;  // what `/_overview` was once called
};
constexpr Overviewed kOverviewed[] = {
    {"Dataplane", "dataplane", "dataplanes+insights"},
    {"Zone", "zone", "zones+insights"},
    {"ZoneIngress", "zoneIngress", "zoneingresses+insights"},
    {"ZoneEgress", "zoneEgress", "zoneegressoverviews"},
};

// Of one type. Immutable.
class Overviews {
 public:
  Overviews(const Deps& deps, const TypeDescriptor& type, const TypeDescriptor& insight,
            const Overviewed& kind)
      : deps_(deps), type_(type), insight_(insight), kind_(kind) {}

  void Get(CallPtr call) const {
    const model::ResourceKey key{call->parameters["mesh"], call->parameters["name"]};
    if (const absl::Status may = resources::CheckMayKnow(*call->scope, insight_, key); !may.ok()) {
      return call->Finish(KumaError(may, kInsightTitle, call->request.request_id));
    }
    const auto resource = deps_.manager.Get(*call->scope, type_, key);
    if (!resource.ok()) {
      return call->Finish(KumaError(resource.status(), kGetTitle, call->request.request_id));
    }
    const auto insights = deps_.views.Get(*call->scope, insight_.id);
    if (!insights.ok()) {
      return call->Finish(KumaError(insights.status(), kInsightTitle, call->request.request_id));
    }
    // There is no overview in a cluster, so a known format changes nothing.
    if (!IsKumaFormat(call->query.Get("format").value_or(""))) {
      return call->Finish(KumaUnknownFormat(kGetTitle));
    }
    const auto presence = deps_.insights.Presence(*call->scope);
    if (!presence.ok()) {
      return call->Finish(KumaError(presence.status(), kInsightTitle, call->request.request_id));
    }
    const auto insight = (*insights)->Find(resource->key);
    call->Finish(
        KumaJson(200, Render(*resource, insight ? InsightJson(**presence, *insight) : "{}")));
  }

  void List(CallPtr call) const {
    resources::ListRequest request;
    if (auto refusal = ReadListQuery(*call, type_, request)) {
      return call->Finish(*std::move(refusal));
    }
    if (const absl::Status may = CheckInsights(*call->scope, request); !may.ok()) {
      return call->Finish(KumaError(may, kListTitle, call->request.request_id));
    }
    auto bad_offset = ReadOffset(*call, request);
    if (bad_offset) request.size = 1;
    const auto list = deps_.manager.List(*call->scope, request);
    if (!list.ok()) {
      return call->Finish(KumaError(list.status(), kListTitle, call->request.request_id));
    }
    if (bad_offset) return call->Finish(*std::move(bad_offset));
    const auto insights = deps_.views.Get(*call->scope, insight_.id);
    if (!insights.ok()) {
      return call->Finish(KumaError(insights.status(), kListTitle, call->request.request_id));
    }
    const auto presence = deps_.insights.Presence(*call->scope);
    if (!presence.ok()) {
      return call->Finish(KumaError(presence.status(), kListTitle, call->request.request_id));
    }
    PageItems page(request.offset, list->next_offset, deps_.page_bytes);
    for (const auto& item : list->items) {
      const auto insight = (*insights)->Find(item->key);
      if (!page.Add(Render(*item, insight ? InsightJson(**presence, *insight) : ""))) break;
    }
    call->Finish(KumaJson(200, ListJson(*call, deps_.trusted_proxies, list->total, page)));
  }

 private:
  // An overview is shown to who may read both.
  absl::Status CheckInsights(const model::TenantScope& scope,
                             const resources::ListRequest& request) const {
    if (!model::IsInParts(scope)) return absl::OkStatus();
    if (request.mesh) return resources::CheckMayRead(scope, insight_, {*request.mesh, ""});
    const bool same = resources::MayRead(scope, type_) == resources::MayRead(scope, insight_);
    return same ? absl::OkStatus() : resources::CheckMayRead(scope, insight_);
  }

  std::string InsightJson(const insights::ZonePresence& presence,
                          const model::Resource& insight) const {
    if (insight_.name == "ZoneInsight") {
      return deps_.codec.SpecJson(insights::WithGenerations(insight, deps_.clock.Now()));
    }
    return deps_.codec.SpecJson(presence.Shown(insight_, insight));
  }

  // `insight_json` empty: left out.
  std::string Render(const model::Resource& resource, std::string_view insight_json) const {
    // The resource as it is printed without a spec is what all kinds of it have in common; an
    // overview differs in its type.
    model::Resource bare = resource;
    bare.spec.clear();
    std::string text = deps_.codec.RenderUniversal(bare);
    const std::string begin = fmt::format("{{\"type\":\"{}\"", type_.name);
    SKYDEN_DCHECK(text.starts_with(begin));
    text.replace(0, begin.size(), fmt::format("{{\"type\":\"{}Overview\"", type_.name));
    text.pop_back();
    text += fmt::format(",\"{}\":{}", kind_.field, deps_.codec.SpecJson(resource));
    if (!insight_json.empty()) text += fmt::format(",\"{}Insight\":{}", kind_.field, insight_json);
    text.push_back('}');
    return text;
  }

  const Deps& deps_;
  const TypeDescriptor& type_;
  const TypeDescriptor& insight_;
  const Overviewed& kind_;
};

void AddPath(const std::shared_ptr<Overviews>& overviews, PathVersions versions,
             const std::string& list, const std::string& item, KumaRoutes& routes) {
  const auto add = [&](const std::string& path, Action action) {
    routes.AddIn(versions, Method::kGet, path, std::move(action), std::nullopt,
                 KumaRoutes::Narrowed::kDecides);
  };
  add(list, [overviews](CallPtr call) { overviews->List(std::move(call)); });
  if (item.empty()) return;
  add(item, [overviews](CallPtr call) { overviews->Get(std::move(call)); });
}

}  // namespace

void AddOverviewEndpoints(const Deps& deps, KumaRoutes& routes) {
  for (const Overviewed& kind : kOverviewed) {
    const TypeDescriptor* type = deps.registry.FindByName(kind.type);
    const TypeDescriptor* insight = deps.registry.FindByName(fmt::format("{}Insight", kind.type));
    if (type == nullptr || insight == nullptr) continue;
    const auto overviews = std::make_shared<Overviews>(deps, *type, *insight, kind);
    const PathVersions versions = VersionsOf(deps.registry, *type);
    const bool in_mesh = type->scope == model::ResourceScope::kMesh;
    const std::string prefix = in_mesh ? "/meshes/{mesh}/" : "/";
    for (const std::string& path : {type->path, type->alternative_path}) {
      if (path.empty()) continue;
      AddPath(overviews, versions, fmt::format("{}{}/_overview", prefix, path),
              fmt::format("{}{}/{{name}}/_overview", prefix, path), routes);
      if (in_mesh) AddPath(overviews, versions, fmt::format("/{}/_overview", path), "", routes);
    }
    AddPath(overviews, versions, prefix + kind.older_path,
            fmt::format("{}{}/{{name}}", prefix, kind.older_path), routes);
    if (in_mesh) AddPath(overviews, versions, fmt::format("/{}", kind.older_path), "", routes);
  }
}

}  // namespace skyden::rest
