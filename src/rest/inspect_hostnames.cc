// SPDX-License-Identifier: Apache-2.0
// `_hostnames`: what HostnameGenerators call a service, and in which zones. A zone sees services of
// other zones as the global's, so every generator is asked for both origins.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rest/inspect_endpoints.h"
#include "rest/kuma_answer.h"
#include "skyden/base/strings.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/resources/resource_views.h"
#include "skyden/resources/templates.h"
#include "skyden/telemetry/log.h"

namespace skyden::rest {
namespace {

using model::TypeDescriptor;
using nlohmann::json;

struct ServiceKind {
  std::string_view type;
  std::string_view path;
  const char* selector;  // of a HostnameGenerator
};
constexpr ServiceKind kKinds[] = {
    {"MeshService", "meshservices", "meshService"},
    {"MeshExternalService", "meshexternalservices", "meshExternalService"},
    {"MeshMultiZoneService", "meshmultizoneservices", "meshMultiZoneService"},
};

bool IsSelected(const json& selector, const model::Labels& labels) {
  const auto wanted = selector.find("matchLabels");
  if (wanted == selector.end() || !wanted->is_object()) return true;
  return std::all_of(wanted->items().begin(), wanted->items().end(), [&](const auto& label) {
    const auto found = labels.find(label.key());
    return found != labels.end() && label.value().is_string() && found->second == label.value();
  });
}

std::string ZoneOf(const model::Resource& service) {
  const std::string_view label = model::LabelOf(service.labels, model::kZoneLabel);
  if (!label.empty()) return std::string(label);
  return service.key.name.substr(0, service.key.name.find('.'));
}

// "" when the generator is not for it.
absl::StatusOr<std::string> HostnameOf(const json& generator, const ServiceKind& kind,
                                       const model::Resource& service, model::Labels labels) {
  const auto selectors = generator.find("selector");
  if (selectors == generator.end() || !selectors->is_object()) return std::string();
  const auto selector = selectors->find(kind.selector);
  if (selector == selectors->end() || !selector->is_object()) return std::string();
  if (!IsSelected(*selector, labels)) return std::string();
  const auto text = generator.find("template");
  const std::string& name = service.key.name;
  const auto display_name = labels.find(model::kDisplayNameLabel);
  return resources::FillTemplate(
      text != generator.end() && text->is_string() ? text->get<std::string>() : std::string(),
      {{"Name", name},
       {"DisplayName", display_name == labels.end() ? name : display_name->second},
       {"Namespace", std::string(model::LabelOf(labels, model::kNamespaceLabel))},
       {"Mesh", service.key.mesh},
       {"Zone", ZoneOf(service)}},
      labels);
}

// A template that cannot be filled in gives no hostname, here as in the zone that has it.
void LogBadGenerator(const Call& call, const model::Resource& generator, const absl::Status& why) {
  telemetry::Log(telemetry::Level::warning, "hostname generator left out",
                 {{"request_id", call.request.request_id},
                  {"cp", call.control_plane.str()},
                  {"generator", generator.key.name},
                  {"reason", std::string(base::ToStd(why.message()))}});
}

// The zones that know a service by each hostname.
using ZonesByHostname = std::map<std::string, std::set<std::string>>;

std::string Render(const ZonesByHostname& hostnames) {
  JsonWriter out;
  out.BeginObject().Key("items");
  if (hostnames.empty()) {
    out.Null();
  } else {
    out.BeginArray();
    for (const auto& [hostname, zones] : hostnames) {
      out.BeginObject().Field("hostname", hostname).Key("zones").BeginArray();
      for (const std::string& zone : zones) out.BeginObject().Field("name", zone).EndObject();
      out.EndArray().EndObject();
    }
    out.EndArray();
  }
  return out.Field("total", static_cast<uint64_t>(hostnames.size())).EndObject().Take();
}

void Get(const Inspection& inspection, CallPtr call, const TypeDescriptor& type,
         const ServiceKind& kind) {
  const matching::Item service = inspection.Resource(call, type, "could not retrieve service");
  if (service == nullptr) return;
  ZonesByHostname hostnames;
  const model::TypeId generator_type = inspection.registry().core().hostname_generator->id;
  const auto generators = inspection.deps().views.Get(*call->scope, generator_type);
  if (!generators.ok()) {
    return call->Finish(KumaError(generators.status(), "could not retrieve hostname generators",
                                  call->request.request_id));
  }
  for (size_t i = 0; i < (*generators)->size(); ++i) {
    const matching::Item generator = (*generators)->at(i);
    const json spec = json::parse(generator->spec, nullptr, false);
    if (!spec.is_object()) continue;
    for (const std::string_view origin : {model::kOriginZone, model::kOriginGlobal}) {
      model::Labels labels = service->labels;
      labels[std::string(model::kOriginLabel)] = origin;
      const auto hostname = HostnameOf(spec, kind, *service, std::move(labels));
      if (!hostname.ok()) {
        LogBadGenerator(*call, *generator, hostname.status());
        continue;
      }
      if (!hostname->empty()) hostnames[*hostname].insert(ZoneOf(*service));
    }
  }
  call->Finish(KumaJson(200, Render(hostnames)));
}

}  // namespace

void AddHostnameEndpoints(const InspectionPtr& inspection, KumaRoutes& routes) {
  std::string paths;
  for (const ServiceKind& kind : kKinds) {
    paths += (paths.empty() ? "" : ",") + std::string(kind.path);
    const TypeDescriptor* type = inspection->registry().FindByName(kind.type);
    if (type == nullptr) continue;
    routes.Add(http::Method::kGet,
               "/meshes/{mesh}/" + std::string(kind.path) + "/{name}/_hostnames",
               [inspection, type, &kind](CallPtr call) {
                 Get(*inspection, std::move(call), *type, kind);
               });
  }
  routes.Add(http::Method::kGet, "/meshes/{mesh}/{service_type}/{name}/_hostnames",
             [paths](CallPtr call) {
               call->Finish(KumaInvalid("only \"" + paths + "\" are available for inspection",
                                        "Resource is not valid", {}));
             });
}

}  // namespace skyden::rest
