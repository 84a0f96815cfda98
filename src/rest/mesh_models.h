// SPDX-License-Identifier: Apache-2.0
// Models of meshes for policy matching, as fresh as the resources they are made of.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/limits.h"
#include "skyden/matching/mesh_model.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/generations.h"
#include "skyden/resources/resource_views.h"

namespace skyden::rest {

// Thread-safe. Least recently used models go first when all hold more than
// base::limits::kMeshModelBytes. A model is made anew when something in it changed; what did
// not change is not read again.
class MeshModels {
 public:
  using Model = std::shared_ptr<const matching::MeshModel>;

  MeshModels(const model::TypeRegistry& registry, resources::ResourceViews& views,
             size_t bytes_max = base::limits::kMeshModelBytes);

  // By the rules of the scope's version; under Kuma 2, as zones of `generation` are told the mesh's
  // policies. Null when there is no such mesh. Blocks
  // on the disk at most.
  absl::StatusOr<Model> Get(const model::TenantScope& scope, const std::string& mesh_name,
                            resources::Generation generation = resources::Generation::kTwo);

  size_t bytes() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Key = std::tuple<model::ControlPlaneId, std::string, matching::Rules>;
  using Views = std::vector<std::shared_ptr<const resources::ResourceView>>;
  struct Entry {
    Key key;
    std::vector<model::Revision> revisions;  // of the mesh and of the views that it was made from
    Model model;
  };

  Model Find(const Key& key, std::vector<model::Revision>& revisions) ABSL_LOCKS_EXCLUDED(mu_);
  void Keep(Entry entry) ABSL_LOCKS_EXCLUDED(mu_);

  const model::TypeRegistry& registry_;
  resources::ResourceViews& views_;
  const size_t bytes_max_;
  const std::vector<const model::TypeDescriptor*> types_;

  mutable absl::Mutex mu_;
  std::list<Entry> recent_ ABSL_GUARDED_BY(mu_);  // most recently used first
  std::map<Key, std::list<Entry>::iterator> index_ ABSL_GUARDED_BY(mu_);
  size_t bytes_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace skyden::rest
