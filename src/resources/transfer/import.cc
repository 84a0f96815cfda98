// SPDX-License-Identifier: Apache-2.0
// Everything that is wrong is told at once, so a refused item does not end the run: the transaction
// is given up at the end.
#include "resources/transfer/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "resources/json/value.h"
#include "resources/transfer/import_errors.h"
#include "resources/write/mesh_rules.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using Item = PreparedImport::Item;
using Outcome = ImportLine::Outcome;

// What the resource or the request is to blame for; anything else ends the run.
bool IsRefusal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) ||
         absl::IsPermissionDenied(status) || absl::IsFailedPrecondition(status);
}

bool SameJson(std::string_view a, std::string_view b) {
  if (a == b) return true;
  auto left = json::Document::Parse(a);
  auto right = json::Document::Parse(b);
  if (!left.ok() || !right.ok()) return false;
  std::string left_text;
  std::string right_text;
  json::AppendValue(left->root(), left_text);
  json::AppendValue(right->root(), right_text);
  return left_text == right_text;
}

bool Same(const model::Resource& stored, const model::Resource& wanted) {
  return stored.labels == wanted.labels && stored.spec == wanted.spec &&
         stored.zone == wanted.zone && SameJson(stored.status, wanted.status);
}

bool SameTimes(const Item& item, const model::Resource& stored) {
  return item.created.value_or(stored.creation_time) == stored.creation_time &&
         item.modified.value_or(stored.modification_time) == stored.modification_time;
}

std::string WhereOf(const Item& item) {
  const model::ResourceKey& key = item.resource.key;
  return NameOfDocument(item.document, item.type->name, key.mesh, key.name);
}

// Of each there may be limits::kImportDocuments at once.
static_assert(sizeof(ImportLine) <= 192 && sizeof(Item) <= 368);

ImportLine LineOf(Item item) {
  ImportLine line;
  line.document = item.document;
  line.type = item.type;
  line.key = std::move(item.resource.key);
  line.outcome = item.outcome;
  line.update = std::move(item.update);
  if (item.rare != nullptr) {
    line.reason = std::move(item.rare->reason);
    line.warnings = std::move(item.rare->warnings);
  }
  return line;
}

}  // namespace

ImportResult TakeLines(PreparedImport& import) {
  ImportResult result;
  result.lines.reserve(import.items.size());
  for (; !import.items.empty(); import.items.pop_front()) {
    result.lines.push_back(LineOf(std::move(import.items.front())));
  }
  std::stable_sort(
      result.lines.begin(), result.lines.end(),
      [](const ImportLine& a, const ImportLine& b) { return a.document < b.document; });
  return result;
}

absl::Status MakeImportAuthorities(store::Store& store, const model::TenantScope& scope,
                                   const CoreTypes& types, PreparedImport& import, absl::Time now) {
  std::set<model::ResourceKey> brought;
  for (const Item& item : import.items) {
    if (item.type == types.secret) brought.insert(item.resource.key);
  }
  size_t made = 0;
  for (Item& item : import.items) {
    if (item.rare == nullptr || item.rare->authorities.builtin.empty()) continue;
    const std::string& mesh = item.resource.key.name;
    std::vector<rules_proto::BuiltinCa> missing;
    SKYDEN_RETURN_IF_ERROR(store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(
          missing, FindMissingAuthorities(tx, types.secret->id, mesh, item.rare->authorities));
      return absl::OkStatus();
    }));
    std::erase_if(missing, [&](const rules_proto::BuiltinCa& ca) {
      return brought.contains({mesh, BuiltinCaCertificateName(mesh, ca.backend_name)}) &&
             brought.contains({mesh, BuiltinCaKeyName(mesh, ca.backend_name)});
    });
    made += missing.size();
    if (made > base::limits::kImportAuthorities) {
      ImportErrors errors;
      errors.Add(WhereOf(item),
                 absl::InvalidArgumentError(fmt::format(
                     "more than {} certificate authorities would have to be made; import their "
                     "secrets with them, or the meshes in parts",
                     base::limits::kImportAuthorities)));
      return errors.Take(import.items.size());
    }
    SKYDEN_ASSIGN_OR_RETURN(item.rare->additions.secrets, MakeAuthorities(missing, mesh, now));
  }
  return absl::OkStatus();
}

absl::Status ImportOperation::Run(store::WriteTx& tx) const {
  ImportErrors errors;
  for (Item& item : import_.items) {
    if (item.outcome == Outcome::kSkipped) continue;
    const absl::Status status = RunItem(tx, item);
    if (status.ok()) continue;
    if (!IsRefusal(status)) return status;
    errors.Add(WhereOf(item), status);
  }
  if (!errors.empty()) return errors.Take(import_.items.size());
  return KeepPromises(tx);
}

absl::Status ImportOperation::RunItem(store::WriteTx& tx, PreparedImport::Item& item) const {
  PreparedPut prepared;
  prepared.type = item.type;
  prepared.brings_mesh = item.brings_mesh;
  if (item.rare != nullptr) {
    prepared.authorities = item.rare->authorities;
    prepared.violations = item.rare->violations;
  }
  // Lent, since the writer is held: it may be asked for again.
  prepared.resource = std::move(item.resource);
  prepared.audit_view = std::move(item.audit_view);
  absl::Status status = Write(tx, item, prepared);
  item.resource = std::move(prepared.resource);
  item.audit_view = std::move(prepared.audit_view);
  return status;
}

absl::Status ImportOperation::Write(store::WriteTx& tx, PreparedImport::Item& item,
                                    const PreparedPut& prepared) const {
  static const MeshAdditions kNone;
  item.update = nullptr;
  const PutOperation put(types_, defaults_, codec_, prepared);
  std::optional<model::Resource> stored;
  model::Resource resource;
  SKYDEN_RETURN_IF_ERROR(put.Resolve(tx, stored, resource));
  resource.zone = prepared.resource.zone;
  if (!prepared.resource.status.empty()) resource.status = prepared.resource.status;
  if (item.created) resource.creation_time = *item.created;
  if (item.modified) resource.modification_time = *item.modified;
  item.outcome = stored.has_value() ? Outcome::kUpdated : Outcome::kCreated;
  if (stored.has_value() && Same(*stored, resource)) {
    item.outcome = Outcome::kUnchanged;
    if (SameTimes(item, *stored)) return absl::OkStatus();
    // Older than it was thought to be: which of two policies came first decides between them.
    if (!item.modified) resource.modification_time = stored->modification_time;
  }
  if (item.outcome == Outcome::kUpdated) {
    item.update = std::make_unique<ImportUpdate>(ImportUpdate{*stored, resource});
  }
  return put.Write(tx, stored, resource, item.rare == nullptr ? kNone : item.rare->additions);
}

// A promised key that the import brought need not be made any more.
absl::Status ImportOperation::KeepPromises(store::WriteTx& tx) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto pending, tx.ListPendingKeys());
  for (const store::PendingKey& key : pending) {
    const auto kept = std::find_if(import_.items.begin(), import_.items.end(), [&](const Item& i) {
      return i.type->id == key.type && i.resource.key == key.key;
    });
    if (kept == import_.items.end()) continue;
    // It was there for everybody who asked.
    kept->outcome = Outcome::kUpdated;
    SKYDEN_RETURN_IF_ERROR(tx.RemovePendingKey(key));
  }
  return absl::OkStatus();
}

}  // namespace skyden::resources
