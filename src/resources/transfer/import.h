// SPDX-License-Identifier: Apache-2.0
// Many resources in one transaction: what can be known without the store, then the store's part.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "resources/manager/defaults.h"
#include "resources/manager/put.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/store.h"

namespace skyden::resources {

struct PreparedImport {
  struct Item {
    ImportLine line;  // skipped already, or to be decided
    PreparedPut put;
    MeshAdditions additions;
    // As the document has them.
    std::string zone;
    std::string status;  // "": none, or none worth keeping
    std::optional<absl::Time> created, modified;
  };
  std::vector<Item> items;  // in the order of writing: secrets, meshes, the rest
};

// The lines in the order of the stream; `import` has none afterwards.
ImportResult TakeLines(PreparedImport& import);

// INVALID_ARGUMENT with a violation for each thing that is wrong, up to limits::kImportErrors.
absl::StatusOr<PreparedImport> PrepareImport(const model::TenantScope& scope,
                                             const model::TypeRegistry& registry,
                                             const ResourceCodec& codec, const CoreTypes& types,
                                             const std::vector<ImportItem>& items, absl::Time now);

// Makes the builtin authorities that neither the store nor the import has. Slow: RSA keys.
absl::Status MakeImportAuthorities(store::Store& store, const model::TenantScope& scope,
                                   const CoreTypes& types, PreparedImport& import, absl::Time now);

// The store's part. May run again.
class ImportOperation {
 public:
  ImportOperation(const CoreTypes& types, const Defaults& defaults, const ResourceCodec& codec,
                  PreparedImport& import)
      : types_(types), defaults_(defaults), codec_(codec), import_(import) {}

  // Checks and writes everything, filling in the lines. Like PrepareImport, tells all that is
  // wrong.
  absl::Status Run(store::WriteTx& tx) const;

 private:
  absl::Status RunItem(store::WriteTx& tx, PreparedImport::Item& item) const;
  absl::Status KeepPromises(store::WriteTx& tx) const;

  const CoreTypes& types_;
  const Defaults& defaults_;
  const ResourceCodec& codec_;
  PreparedImport& import_;
};

}  // namespace skyden::resources
