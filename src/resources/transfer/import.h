// SPDX-License-Identifier: Apache-2.0
// Many resources in one transaction: what can be known without the store, then the store's part.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "resources/rules_proto/mesh_authorities.h"
#include "resources/write/defaults.h"
#include "resources/write/put.h"
#include "skyden/base/status.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/resource_views.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {

// Holds little more than what is to be stored: there may be very many.
struct PreparedImport {
  // What few have.
  struct Rare {
    std::string reason;  // why it is skipped; what is deleted with it
    std::vector<std::string> warnings;
    // Of a Mesh.
    rules_proto::MeshAuthorities authorities;
    std::vector<base::FieldViolation> violations;
    MeshAdditions additions;
  };
  // `outcome` and `update` are right while this is what is stored.
  struct Foreseen {
    std::optional<model::Revision> revision;
    std::string audit_detail;  // empty where that would take too much memory
  };
  struct Item {
    size_t document = 0;  // 0: none
    const model::TypeDescriptor* type = nullptr;
    ImportLine::Outcome outcome = ImportLine::Outcome::kCreated;  // skipped already, or not decided
    bool brings_mesh = false;
    bool deletes = false;      // of `resource` only key and time are there
    bool mesh_goes = false;    // of one that is deleted: its mesh is, too
    model::Resource resource;  // as it is stored when it is new
    // As the document has them.
    std::optional<absl::Time> created, modified;
    std::unique_ptr<Rare> rare;
    std::unique_ptr<ImportUpdate> update;
    std::unique_ptr<Foreseen> foreseen;

    Rare& MakeRare() {
      if (rare == nullptr) rare = std::make_unique<Rare>();
      return *rare;
    }
  };
  // In the order of writing: secrets, meshes, the rest; then deletions, secrets and meshes last.
  std::deque<Item> items;
  std::optional<DesiredState> desired;
};

// A resource that DesiredState::owner keeps.
struct OwnedResource {
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
  std::string reason_to_stay;  // why it cannot be deleted; empty: it can
};
// Those that DesiredState::rest is about, with documents and without. Blocks.
absl::StatusOr<std::vector<OwnedResource>> ListOwned(ResourceViews& views,
                                                     const model::TenantScope& scope,
                                                     const model::TypeRegistry& registry,
                                                     const Defaults& defaults,
                                                     const DesiredState& desired);

// The lines in the order of the stream; `import` has none afterwards.
ImportResult TakeLines(PreparedImport& import);

// INVALID_ARGUMENT with a violation for each thing that is wrong, up to limits::kImportErrors.
// `items` lose their bodies as they are read.
absl::StatusOr<PreparedImport> PrepareImport(const model::TenantScope& scope,
                                             const model::TypeRegistry& registry,
                                             const ResourceCodec& codec, const CoreTypes& types,
                                             std::vector<ImportItem>& items, absl::Time now,
                                             std::optional<DesiredState> desired = {},
                                             const std::vector<OwnedResource>& owned = {});

// Makes the builtin authorities that neither the store nor the import has. Slow: RSA keys.
absl::Status MakeImportAuthorities(store::Store& store, const model::TenantScope& scope,
                                   const CoreTypes& types, PreparedImport& import, absl::Time now);

// Brings items that were found otherwise into the order of writing.
void PutInOrder(PreparedImport& import, const CoreTypes& types);

// Whether a resource of `type` is to be deleted.
bool Deletes(const PreparedImport& import, const model::TypeDescriptor& type);

// The store's part. Run may run again.
class ImportOperation {
 public:
  using Item = PreparedImport::Item;

  // All references must outlive it.
  ImportOperation(const model::TenantScope& scope, const CoreTypes& types, const Defaults& defaults,
                  const ResourceCodec& codec, PreparedImport& import)
      : scope_(scope), types_(types), defaults_(defaults), codec_(codec), import_(import) {}

  // Works out what Run would do over what is stored now, so that Run, while all other writers wait,
  // has nothing left to do but to see that it is still so. Blocks; reads in slices.
  absl::Status Foresee(store::Store& store, const model::TenantScope& scope, ImportMode mode) const;

  // Checks and writes everything, filling in the lines. Like PrepareImport, tells all that is
  // wrong.
  absl::Status Run(store::WriteTx& tx) const;

 private:
  // An item on its way over what is stored.
  struct Step {
    std::optional<model::Resource> stored;
    model::Resource resource;  // what is to be written
    bool writes = true;
  };
  absl::StatusOr<Step> Resolve(store::ReadTx& tx, const PutOperation& put, Item& item,
                               const PreparedPut& prepared) const;
  absl::Status ForeseeItem(store::ReadTx& tx, Item& item, size_t& audit_bytes) const;
  absl::Status ForeseeDeletion(store::ReadTx& tx, Item& item, size_t& audit_bytes) const;
  std::string AuditDetailOf(const Item& item, const model::Resource& prepared) const;

  absl::Status RunItem(store::WriteTx& tx, Item& item) const;
  absl::Status Write(store::WriteTx& tx, Item& item, const PreparedPut& prepared) const;
  // False, with nothing written, when it was not foreseen so.
  absl::StatusOr<bool> WriteForeseen(store::WriteTx& tx, Item& item) const;
  absl::Status Delete(store::WriteTx& tx, Item& item) const;
  // Leaves kOwnerLabel to whom it belongs.
  absl::Status ResolveOwner(const Step& step, model::Resource& resource) const;
  // Why what has no document is not to be deleted after all; empty: it is.
  absl::StatusOr<std::string> ReasonToStay(store::ReadTx& tx, const Item& item) const;
  absl::Status KeepPromises(store::WriteTx& tx) const;

  const model::TenantScope& scope_;
  const CoreTypes& types_;
  const Defaults& defaults_;
  const ResourceCodec& codec_;
  PreparedImport& import_;
};

}  // namespace skyden::resources
