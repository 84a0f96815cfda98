// SPDX-License-Identifier: Apache-2.0
// One DELETE, in Kuma's order, with everything that goes with the resource.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "resources/manager/defaults.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/store.h"

namespace skyden::resources {

class DeleteOperation {
 public:
  // All references must outlive it.
  DeleteOperation(const model::TenantScope& scope, const CoreTypes& types,
                  const model::TypeDescriptor& type, const model::ResourceKey& key)
      : scope_(scope), types_(types), type_(type), key_(key) {}

  // The ids of the tokens that ended with it.
  absl::StatusOr<std::vector<model::TokenId>> Run(store::WriteTx& tx) const;

 private:
  absl::Status Check(store::ReadTx& tx) const;
  absl::Status CheckType(store::ReadTx& tx) const;
  absl::Status CheckSecretUnused(store::ReadTx& tx) const;
  absl::Status DeleteMesh(store::WriteTx& tx) const;
  absl::StatusOr<std::vector<model::TokenId>> DeleteZone(store::WriteTx& tx) const;

  const model::TenantScope& scope_;
  const CoreTypes& types_;
  const model::TypeDescriptor& type_;
  const model::ResourceKey& key_;
};

}  // namespace skyden::resources
