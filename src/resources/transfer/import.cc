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
#include "resources/write/audit_detail.h"
#include "resources/write/mesh_rules.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using Item = PreparedImport::Item;
using Outcome = ImportLine::Outcome;

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

void SetTimes(const Item& item, model::Resource& resource) {
  if (item.created) resource.creation_time = *item.created;
  if (item.modified) resource.modification_time = *item.modified;
}

std::string WhereOf(const Item& item) {
  const model::ResourceKey& key = item.resource.key;
  return NameOfDocument(item.document, item.type->name, key.mesh, key.name);
}

// Read at one point in time: a reader that stays keeps the log from starting over.
constexpr size_t kItemsPerRead = 256;

// Of each there may be limits::kImportDocuments at once.
static_assert(sizeof(ImportLine) <= 192 && sizeof(Item) <= 344);

// The resource is lent and not copied, since the writer is held: it may be asked for again.
class LentPut {
 public:
  LentPut(Item& item, model::KumaVersion version) : item_(item) {
    put_.type = item.type;
    put_.version = version;
    put_.brings_mesh = item.brings_mesh;
    if (item.rare != nullptr) {
      put_.authorities = item.rare->authorities;
      put_.violations = item.rare->violations;
    }
    put_.resource = std::move(item.resource);
  }
  ~LentPut() { item_.resource = std::move(put_.resource); }
  LentPut(const LentPut&) = delete;
  LentPut& operator=(const LentPut&) = delete;

  const PreparedPut& get() const { return put_; }

 private:
  Item& item_;
  PreparedPut put_;
};

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
      [](const ImportLine& a, const ImportLine& b) { return a.document - 1 < b.document - 1; });
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
    if (item.outcome == Outcome::kSkipped && !item.deletes) continue;
    const absl::Status status = RunItem(tx, item);
    if (status.ok()) continue;
    if (!IsRefusal(status)) return status;
    errors.Add(WhereOf(item), status);
  }
  if (!errors.empty()) return errors.Take(import_.items.size());
  return KeepPromises(tx);
}

absl::StatusOr<ImportOperation::Step> ImportOperation::Resolve(store::ReadTx& tx,
                                                               const PutOperation& put, Item& item,
                                                               const PreparedPut& prepared) const {
  item.update = nullptr;
  Step step;
  SKYDEN_RETURN_IF_ERROR(put.Resolve(tx, step.stored, step.resource));
  SKYDEN_RETURN_IF_ERROR(ResolveOwner(step, step.resource));
  model::Resource& resource = step.resource;
  const std::optional<model::Resource>& stored = step.stored;
  resource.zone = prepared.resource.zone;
  if (!prepared.resource.status.empty()) resource.status = prepared.resource.status;
  SetTimes(item, resource);
  item.outcome = stored.has_value() ? Outcome::kUpdated : Outcome::kCreated;
  if (stored.has_value() && Same(*stored, resource)) {
    item.outcome = Outcome::kUnchanged;
    step.writes = !SameTimes(item, *stored);
    // Older than it was thought to be: which of two policies came first decides between them.
    if (!item.modified) resource.modification_time = stored->modification_time;
  }
  if (item.outcome == Outcome::kUpdated) {
    item.update = std::make_unique<ImportUpdate>(ImportUpdate{*stored, resource});
  }
  return step;
}

absl::Status ImportOperation::Foresee(store::Store& store, const model::TenantScope& scope,
                                      ImportMode mode) const {
  // A dry run leaves no entry.
  size_t audit_bytes = mode == ImportMode::kDryRun ? base::limits::kImportAuditBytes : 0;
  for (auto item = import_.items.begin(); item != import_.items.end();) {
    const auto rest = static_cast<size_t>(import_.items.end() - item);
    const auto last = item + static_cast<ptrdiff_t>(std::min(rest, kItemsPerRead));
    const absl::Status read = store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
      for (; item != last; ++item) SKYDEN_RETURN_IF_ERROR(ForeseeItem(tx, *item, audit_bytes));
      return absl::OkStatus();
    });
    if (!read.ok()) return read;
  }
  return absl::OkStatus();
}

