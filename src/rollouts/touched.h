// SPDX-License-Identifier: Apache-2.0
// Which proxies a rollout may make a difference to.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "skyden/matching/difference.h"
#include "skyden/matching/mesh_model.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/resources/rollouts.h"
#include "skyden/rollouts/driver.h"

namespace skyden::rollouts {

// Immutable. The registry must outlive it.
class Touched {
 public:
  // Over what is stored now. Blocks on the disk; reads the mesh's policies and services.
  static absl::StatusOr<Touched> Of(const DriverDeps& deps, const model::TenantScope& scope,
                                    const resources::Rollout& rollout);
  // False only when policy matching says the same of the Dataplane with the rollout as without it.
  bool MayDiffer(const matching::Item& dataplane) const;

 private:
  using Model = std::shared_ptr<const matching::MeshModel>;
  Touched(Model before, Model after);

  Model before_, after_;
  std::unique_ptr<const matching::ModelDifference> difference_;
};

}  // namespace skyden::rollouts
