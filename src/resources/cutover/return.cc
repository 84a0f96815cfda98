// SPDX-License-Identifier: Apache-2.0
// The way back puts what was kept by the history where it was, past all rules: it was good once, as
// a whole, and is again once nothing else is there. What goes is deleted as people delete it, since
// zones may have put something into it.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "resources/cutover/switch.h"
#include "resources/transfer/import.h"
#include "resources/transfer/past.h"
#include "resources/transfer/restore.h"
#include "resources/write/audit_detail.h"
#include "resources/write/defaults.h"
#include "resources/write/remove.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/resources/cutover.h"
#include "skyden/resources/history.h"

namespace skyden::resources {
namespace {

using Item = PreparedImport::Item;
using Outcome = ImportLine::Outcome;

constexpr model::KumaVersion kBack = model::KumaVersion::kTwo;

// Whether going back would undo it.
bool IsLost(const model::CoreTypes& types, const PastDifference& difference) {
  if (!IsTakenBackWithAll(types, *difference.type, difference.key)) return false;
  // Zones come and go by themselves.
  const bool is_changed = difference.before.has_value() && difference.after.has_value();
  return difference.type != types.zone || is_changed;
}

std::string_view WhatHappened(const PastDifference& difference) {
  if (!difference.before.has_value()) return "created since the upgrade";
  return difference.after.has_value() ? "changed since the upgrade" : "deleted since the upgrade";
}

absl::Status CheckNothingIsLost(const CutoverDeps& deps, const CutoverBy& by,
                                model::Revision upgraded, model::Revision now) {
  SKYDEN_ASSIGN_OR_RETURN(
      const auto differences,
      DiffOf(PastReads{deps.store, deps.registry, by.scope}, {}, upgraded, now));
  std::vector<base::FieldViolation> lost;
  size_t count = 0;
  for (const PastDifference& difference : differences) {
    if (!IsLost(deps.registry.core(), difference)) continue;
    ++count;
    if (lost.size() >= base::limits::kImportErrors) continue;
    const std::string mesh = difference.key.mesh.empty() ? "" : difference.key.mesh + "/";
    lost.push_back({fmt::format("{} {}{}", difference.type->name, mesh, difference.key.name),
                    std::string(WhatHappened(difference))});
  }
  if (lost.empty()) return absl::OkStatus();
  return base::WithViolations(
      base::WithTitle(
          absl::FailedPreconditionError(fmt::format(
              "{} resource{} written since the upgrade and would be lost; with "
              "discard_later (--discard-later) {} taken back all the same.",
              count, count == 1 ? " was" : "s were", count == 1 ? "it is" : "they are")),
          "Conflict"),
      lost);
}

// In the transaction. `lines` are written anew each time it runs.
class Putter {
 public:
  // All references must outlive it.
  Putter(const CutoverDeps& deps, const model::TenantScope& inside, const PreparedImport& prepared,
         std::vector<ImportLine>& lines)
      : deps_(deps),
        inside_(inside),
        prepared_(prepared),
        types_(deps.registry.core()),
        defaults_(deps.registry, deps.codec),
        now_(deps.clock.Now()),
        lines_(lines) {}

  absl::Status Run(store::WriteTx& tx) const {
    lines_.clear();
    for (const Item& item : prepared_.items) {
      SKYDEN_RETURN_IF_ERROR(item.deletes ? Delete(tx, item) : PutBack(tx, item));
    }
    return absl::OkStatus();
  }

 private:
  ImportLine& NewLine(const Item& item, Outcome outcome) const {
    ImportLine& line = lines_.emplace_back();
    line.type = item.type;
    line.key = item.resource.key;
    line.outcome = outcome;
    return line;
  }

  absl::Status Delete(store::WriteTx& tx, const Item& item) const {
    const model::ResourceKey& key = item.resource.key;
    SKYDEN_ASSIGN_OR_RETURN(const bool there, tx.HasResource(item.type->id, key));
    if (!there) return absl::OkStatus();  // it went with its mesh
    const auto mesh =
        item.mesh_goes ? DeleteOperation::Mesh::kGoesToo : DeleteOperation::Mesh::kStays;
    const auto deleted =
        DeleteOperation(inside_, types_, deps_.codec, *item.type, key, now_, mesh).Run(tx);
    if (!deleted.ok()) return deleted.status();
    NewLine(item, Outcome::kDeleted);
    return absl::OkStatus();
  }

  absl::Status PutBack(store::WriteTx& tx, const Item& item) const {
    const model::TypeDescriptor& type = *item.type;
    const model::ResourceKey& key = item.resource.key;
    SKYDEN_ASSIGN_OR_RETURN(std::optional<model::Resource> stored, tx.FindResource(type.id, key));
    model::Resource resource = item.resource;
    SKYDEN_RETURN_IF_ERROR(tx.PutResource(resource));
    if (!stored.has_value()) {
      // With all that was in it, and the promise of a key that may have gone with it.
      if (&type == types_.mesh) {
        SKYDEN_RETURN_IF_ERROR(
            defaults_.WriteMeshDefaults(tx, inside_.version(), key.name, {"*"}, now_));
      }
      tx.Audit(ResourceNote(now_, kResourceCreate, type, key,
                            AuditCreated(AuditView(deps_.codec, type, resource))));
      NewLine(item, Outcome::kCreated);
      return absl::OkStatus();
    }
    tx.Audit(ResourceNote(now_, kResourceUpdate, type, key,
                          AuditUpdated(deps_.codec, type, *stored, resource)));
    NewLine(item, Outcome::kUpdated).update =
        std::make_unique<ImportUpdate>(ImportUpdate{*std::move(stored), std::move(resource)});
    return absl::OkStatus();
  }

  const CutoverDeps& deps_;
  const model::TenantScope& inside_;
  const PreparedImport& prepared_;
  const CoreTypes& types_;
  const Defaults defaults_;
  const absl::Time now_;
  std::vector<ImportLine>& lines_;
};

}  // namespace

absl::StatusOr<Cutover> ReturnControlPlane(const CutoverDeps& deps, const CutoverBy& by,
                                           const ReturnRequest& request) {
  base::AssertMayBlock();
  SKYDEN_RETURN_IF_ERROR(CheckMayCutOver(by.scope, kBack));
  PastUpgrade upgrade;
  model::Revision now = 0;
  SKYDEN_RETURN_IF_ERROR(deps.store.Read(by.scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(upgrade, FindLastUpgrade(tx));
    SKYDEN_ASSIGN_OR_RETURN(now, tx.CurrentRevision());
    return CheckRevision(tx, upgrade.before);
  }));
  if (request.later == ReturnRequest::Later::kForbids) {
    SKYDEN_RETURN_IF_ERROR(CheckNothingIsLost(deps, by, upgrade.after, now));
  }
  const model::TenantScope inside = InVersion(by.scope, kBack);
  RestoreRequest restore;
  restore.revision = upgrade.before;
  SKYDEN_ASSIGN_OR_RETURN(const PreparedImport prepared,
                          PrepareRestore(deps.store, inside, deps.registry, deps.codec, restore,
                                         deps.clock.Now(), RestoreAs::kItWas));
  Cutover cutover;
  const Putter putter(deps, inside, prepared, cutover.lines);
  SKYDEN_RETURN_IF_ERROR(SwitchVersion(
      deps, by, {kBack, kReturnAction, now, request.mode},
      [&putter](store::WriteTx& tx) { return putter.Run(tx); }, cutover));
  return cutover;
}

}  // namespace skyden::resources