absl::Status ImportOperation::ForeseeItem(store::ReadTx& tx, Item& item,
                                          size_t& audit_bytes) const {
  if (item.deletes) return ForeseeDeletion(tx, item, audit_bytes);
  // What is checked against other resources has to be looked at as it is when it is written.
  const bool stands_alone = item.type != types_.mesh && item.type != types_.rate_limit &&
                            item.type != types_.external_service;
  if (item.outcome == Outcome::kSkipped || !stands_alone) return absl::OkStatus();
  const LentPut prepared(item, scope_.version());
  const absl::StatusOr<Step> step =
      Resolve(tx, PutOperation(types_, defaults_, codec_, prepared.get()), item, prepared.get());
  // Run tells what is wrong, with all the rest.
  if (!step.ok()) return IsRefusal(step.status()) ? absl::OkStatus() : step.status();
  if (step->writes && item.outcome == Outcome::kUnchanged) return absl::OkStatus();
  auto foreseen = std::make_unique<PreparedImport::Foreseen>();
  if (step->stored.has_value()) foreseen->revision = step->stored->revision;
  if (step->writes && audit_bytes < base::limits::kImportAuditBytes) {
    foreseen->audit_detail = AuditDetailOf(item, prepared.get().resource);
    audit_bytes += foreseen->audit_detail.size();
  }
  item.foreseen = std::move(foreseen);
  return absl::OkStatus();
}

std::string ImportOperation::AuditDetailOf(const Item& item,
                                           const model::Resource& prepared) const {
  if (item.update == nullptr) return AuditCreated(AuditView(codec_, *item.type, prepared));
  return AuditUpdated(codec_, *item.type, item.update->before, item.update->after);
}

absl::Status ImportOperation::RunItem(store::WriteTx& tx, Item& item) const {
  if (item.deletes) return Delete(tx, item);
  SKYDEN_ASSIGN_OR_RETURN(const bool written, WriteForeseen(tx, item));
  if (written) return absl::OkStatus();
  item.foreseen = nullptr;
  const LentPut prepared(item, scope_.version());
  return Write(tx, item, prepared.get());
}

absl::StatusOr<bool> ImportOperation::WriteForeseen(store::WriteTx& tx, Item& item) const {
  if (item.foreseen == nullptr) return false;
  const PreparedImport::Foreseen& foreseen = *item.foreseen;
  const model::TypeDescriptor& type = *item.type;
  const model::ResourceKey& key = item.resource.key;
  if (type.scope == model::ResourceScope::kMesh && !item.brings_mesh) {
    SKYDEN_RETURN_IF_ERROR(CheckMeshExists(tx, types_, key.mesh));
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto revision, tx.FindRevision(type.id, key));
  if (revision != foreseen.revision) return false;
  if (item.outcome == Outcome::kUnchanged) return true;
  model::Resource resource = item.update == nullptr ? item.resource : item.update->after;
  if (item.update == nullptr) SetTimes(item, resource);
  SKYDEN_RETURN_IF_ERROR(tx.PutResource(resource));
  tx.Audit(ResourceNote(
      item.resource.modification_time,
      item.outcome == Outcome::kCreated ? kResourceCreate : kResourceUpdate, type, key,
      foreseen.audit_detail.empty() ? AuditDetailOf(item, item.resource) : foreseen.audit_detail));
  return true;
}

absl::Status ImportOperation::Write(store::WriteTx& tx, Item& item,
                                    const PreparedPut& prepared) const {
  static const MeshAdditions kNone;
  const PutOperation put(types_, defaults_, codec_, prepared);
  SKYDEN_ASSIGN_OR_RETURN(Step step, Resolve(tx, put, item, prepared));
  if (!step.writes) return absl::OkStatus();
  return put.Write(tx, step.stored, step.resource,
                   item.rare == nullptr ? kNone : item.rare->additions);
}

// A promised key that the import brought need not be made any more.
absl::Status ImportOperation::KeepPromises(store::WriteTx& tx) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto pending, tx.ListPendingKeys());
  for (const store::PendingKey& key : pending) {
    const auto kept = std::find_if(import_.items.begin(), import_.items.end(), [&](const Item& i) {
      return i.type->id == key.type && i.resource.key == key.key && !i.deletes;
    });
    if (kept == import_.items.end()) continue;
    // It was there for everybody who asked.
    kept->outcome = Outcome::kUpdated;
    SKYDEN_RETURN_IF_ERROR(tx.RemovePendingKey(key));
  }
  return absl::OkStatus();
}

}  // namespace skyden::resources
