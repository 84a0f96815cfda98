// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/insights.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "insights/tenant_figures.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_version.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::insights {
namespace {

namespace mesh_proto = kuma::mesh::v1alpha1;
using Json = nlohmann::json;
using Service = mesh_proto::ServiceInsight::Service;
using Stat = mesh_proto::MeshInsight::DataplaneStat;

// What a version counts.
struct Terms {
  bool builtin_gateways;
  // Services are what proxies are tagged with and ExternalServices, kept as ServiceInsights and
  // told of each mesh; otherwise they are MeshServices and MeshExternalServices.
  bool services_are_tags;
  bool policies_of_meshes;  // are told beside their resources
};
constexpr model::ByVersion<Terms> kTerms = {{{{true, true, true}, {false, false, false}}}};

bool IsInsight(const model::TypeDescriptor& type) {
  constexpr std::string_view kSuffix = "Insight";
  return type.name.size() > kSuffix.size() &&
         type.name.compare(type.name.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
}

// Global types that /global-insight counts one by one; the others have a place of their own in it.
bool CountsAsGlobalResource(const model::TypeDescriptor& type) {
  static constexpr std::string_view kElsewhere[] = {"Mesh", "Zone", "ZoneIngress", "ZoneEgress",
                                                    "Config"};
  return type.scope == model::ResourceScope::kGlobal && !type.path.empty() && !type.admin_only &&
         !IsInsight(type) &&
         std::find(std::begin(kElsewhere), std::end(kElsewhere), type.name) == std::end(kElsewhere);
}

using Counts = std::vector<store::ResourceCount>;

void CountOne(model::TypeId type, const std::string& mesh, Counts& counts) {
  const auto found = std::find_if(counts.begin(), counts.end(), [&](const auto& count) {
    return count.type == type && count.mesh == mesh;
  });
  if (found == counts.end()) {
    counts.push_back({type, mesh, 1});
  } else {
    ++found->live;
  }
}

// With the keys that are promised: they are there as soon as somebody looks at one, and who only
// counts must not have to wait until they are made.
absl::StatusOr<Counts> CountsOf(store::Store& store, const model::TenantScope& scope) {
  Counts counts;
  SKYDEN_RETURN_IF_ERROR(store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(counts, tx.ListCounts());
    SKYDEN_ASSIGN_OR_RETURN(const auto promised, tx.ListPendingKeys());
    for (const store::PendingKey& each : promised) CountOne(each.type, each.key.mesh, counts);
    return absl::OkStatus();
  }));
  return counts;
}

// online, offline, partly degraded and in all.
struct Tally {
  uint64_t online = 0, offline = 0, partially_degraded = 0, total = 0;

  void Add(const Stat& stat) {
    online += stat.online();
    offline += stat.offline();
    partially_degraded += stat.partially_degraded();
    total += stat.total();
  }
  void Add(Service::Status status) {
    ++total;
    if (status == Service::online) ++online;
    if (status == Service::offline) ++offline;
    if (status == Service::partially_degraded) ++partially_degraded;
  }
  Json ToJson() const {
    return {{"online", online},
            {"offline", offline},
            {"partiallyDegraded", partially_degraded},
            {"total", total}};
  }
};

Json ToJson(const TenantFigures::Online& count) {
  return {{"total", count.total}, {"online", count.online}};
}

// As Kuma 3 counts services: whether one is there, its state says.
absl::StatusOr<Json> CountServices(const Insights::Deps& deps, const model::TenantScope& scope) {
  Tally internal;
  SKYDEN_ASSIGN_OR_RETURN(const auto services,
                          deps.views.Get(scope, deps.registry.core().mesh_service->id));
  for (size_t i = 0; i < services->size(); ++i) {
    const Json spec = Json::parse(deps.codec.SpecJson(*services->at(i)), nullptr, false);
    const bool available = spec.is_object() && spec.value("state", "") == "Available";
    internal.Add(available ? Service::online : Service::offline);
  }
  uint64_t external = 0;
  if (const auto* type = deps.registry.FindByName("MeshExternalService")) {
    SKYDEN_ASSIGN_OR_RETURN(const auto view, deps.views.Get(scope, type->id));
    external = view->size();
  }
  return Json{{"internal", internal.ToJson()}, {"external", {{"total", external}}}};
}

