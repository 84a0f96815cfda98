// SPDX-License-Identifier: Apache-2.0
// What the inspection endpoints have in common: the mesh, the proxy, and how they are shown.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rest/call.h"
#include "rest/json_writer.h"
#include "rest/kri.h"
#include "rest/mesh_models.h"
#include "skyden/matching/matching.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Immutable but for the cache of models; shared by all inspection endpoints. `deps` must outlive
// it.
class Inspection {
 public:
  explicit Inspection(const Deps& deps);

  const Deps& deps() const { return deps_; }
  const model::TypeRegistry& registry() const { return deps_.registry; }
  const model::TypeDescriptor& dataplane_type() const { return dataplane_type_; }

  // Each answers the call and returns nullopt (nullptr) when there is no such thing: 404 under
  // `title`. The call is untouched otherwise.
  MeshModels::Model Mesh(CallPtr& call, std::string_view title) const;
  // The same as the zone of `proxy` sees it: its policies as zones of that version are told them.
  // `mesh`: as Mesh() gave it.
  MeshModels::Model MeshOf(CallPtr& call, std::string_view title, MeshModels::Model mesh,
                           const matching::Proxy& proxy) const;
  // The same of the proxy that the path names; `mesh` itself when there is no such proxy.
  MeshModels::Model MeshOfNamed(const Call& call, MeshModels::Model mesh) const;
  matching::Item Resource(CallPtr& call, const model::TypeDescriptor& type,
                          std::string_view title) const;
  // The Dataplane that the path names.
  std::optional<matching::Proxy> Proxy(CallPtr& call, std::string_view title) const;
  // The KRI in the path's parameter `name`: 400 when it is none.
  std::optional<matching::Identifier> Identifier(CallPtr& call, std::string_view name) const;
  // All Dataplanes of the path's mesh, by name.
  std::optional<std::vector<matching::Item>> Dataplanes(CallPtr& call,
                                                        std::string_view title) const;

  std::string Kri(const model::TypeDescriptor& type, const model::Resource& resource) const;

 private:
  friend class MeshesByZone;
  // `mesh` itself when its zone sees what is stored.
  absl::StatusOr<MeshModels::Model> AsSeenBy(const model::TenantScope& scope,
                                             const std::string& zone_name,
                                             MeshModels::Model mesh) const;
  absl::StatusOr<resources::Generation> GenerationOf(const model::TenantScope& scope,
                                                     const std::string& zone_name) const;
  void Fail(CallPtr& call, const absl::Status& status, std::string_view title) const;

  const Deps& deps_;
  const model::TypeDescriptor& dataplane_type_;
  const model::TypeDescriptor& zone_insight_type_;
  const std::unique_ptr<MeshModels> models_;
};

// Of one mesh, for a question about many proxies: as each one's zone sees it. For one call.
class MeshesByZone {
 public:
  // `mesh`: as Mesh() gave it; all must outlive this.
  MeshesByZone(const Inspection& inspection, const model::TenantScope& scope,
               MeshModels::Model mesh);
  // A zone about which nothing can be found out sees it as it is stored.
  const matching::MeshModel& Of(const matching::Proxy& proxy);

 private:
  const Inspection& inspection_;
  const model::TenantScope& scope_;
  const MeshModels::Model stored_;
  MeshModels::Model third_;  // when the first proxy needs it
  std::map<std::string, resources::Generation> zones_;
};

// {"labels":{},"mesh":"","name":"","type":""}
void WriteMeta(const model::TypeDescriptor& type, const model::Resource& resource,
               JsonWriter& json);
// {"mesh":"","name":""}
void WriteKey(const model::ResourceKey& key, JsonWriter& json);
void WriteTags(const matching::Tags& tags, JsonWriter& json);
// [{"kri":""}]
void WriteOrigins(const Inspection& inspection, const model::TypeDescriptor& type,
                  const std::vector<matching::Item>& policies, JsonWriter& json);

}  // namespace skyden::rest
