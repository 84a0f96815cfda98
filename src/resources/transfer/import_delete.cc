// SPDX-License-Identifier: Apache-2.0
// Documents that say `delete: true`. What is not there need not be deleted: it is told, and a
// stream that is imported twice does nothing the second time.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "resources/transfer/import.h"
#include "resources/transfer/import_errors.h"
#include "resources/write/audit_detail.h"
#include "resources/write/remove.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using Item = PreparedImport::Item;
using Outcome = ImportLine::Outcome;

std::string WithIt(const DeleteOperation::Taken& taken) {
  if (taken.resources == 0) return "";
  return fmt::format("with {} resource{} in it", taken.resources, taken.resources == 1 ? "" : "s");
}

}  // namespace

bool Deletes(const PreparedImport& import, const model::TypeDescriptor& type) {
  return std::any_of(import.items.begin(), import.items.end(),
                     [&](const Item& item) { return item.deletes && item.type == &type; });
}

absl::Status ImportOperation::ForeseeDeletion(store::ReadTx& tx, Item& item,
                                              size_t& audit_bytes) const {
  // The others take something with them, or depend on what else is written.
  const bool stands_alone =
      item.type != types_.mesh && item.type != types_.zone && item.type != types_.secret;
  if (!stands_alone || audit_bytes >= base::limits::kImportAuditBytes) return absl::OkStatus();
  const model::ResourceKey& key = item.resource.key;
  std::optional<model::Resource> stored;
  const absl::Status checked =
      DeleteOperation(scope_, types_, codec_, *item.type, key, item.resource.modification_time)
          .Check(tx, stored);
  // Run tells what is wrong, with all the rest.
  if (!checked.ok()) return IsRefusal(checked) ? absl::OkStatus() : checked;
  if (item.document == 0) {
    SKYDEN_ASSIGN_OR_RETURN(const std::string reason, ReasonToStay(tx, item));
    if (!reason.empty()) return absl::OkStatus();
  }
  auto foreseen = std::make_unique<PreparedImport::Foreseen>();
  foreseen->revision = stored->revision;
  foreseen->audit_detail = AuditDeleted(AuditView(codec_, *item.type, *stored));
  audit_bytes += foreseen->audit_detail.size();
  item.foreseen = std::move(foreseen);
  return absl::OkStatus();
}

absl::Status ImportOperation::Delete(store::WriteTx& tx, Item& item) const {
  const model::TypeDescriptor& type = *item.type;
  const model::ResourceKey& key = item.resource.key;
  const absl::Time now = item.resource.modification_time;
  SKYDEN_ASSIGN_OR_RETURN(const auto revision, tx.FindRevision(type.id, key));
  if (!revision.has_value()) {
    item.outcome = Outcome::kSkipped;
    item.MakeRare().reason = "there is none";
    return absl::OkStatus();
  }
  const bool foreseen = item.foreseen != nullptr && item.foreseen->revision == revision;
  if (item.document == 0 && !foreseen) {
    SKYDEN_ASSIGN_OR_RETURN(std::string reason, ReasonToStay(tx, item));
    if (!reason.empty()) {
      item.outcome = Outcome::kSkipped;
      item.MakeRare().reason = std::move(reason);
      return absl::OkStatus();
    }
  }
  item.outcome = Outcome::kDeleted;
  if (item.rare != nullptr) item.rare->reason.clear();
  if (foreseen) {
    SKYDEN_RETURN_IF_ERROR(tx.DeleteResource(type.id, key));
    tx.Audit(ResourceNote(now, kResourceDelete, type, key, item.foreseen->audit_detail));
    return absl::OkStatus();
  }
  const auto mesh =
      item.mesh_goes ? DeleteOperation::Mesh::kGoesToo : DeleteOperation::Mesh::kStays;
  SKYDEN_ASSIGN_OR_RETURN(const DeleteOperation::Taken taken,
                          DeleteOperation(scope_, types_, codec_, type, key, now, mesh).Run(tx));
  if (std::string with_it = WithIt(taken); !with_it.empty()) {
    item.MakeRare().reason = std::move(with_it);
  }
  return absl::OkStatus();
}

}  // namespace skyden::resources
