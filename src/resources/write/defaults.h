// SPDX-License-Identifier: Apache-2.0
// What a new control plane and a new mesh begin with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/kuma_version.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/store/write_plan.h"

namespace skyden::resources {

using model::CoreTypes;

// Immutable, thread-safe. Specs are encoded once, when it is made.
class Defaults {
 public:
  // Aborts when a text of its own does not encode. `registry` and `codec` must outlive it.
  Defaults(const model::TypeRegistry& registry, const ResourceCodec& codec);

  // What comes with a new mesh beside the Mesh itself: policies, except those that `skipped` names
  // by type ("*": all), and the promise of its signing key.
  absl::Status WriteMeshDefaults(store::WriteTx& tx, model::KumaVersion version,
                                 const std::string& mesh, const std::vector<std::string>& skipped,
                                 absl::Time now) const;
  // What WriteMeshDefaults reads.
  void PlanMeshDefaults(model::KumaVersion version, const std::string& mesh,
                        store::WritePlan& plan) const;
  // Whether a policy has the key of one that comes with a mesh, be it in another version.
  bool IsMeshDefault(const model::TypeDescriptor& type, const model::ResourceKey& key) const;
  // What comes with a new control plane.
  absl::Status WriteControlPlane(store::WriteTx& tx,
                                 const store::ControlPlaneRecord& control_plane) const;
  // Of that only what is a control plane's own, where it is not there: its cluster id, and the
  // promises of its keys and of those of its `meshes`.
  absl::Status WriteOwn(store::WriteTx& tx, const store::ControlPlaneRecord& control_plane,
                        const std::vector<std::string>& meshes) const;
  // The offline Zone. ALREADY_EXISTS.
  absl::Status WriteZone(store::WriteTx& tx, const std::string& zone, absl::Time now) const;

 private:
  struct Prepared {
    const model::TypeDescriptor* type = nullptr;
    std::string name;  // of a policy: without "-<mesh>"
    std::string spec;
  };
  absl::Status WriteDefaultMesh(store::WriteTx& tx, model::KumaVersion version,
                                absl::Time now) const;
  absl::Status PromiseMeshSigningKey(store::WriteTx& tx, const std::string& mesh,
                                     absl::Time now) const;

  const ResourceCodec& codec_;
  const CoreTypes& types_;
  std::string empty_mesh_spec_;
  model::ByVersion<std::vector<Prepared>> policies_;
  std::vector<Prepared> hostname_generators_;
};

}  // namespace skyden::resources
