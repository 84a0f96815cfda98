// SPDX-License-Identifier: Apache-2.0
// One DELETE, in Kuma's order, with everything that goes with the resource.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "resources/write/defaults.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/store/write_plan.h"

namespace skyden::resources {

class DeleteOperation {
 public:
  // All references must outlive it.
  DeleteOperation(const model::TenantScope& scope, const CoreTypes& types,
                  const ResourceCodec& codec, const model::TypeDescriptor& type,
                  const model::ResourceKey& key, absl::Time now)
      : scope_(scope), types_(types), codec_(codec), type_(type), key_(key), now_(now) {}

  absl::Status Run(store::WriteTx& tx) const;
  // What Run reads.
  store::WritePlan Plan() const;

 private:
  // `stored` gets what is to be deleted.
  absl::Status Check(store::ReadTx& tx, std::optional<model::Resource>& stored) const;
  absl::Status CheckType(store::ReadTx& tx) const;
  absl::Status CheckSecretUnused(store::ReadTx& tx) const;
  // How many resources went with it.
  absl::StatusOr<uint64_t> DeleteMesh(store::WriteTx& tx) const;
  // And how many tokens.
  absl::StatusOr<uint64_t> DeleteZone(store::WriteTx& tx, uint64_t& tokens) const;

  const model::TenantScope& scope_;
  const CoreTypes& types_;
  const ResourceCodec& codec_;
  const model::TypeDescriptor& type_;
  const model::ResourceKey& key_;
  const absl::Time now_;
};

}  // namespace skyden::resources
