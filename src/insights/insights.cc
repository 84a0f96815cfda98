// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/insights.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "insights/mesh_tally.h"
#include "kuma/system/v1alpha1/zone_insight.pb.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"

namespace skyden::insights {
namespace {

using Json = nlohmann::json;
using Service = mesh_proto::ServiceInsight::Service;
using Stat = mesh_proto::MeshInsight::DataplaneStat;

bool IsInsight(const model::TypeDescriptor& type) {
  constexpr std::string_view kSuffix = "Insight";
  return type.name.size() > kSuffix.size() &&
         type.name.compare(type.name.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
}

// What one request reads: views by type name, and counts.
class Reader {
 public:
  Reader(const Insights::Deps& deps, const model::TenantScope& scope)
      : deps_(deps), scope_(scope) {}

  absl::StatusOr<std::shared_ptr<const resources::ResourceView>> View(const char* type) const {
    return deps_.views.Get(scope_, deps_.registry.FindByName(type)->id);
  }

  absl::StatusOr<ProxyViews> Proxies() const {
    ProxyViews views;
    SKYDEN_ASSIGN_OR_RETURN(views.meshes, View("Mesh"));
    SKYDEN_ASSIGN_OR_RETURN(views.dataplanes, View("Dataplane"));
    SKYDEN_ASSIGN_OR_RETURN(views.dataplane_insights, View("DataplaneInsight"));
    SKYDEN_ASSIGN_OR_RETURN(views.external_services, View("ExternalService"));
    return views;
  }

  // Fills `resources` and `policies` of a mesh's insight.
  absl::Status CountInto(const std::string& mesh_name, mesh_proto::MeshInsight& insight) const {
    return deps_.store.Read(scope_, [&](store::ReadTx& tx) -> absl::Status {
      for (const model::TypeDescriptor& type : deps_.registry.all()) {
        if (type.scope != model::ResourceScope::kMesh || IsInsight(type)) continue;
        SKYDEN_ASSIGN_OR_RETURN(const uint64_t count, tx.CountResources(type.id, mesh_name));
        if (count == 0) continue;
        (*insight.mutable_resources())[type.name].set_total(static_cast<uint32_t>(count));
        if (type.is_policy) {
          (*insight.mutable_policies())[type.name].set_total(static_cast<uint32_t>(count));
        }
      }
      return absl::OkStatus();
    });
  }

  absl::StatusOr<uint64_t> Count(const model::TypeDescriptor& type) const {
    uint64_t count = 0;
    SKYDEN_RETURN_IF_ERROR(deps_.store.Read(scope_, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(count, tx.CountResources(type.id, std::nullopt));
      return absl::OkStatus();
    }));
    return count;
  }

 private:
  const Insights::Deps& deps_;
  const model::TenantScope& scope_;
};

void AddStat(const Stat& stat, Json& to) {
  to["total"] = to["total"].get<uint64_t>() + stat.total();
  to["online"] = to["online"].get<uint64_t>() + stat.online();
  to["offline"] = to["offline"].get<uint64_t>() + stat.offline();
  to["partiallyDegraded"] = to["partiallyDegraded"].get<uint64_t>() + stat.partially_degraded();
}

Json EmptyStatus() {
  return {{"total", 0}, {"online", 0}, {"offline", 0}, {"partiallyDegraded", 0}};
}

void AddService(const Service& service, Json& services) {
  if (service.servicetype() == Service::external) {
    services["external"]["total"] = services["external"]["total"].get<uint64_t>() + 1;
    return;
  }
  Json& to = services[service.servicetype() == Service::gateway_builtin     ? "gatewayBuiltin"
                      : service.servicetype() == Service::gateway_delegated ? "gatewayDelegated"
                                                                            : "internal"];
  to["total"] = to["total"].get<uint64_t>() + 1;
  const char* status = service.status() == Service::online               ? "online"
                       : service.status() == Service::partially_degraded ? "partiallyDegraded"
                                                                         : "offline";
  to[status] = to[status].get<uint64_t>() + 1;
}

// {total, online} of one kind of insight that has subscriptions.
template <class Insight>
absl::StatusOr<Json> CountOnline(const Reader& reader, const char* type) {
  SKYDEN_ASSIGN_OR_RETURN(const auto view, reader.View(type));
  uint64_t online = 0;
  for (const auto& chunk : view->chunks()) {
    for (const auto& item : *chunk) {
      Insight insight;
      if (!insight.ParseFromString(item->spec)) continue;
      const auto& all = insight.subscriptions();
      online += std::any_of(all.begin(), all.end(), [](const auto& subscription) {
        return subscription.has_connect_time() && !subscription.has_disconnect_time();
      });
    }
  }
  return Json{{"total", view->size()}, {"online", online}};
}

// Global types that /global-insight counts one by one; the others have a place of their own in it.
bool CountsAsGlobalResource(const model::TypeDescriptor& type) {
  static constexpr std::string_view kElsewhere[] = {"Mesh", "Zone", "ZoneIngress", "ZoneEgress",
                                                    "Config"};
  return type.scope == model::ResourceScope::kGlobal && !type.path.empty() && !type.admin_only &&
         !IsInsight(type) &&
         std::find(std::begin(kElsewhere), std::end(kElsewhere), type.name) == std::end(kElsewhere);
}

absl::Status AddMeshes(const Reader& reader, Json& body) {
  SKYDEN_ASSIGN_OR_RETURN(const ProxyViews views, reader.Proxies());
  Json& dataplanes = body["dataplanes"];
  for (size_t i = 0; i < views.meshes->size(); ++i) {
    const std::string& mesh_name = views.meshes->at(i)->key.name;
    mesh_proto::MeshInsight insight = TallyMesh(views, mesh_name);
    SKYDEN_RETURN_IF_ERROR(reader.CountInto(mesh_name, insight));
    AddStat(insight.dataplanesbytype().standard(), dataplanes["standard"]);
    AddStat(insight.dataplanesbytype().gatewaybuiltin(), dataplanes["gatewayBuiltin"]);
    AddStat(insight.dataplanesbytype().gatewaydelegated(), dataplanes["gatewayDelegated"]);
    for (const auto& [type, stat] : insight.policies()) {
      body["policies"]["total"] = body["policies"]["total"].get<uint64_t>() + stat.total();
    }
    for (const auto& [type, stat] : insight.resources()) {
      Json& total = body["resources"][type]["total"];
      total = (total.is_null() ? 0 : total.get<uint64_t>()) + stat.total();
    }
    const mesh_proto::ServiceInsight services = TallyServices(views, mesh_name);
    for (const auto& [name, service] : services.services()) AddService(service, body["services"]);
  }
  body["meshes"]["total"] = views.meshes->size();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> Insights::GlobalInsight(const model::TenantScope& scope) const {
  SKYDEN_RETURN_IF_ERROR(deps_.manager.MaterialiseKeys(scope));
  const Reader reader(deps_, scope);
  Json body = {{"createdAt", base::FormatRfc3339(deps_.clock.Now())},
               {"meshes", {{"total", 0}}},
               {"policies", {{"total", 0}}},
               {"resources", Json::object()},
               {"dataplanes",
                {{"standard", EmptyStatus()},
                 {"gatewayBuiltin", EmptyStatus()},
                 {"gatewayDelegated", EmptyStatus()}}},
               {"services",
                {{"internal", EmptyStatus()},
                 {"external", {{"total", 0}}},
                 {"gatewayBuiltin", EmptyStatus()},
                 {"gatewayDelegated", EmptyStatus()}}}};
  SKYDEN_RETURN_IF_ERROR(AddMeshes(reader, body));
  for (const model::TypeDescriptor& type : deps_.registry.all()) {
    if (!CountsAsGlobalResource(type)) continue;
    SKYDEN_ASSIGN_OR_RETURN(const uint64_t count, reader.Count(type));
    if (count > 0) body["resources"][type.name]["total"] = count;
  }
  Json& zones = body["zones"];
  SKYDEN_ASSIGN_OR_RETURN(zones["controlPlanes"],
                          CountOnline<kuma::system::v1alpha1::ZoneInsight>(reader, "ZoneInsight"));
  SKYDEN_ASSIGN_OR_RETURN(zones["zoneIngresses"], CountOnline<mesh_proto::ZoneIngressInsight>(
                                                      reader, "ZoneIngressInsight"));
  SKYDEN_ASSIGN_OR_RETURN(zones["zoneEgresses"],
                          CountOnline<mesh_proto::ZoneEgressInsight>(reader, "ZoneEgressInsight"));
  return body.dump();
}

absl::StatusOr<std::string> Insights::GlobalInsights(const model::TenantScope& scope) const {
  SKYDEN_RETURN_IF_ERROR(deps_.manager.MaterialiseKeys(scope));
  const Reader reader(deps_, scope);
  Json counts = Json::object();
  for (const model::TypeDescriptor& type : deps_.registry.all()) {
    if (type.scope != model::ResourceScope::kGlobal || type.name == "Config" || IsInsight(type)) {
      continue;
    }
    SKYDEN_ASSIGN_OR_RETURN(const uint64_t count, reader.Count(type));
    counts[type.name] = {{"total", count}};
  }
  return Json{{"type", "GlobalInsights"},
              {"creationTime", base::FormatRfc3339(deps_.clock.Now())},
              {"resources", std::move(counts)}}
      .dump();
}

absl::StatusOr<std::string> Insights::MeshInsight(const model::TenantScope& scope,
                                                  const std::string& mesh_name) const {
  SKYDEN_RETURN_IF_ERROR(deps_.manager.MaterialiseKeys(scope));
  const Reader reader(deps_, scope);
  SKYDEN_ASSIGN_OR_RETURN(const ProxyViews views, reader.Proxies());
  const auto mesh = views.meshes->Find({"", mesh_name});
  if (mesh == nullptr) return absl::NotFoundError(fmt::format("mesh \"{}\" not found", mesh_name));
  mesh_proto::MeshInsight insight = TallyMesh(views, mesh_name);
  SKYDEN_RETURN_IF_ERROR(reader.CountInto(mesh_name, insight));
  model::Resource resource;
  resource.type = deps_.registry.FindByName("MeshInsight")->id;
  resource.key = {"", mesh_name};
  resource.creation_time = mesh->creation_time;
  resource.modification_time = deps_.clock.Now();
  resource.spec = insight.SerializeAsString();
  return deps_.codec.RenderUniversal(resource);
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Insights::MeshInsights(
    const model::TenantScope& scope, const std::string& name_contains) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto meshes, Reader(deps_, scope).View("Mesh"));
  std::vector<std::pair<std::string, std::string>> insights;
  for (size_t i = 0; i < meshes->size(); ++i) {
    const std::string& mesh_name = meshes->at(i)->key.name;
    if (mesh_name.find(name_contains) == std::string::npos) continue;
    absl::StatusOr<std::string> insight = MeshInsight(scope, mesh_name);
    if (absl::IsNotFound(insight.status())) continue;  // deleted meanwhile
    SKYDEN_RETURN_IF_ERROR(insight.status());
    insights.emplace_back(mesh_name, *std::move(insight));
  }
  return insights;
}

}  // namespace skyden::insights