void AddMeshes(const TenantFigures& figures, Json& body) {
  Tally standard, builtin, delegated;
  std::map<Service::Type, Tally> services;
  for (const TenantFigures::Mesh& mesh : figures.meshes) {
    const auto& types = mesh.figures->insight.dataplanesbytype();
    standard.Add(types.standard());
    builtin.Add(types.gatewaybuiltin());
    delegated.Add(types.gatewaydelegated());
    for (const auto& [name, service] : mesh.figures->services.services()) {
      services[service.servicetype()].Add(service.status());
    }
  }
  body["meshes"]["total"] = figures.meshes.size();
  body["dataplanes"] = {{"standard", standard.ToJson()},
                        {"gatewayBuiltin", builtin.ToJson()},
                        {"gatewayDelegated", delegated.ToJson()}};
  body["services"] = {{"internal", services[Service::internal].ToJson()},
                      {"external", {{"total", services[Service::external].total}}},
                      {"gatewayBuiltin", services[Service::gateway_builtin].ToJson()},
                      {"gatewayDelegated", services[Service::gateway_delegated].ToJson()}};
}

// What zones still tell of a mesh that is gone belongs to nothing, and counts nowhere.
void AddCounts(const model::TypeRegistry& registry, const TenantFigures& figures,
               const Counts& counts, Json& body) {
  std::map<std::string_view, uint64_t> resources;
  uint64_t policies = 0;
  for (const store::ResourceCount& count : counts) {
    const model::TypeDescriptor& type = registry.at(count.type);
    const bool in_mesh = type.scope == model::ResourceScope::kMesh && !IsInsight(type);
    if (in_mesh ? figures.Find(count.mesh) == nullptr : !CountsAsGlobalResource(type)) continue;
    resources[type.name] += count.live;
    if (in_mesh && type.is_policy) policies += count.live;
  }
  body["policies"]["total"] = policies;
  body["resources"] = Json::object();
  for (const auto& [name, live] : resources) {
    body["resources"][std::string(name)] = {{"total", live}};
  }
}

// Fills `resources` and `policies` of a mesh's insight.
void CountInto(const model::TypeRegistry& registry, const Counts& counts,
               const std::string& mesh_name, const Terms& terms, mesh_proto::MeshInsight& insight) {
  for (const store::ResourceCount& count : counts) {
    const model::TypeDescriptor& type = registry.at(count.type);
    if (count.mesh != mesh_name || type.scope != model::ResourceScope::kMesh || IsInsight(type)) {
      continue;
    }
    const auto live = static_cast<uint32_t>(count.live);
    (*insight.mutable_resources())[type.name].set_total(live);
    if (type.is_policy && terms.policies_of_meshes)
      (*insight.mutable_policies())[type.name].set_total(live);
  }
}

// The figures of a control plane and its counts, for one request.
struct Reading {
  std::shared_ptr<const TenantFigures> figures;
  Counts counts;
};

absl::StatusOr<Reading> Read(const Insights::Deps& deps, const model::TenantScope& scope) {
  Reading reading;
  SKYDEN_ASSIGN_OR_RETURN(reading.figures, deps.figures.Get(scope));
  SKYDEN_ASSIGN_OR_RETURN(reading.counts, CountsOf(deps.store, scope));
  return reading;
}

std::string Render(const Insights::Deps& deps, const TenantFigures::Mesh& mesh,
                   const Counts& counts, const Terms& terms) {
  mesh_proto::MeshInsight insight = mesh.figures->insight;
  CountInto(deps.registry, counts, mesh.name, terms, insight);
  if (!terms.services_are_tags) insight.clear_services();
  if (!terms.builtin_gateways) insight.mutable_dataplanesbytype()->clear_gatewaybuiltin();
  model::Resource resource;
  resource.type = deps.registry.core().mesh_insight->id;
  resource.key = {"", mesh.name};
  resource.creation_time = mesh.created;
  resource.modification_time = std::max(mesh.created, mesh.changed);
  resource.spec = insight.SerializeAsString();
  return deps.codec.RenderUniversal(resource);
}

}  // namespace

absl::StatusOr<std::string> Insights::GlobalInsight(const model::TenantScope& scope) const {
  SKYDEN_ASSIGN_OR_RETURN(const Reading reading, Read(deps_, scope));
  Json body = {{"createdAt", base::FormatRfc3339(deps_.clock.Now())}};
  AddMeshes(*reading.figures, body);
  const Terms& terms = kTerms[scope.version()];
  if (!terms.builtin_gateways) {
    body["dataplanes"].erase("gatewayBuiltin");
    body["services"].erase("gatewayBuiltin");
  }
  if (!terms.services_are_tags) {
    SKYDEN_ASSIGN_OR_RETURN(const Json services, CountServices(deps_, scope));
    body["services"].update(services);
  }
  AddCounts(deps_.registry, *reading.figures, reading.counts, body);
  body["zones"] = {{"controlPlanes", ToJson(reading.figures->zones)},
                   {"zoneIngresses", ToJson(reading.figures->zone_ingresses)},
                   {"zoneEgresses", ToJson(reading.figures->zone_egresses)}};
  return body.dump();
}

