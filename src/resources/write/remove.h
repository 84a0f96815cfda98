// SPDX-License-Identifier: Apache-2.0
// One DELETE, in Kuma's order, with everything that goes with the resource.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "resources/write/defaults.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/store/write_plan.h"

namespace skyden::resources {

class DeleteOperation {
 public:
  // Whether the same transaction deletes its mesh: then that uses no secret any more.
  enum class Mesh { kStays, kGoesToo };
  // What goes with a mesh or a zone.
  struct Taken {
    uint64_t resources = 0;
    uint64_t tokens = 0;
  };

  // All references must outlive it.
  DeleteOperation(const model::TenantScope& scope, const CoreTypes& types,
                  const ResourceCodec& codec, const model::TypeDescriptor& type,
                  const model::ResourceKey& key, absl::Time now, Mesh mesh = Mesh::kStays)
      : scope_(scope),
        types_(types),
        codec_(codec),
        type_(type),
        key_(key),
        now_(now),
        mesh_(mesh) {}

  absl::StatusOr<Taken> Run(store::WriteTx& tx) const;
  // What Run reads.
  store::WritePlan Plan() const;
  // Why Run would refuse it; `stored` gets what is to be deleted.
  absl::Status Check(store::ReadTx& tx, std::optional<model::Resource>& stored) const;

 private:
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
  const Mesh mesh_;
};

}  // namespace skyden::resources
