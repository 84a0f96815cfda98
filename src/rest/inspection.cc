// SPDX-License-Identifier: Apache-2.0
#include "rest/inspection.h"

#include <utility>

#include "rest/inspect_endpoints.h"
#include "rest/kuma_answer.h"
#include "rest/kuma_endpoints.h"
#include "skyden/base/check.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/insights/zone_generation.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/items_of_mesh.h"
#include "skyden/resources/resource_views.h"

namespace skyden::rest {
namespace {

const model::TypeDescriptor& Find(const model::TypeRegistry& registry, std::string_view name) {
  const model::TypeDescriptor* type = registry.FindByName(name);
  SKYDEN_CHECK(type != nullptr);
  return *type;
}

}  // namespace

Inspection::Inspection(const Deps& deps)
    : deps_(deps),
      dataplane_type_(Find(deps.registry, "Dataplane")),
      zone_insight_type_(Find(deps.registry, "ZoneInsight")),
      models_(std::make_unique<MeshModels>(deps.registry, deps.views)) {}

void Inspection::Fail(CallPtr& call, const absl::Status& status, std::string_view title) const {
  call->Finish(KumaError(status, title, call->request.request_id));
  call = nullptr;
}

MeshModels::Model Inspection::Mesh(CallPtr& call, std::string_view title) const {
  auto mesh = models_->Get(*call->scope, call->parameters["mesh"]);
  if (!mesh.ok()) {
    Fail(call, mesh.status(), title);
    return nullptr;
  }
  if (*mesh == nullptr) {
    call->Finish(KumaNotFound(std::string(title)));
    call = nullptr;
  }
  return *std::move(mesh);
}

absl::StatusOr<resources::Generation> Inspection::GenerationOf(const model::TenantScope& scope,
                                                               const std::string& zone_name) const {
  if (zone_name.empty()) return resources::Generation::kTwo;
  SKYDEN_ASSIGN_OR_RETURN(const auto insight,
                          deps_.views.Find(scope, zone_insight_type_.id, {{}, zone_name}));
  return insight == nullptr ? resources::Generation::kTwo : insights::GenerationOfZone(*insight);
}

absl::StatusOr<MeshModels::Model> Inspection::AsSeenBy(const model::TenantScope& scope,
                                                       const std::string& zone_name,
                                                       MeshModels::Model mesh) const {
  if (scope.version() == model::KumaVersion::kThree) return mesh;
  SKYDEN_ASSIGN_OR_RETURN(const auto generation, GenerationOf(scope, zone_name));
  if (generation == resources::Generation::kTwo) return mesh;
  SKYDEN_ASSIGN_OR_RETURN(auto own, models_->Get(scope, mesh->mesh()->key.name, generation));
  return own == nullptr ? mesh : own;  // deleted meanwhile: as it was
}

MeshModels::Model Inspection::MeshOf(CallPtr& call, std::string_view title, MeshModels::Model mesh,
                                     const matching::Proxy& proxy) const {
  auto own = AsSeenBy(*call->scope, proxy.resource->zone, std::move(mesh));
  if (own.ok()) return *std::move(own);
  Fail(call, own.status(), title);
  return nullptr;
}

MeshModels::Model Inspection::MeshOfNamed(const Call& call, MeshModels::Model mesh) const {
  const auto item = deps_.views.Find(*call.scope, dataplane_type_.id,
                                     {mesh->mesh()->key.name, call.parameters["name"]});
  if (!item.ok() || *item == nullptr) return mesh;
  auto own = AsSeenBy(*call.scope, (*item)->zone, mesh);
  return own.ok() ? *std::move(own) : mesh;
}

MeshesByZone::MeshesByZone(const Inspection& inspection, const model::TenantScope& scope,
                           MeshModels::Model mesh)
    : inspection_(inspection), scope_(scope), stored_(std::move(mesh)) {}

const matching::MeshModel& MeshesByZone::Of(const matching::Proxy& proxy) {
  if (scope_.version() == model::KumaVersion::kThree) return *stored_;
  const std::string& zone_name = proxy.resource->zone;
  auto known = zones_.find(zone_name);
  if (known == zones_.end()) {
    const auto generation = inspection_.GenerationOf(scope_, zone_name);
    known = zones_.emplace(zone_name, generation.value_or(resources::Generation::kTwo)).first;
  }
  if (known->second == resources::Generation::kTwo) return *stored_;
  if (third_ == nullptr) {
    auto model = inspection_.models_->Get(scope_, stored_->mesh()->key.name, known->second);
    third_ = model.ok() && *model != nullptr ? *std::move(model) : stored_;
  }
  return *third_;
}

matching::Item Inspection::Resource(CallPtr& call, const model::TypeDescriptor& type,
                                    std::string_view title) const {
  auto item =
      deps_.views.Find(*call->scope, type.id, {call->parameters["mesh"], call->parameters["name"]});
  if (!item.ok()) {
    Fail(call, item.status(), title);
    return nullptr;
  }
  if (*item == nullptr) {
    call->Finish(KumaNotFound(std::string(title)));
    call = nullptr;
  }
  return *std::move(item);
}

std::optional<matching::Proxy> Inspection::Proxy(CallPtr& call, std::string_view title) const {
  matching::Item item = Resource(call, dataplane_type_, title);
  if (item == nullptr) return std::nullopt;
  auto proxy = matching::ReadProxy(std::move(item));
  if (!proxy.ok()) {
    Fail(call, absl::InternalError(proxy.status().message()), title);
    return std::nullopt;
  }
  return *std::move(proxy);
}

std::optional<matching::Identifier> Inspection::Identifier(CallPtr& call,
                                                           std::string_view name) const {
  const auto kri = ParseKri(deps_.registry, call->parameters[name], call->scope->version());
  if (!kri.ok()) {
    call->Finish(KumaBadRequest(std::string(base::ToStd(kri.status().message()))));
    call = nullptr;
    return std::nullopt;
  }
  return matching::Identifier{.type = kri->type->name,
                              .mesh = kri->mesh,
                              .zone = kri->zone,
                              .name_space = kri->name_space,
                              .name = kri->name,
                              .section = kri->section};
}

std::optional<std::vector<matching::Item>> Inspection::Dataplanes(CallPtr& call,
                                                                  std::string_view title) const {
  const auto view = deps_.views.Get(*call->scope, dataplane_type_.id);
  if (!view.ok()) {
    Fail(call, view.status(), title);
    return std::nullopt;
  }
  return resources::ItemsOfMesh(**view, call->parameters["mesh"]);
}

std::string Inspection::Kri(const model::TypeDescriptor& type,
                            const model::Resource& resource) const {
  return matching::KriText(deps_.registry, matching::IdentifierOf(type, resource));
}

void AddInspectEndpoints(const Deps& deps, KumaRoutes& routes) {
  const auto inspection = std::make_shared<const Inspection>(deps);
  AddRulesEndpoints(inspection, routes);
  AddPolicyConfEndpoints(inspection, routes);
  AddLayoutEndpoint(inspection, routes);
  AddAttachmentEndpoints(inspection, routes);
  AddSelectedDataplanesEndpoints(inspection, routes);
  AddHostnameEndpoints(inspection, routes);
}

void WriteTags(const matching::Tags& tags, JsonWriter& json) {
  json.BeginObject();
  for (const auto& [key, value] : tags) json.Field(key, value);
  json.EndObject();
}

void WriteMeta(const model::TypeDescriptor& type, const model::Resource& resource,
               JsonWriter& json) {
  json.BeginObject().Key("labels");
  WriteTags(resource.labels, json);
  json.Field("mesh", resource.key.mesh)
      .Field("name", resource.key.name)
      .Field("type", type.name)
      .EndObject();
}

void WriteKey(const model::ResourceKey& key, JsonWriter& json) {
  json.BeginObject().Field("mesh", key.mesh).Field("name", key.name).EndObject();
}

void WriteOrigins(const Inspection& inspection, const model::TypeDescriptor& type,
                  const std::vector<matching::Item>& policies, JsonWriter& json) {
  json.BeginArray();
  for (const matching::Item& policy : policies) {
    json.BeginObject().Field("kri", inspection.Kri(type, *policy)).EndObject();
  }
  json.EndArray();
}

}  // namespace skyden::rest