absl::StatusOr<std::string> Insights::GlobalInsights(const model::TenantScope& scope) const {
  SKYDEN_ASSIGN_OR_RETURN(const Counts counts, CountsOf(deps_.store, scope));
  Json resources = Json::object();
  for (const model::TypeDescriptor& type : deps_.registry.In(scope.version()).all()) {
    if (type.scope != model::ResourceScope::kGlobal || type.name == "Config" || IsInsight(type)) {
      continue;
    }
    const auto count = std::find_if(counts.begin(), counts.end(),
                                    [&](const auto& each) { return each.type == type.id; });
    resources[type.name] = {{"total", count == counts.end() ? 0 : count->live}};
  }
  return Json{{"type", "GlobalInsights"},
              {"creationTime", base::FormatRfc3339(deps_.clock.Now())},
              {"resources", std::move(resources)}}
      .dump();
}

absl::StatusOr<std::string> Insights::MeshInsight(const model::TenantScope& scope,
                                                  const std::string& mesh_name) const {
  SKYDEN_ASSIGN_OR_RETURN(const Reading reading, Read(deps_, scope));
  const TenantFigures::Mesh* mesh = reading.figures->Find(mesh_name);
  if (mesh == nullptr) return absl::NotFoundError(fmt::format("mesh \"{}\" not found", mesh_name));
  return Render(deps_, *mesh, reading.counts, kTerms[scope.version()]);
}

absl::StatusOr<std::vector<model::Resource>> Insights::ServiceInsights(
    const model::TenantScope& scope, const std::string& mesh_name) const {
  if (!kTerms[scope.version()].services_are_tags) return std::vector<model::Resource>();
  const model::TypeId type = deps_.registry.core().service_insight->id;
  SKYDEN_ASSIGN_OR_RETURN(const auto figures, deps_.figures.Get(scope));
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, deps_.views.Get(scope, type));
  std::vector<model::Resource> insights;
  for (const TenantFigures::Mesh& mesh : figures->meshes) {
    if (!mesh_name.empty() && mesh.name != mesh_name) continue;
    const model::ResourceKey key = ServiceInsightKey(mesh.name);
    const auto old = stored->Find(key);
    if (old == nullptr && mesh.figures->services.services().empty()) continue;
    model::Resource resource;
    if (old != nullptr) {
      resource = *old;
    } else {
      resource.type = type;
      resource.key = key;
      resource.creation_time = resource.modification_time = std::max(mesh.created, mesh.changed);
    }
    resource.spec = mesh.figures->services.SerializeAsString();
    insights.push_back(std::move(resource));
  }
  return insights;
}

absl::StatusOr<Insights::MeshPage> Insights::MeshInsights(const model::TenantScope& scope,
                                                          const std::string& name_contains,
                                                          size_t offset, size_t size) const {
  SKYDEN_ASSIGN_OR_RETURN(const Reading reading, Read(deps_, scope));
  MeshPage page;
  for (const TenantFigures::Mesh& mesh : reading.figures->meshes) {
    if (mesh.name.find(name_contains) == std::string::npos) continue;
    const bool on_page = page.total >= offset && page.items.size() < size;
    if (on_page) page.items.push_back(Render(deps_, mesh, reading.counts, kTerms[scope.version()]));
    ++page.total;
  }
  return page;
}

absl::StatusOr<std::vector<Insights::ServiceName>> Insights::ServiceNames(
    const model::TenantScope& scope) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto figures, deps_.figures.Get(scope));
  std::vector<ServiceName> names;
  for (const TenantFigures::Mesh& mesh : figures->meshes) {
    const size_t first = names.size();
    for (const auto& [name, service] : mesh.figures->services.services()) {
      names.push_back({mesh.name, name});
    }
    std::sort(names.begin() + static_cast<std::ptrdiff_t>(first), names.end(),
              [](const ServiceName& a, const ServiceName& b) { return a.name < b.name; });
  }
  return names;
}

}  // namespace skyden::insights
