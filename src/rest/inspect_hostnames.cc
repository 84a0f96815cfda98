// SPDX-License-Identifier: Apache-2.0
// `_hostnames`: what HostnameGenerators call a service, and in which zones.
#include <map>
#include <set>
#include <string>
#include <utility>

#include "rest/hostnames.h"
#include "rest/inspect_endpoints.h"
#include "rest/kuma_answer.h"
#include "skyden/base/strings.h"
#include "skyden/resources/resource_views.h"
#include "skyden/telemetry/log.h"

namespace skyden::rest {
namespace {

using model::TypeDescriptor;

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
  const auto log = [&](const model::Resource& generator, const absl::Status& why) {
    LogBadGenerator(*call, generator, why);
  };
  for (const auto& [hostname, zone] : HostnameGenerators(**generators).Of(kind, *service, log)) {
    hostnames[hostname].insert(zone);
  }
  call->Finish(KumaJson(200, Render(hostnames)));
}

}  // namespace

void AddHostnameEndpoints(const InspectionPtr& inspection, KumaRoutes& routes) {
  std::string paths;
  for (const ServiceKind& kind : ServiceKinds()) {
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
