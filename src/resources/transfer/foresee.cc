// SPDX-License-Identifier: Apache-2.0
// All of it in one read: what it sees is of one revision, and so are the views, which are brought
// to it. What is cached of them is older at most.
#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "resources/transfer/foreseen_tx.h"
#include "resources/transfer/import.h"
#include "resources/views/view_building.h"
#include "resources/write/defaults.h"
#include "resources/write/errors.h"
#include "resources/write/put.h"
#include "resources/write/remove.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/resources/foresight.h"

namespace skyden::resources {
namespace {

using View = std::shared_ptr<const ResourceView>;

// `cached`, as it is at `revision`, which `tx` sees.
absl::StatusOr<View> ViewAt(store::ReadTx& tx, const View& cached, model::TypeId type,
                            model::Revision revision) {
  if (cached->revision() == revision) return cached;
  absl::StatusOr<std::vector<model::Resource>> changes = absl::OutOfRangeError("");
  if (cached->revision() < revision) changes = tx.ListChanges(type, cached->revision());
  if (absl::IsOutOfRange(changes.status())) {
    SKYDEN_ASSIGN_OR_RETURN(auto all, tx.ListResources(type, std::nullopt));
    return BuildView(std::move(all), revision).view;
  }
  SKYDEN_RETURN_IF_ERROR(changes.status());
  return changes->empty() ? cached : Advance(*cached, *std::move(changes), revision);
}

class Foreseer {
 public:
  Foreseer(const ForesightDeps& deps, const model::TenantScope& scope, absl::Time now)
      : deps_(deps),
        scope_(scope),
        types_(deps.registry.core()),
        defaults_(deps.registry, deps.codec),
        now_(now) {}

  absl::Status Prepare(ForeseenDocuments& documents) {
    SKYDEN_ASSIGN_OR_RETURN(auto items, ReadImportBody(std::move(documents.body)));
    for (const ImportItem& item : items) lines_.emplace(item.document, item.line);
    std::vector<OwnedResource> owned;
    if (documents.desired && documents.desired->rest == DesiredState::Rest::kIsDeleted) {
      SKYDEN_ASSIGN_OR_RETURN(
          owned, ListOwned(deps_.views, scope_, deps_.registry, defaults_, *documents.desired));
    }
    auto import = PrepareImport(scope_, deps_.registry, deps_.codec, types_, items, now_,
                                std::move(documents.desired), owned);
    if (!import.ok()) return WithLines(import.status());
    import_ = *std::move(import);
    return absl::OkStatus();
  }
  absl::Status Prepare(PutRequest& request) {
    if (request.type->ReadOnlyAtGlobal()) return errors::ReadOnlyType();
    put_ = PreparePut(scope_, deps_.codec, types_, std::move(request), now_);
    return absl::OkStatus();
  }
  absl::Status Prepare(ForeseenDelete& request) {
    if (request.type->ReadOnlyAtGlobal()) return errors::ReadOnlyType();
    if (request.type->scope == model::ResourceScope::kGlobal) request.key.mesh.clear();
    return absl::OkStatus();
  }
  static absl::Status Prepare(ForeseenNothing&) { return absl::OkStatus(); }

  absl::Status Run(ForeseenTx& tx, const ForeseenDocuments&) {
    return WithLines(ImportOperation(scope_, types_, defaults_, deps_.codec, import_).Run(tx));
  }
  absl::Status Run(ForeseenTx& tx, const PutRequest&) const {
    return PutOperation(types_, defaults_, deps_.codec, put_).Run(tx, {}).status();
  }
  absl::Status Run(ForeseenTx& tx, const ForeseenDelete& request) const {
    return DeleteOperation(scope_, types_, deps_.codec, *request.type, request.key, now_)
        .Run(tx)
        .status();
  }
  static absl::Status Run(ForeseenTx&, const ForeseenNothing&) { return absl::OkStatus(); }

  std::vector<std::string> TakeWarnings() {
    std::vector<std::string> warnings = std::move(put_.warnings);
    for (const PreparedImport::Item& item : import_.items) {
      if (item.rare == nullptr) continue;
      const model::ResourceKey& key = item.resource.key;
      for (const std::string& warning : item.rare->warnings) {
        warnings.push_back(item.type->name + " " + key.mesh + (key.mesh.empty() ? "" : "/") +
                           key.name + ": " + warning);
      }
    }
    return warnings;
  }

 private:
  const ForesightDeps& deps_;
  const model::TenantScope& scope_;
  // An import's complaints begin with "document 3".
  absl::Status WithLines(const absl::Status& status) const {
    std::vector<base::FieldViolation> violations = base::ViolationsOf(status);
    if (violations.empty()) return status;
    for (base::FieldViolation& violation : violations) {
      const size_t end = std::min(violation.field.find_first_not_of("0123456789", kDocument.size()),
                                  violation.field.size());
      size_t document = 0;
      if (!violation.field.starts_with(kDocument) ||
          !absl::SimpleAtoi(violation.field.substr(kDocument.size(), end - kDocument.size()),
                            &document)) {
        continue;
      }
      const auto line = lines_.find(document);
      if (line == lines_.end()) continue;
      violation.field.insert(end, fmt::format(", line {}", line->second));
    }
    return base::WithViolations(
        base::WithTitle(absl::Status(status.code(), status.message()), base::TitleOf(status)),
        violations);
  }

  static constexpr std::string_view kDocument = "document ";

  const CoreTypes& types_;
  const Defaults defaults_;
  const absl::Time now_;
  std::map<size_t, size_t> lines_;  // of documents
  PreparedImport import_;
  PreparedPut put_;
};

// `after` views are `before` with these; TypeIds are in the order of names.
void TakeChanges(const ForeseenTx& tx, const model::TypeRegistry& registry, Foresight& foresight) {
  std::map<model::TypeId, std::vector<model::Resource>> by_type;
  for (const auto& [name, change] : tx.changes()) {
    const auto& [type, key] = name;
    if (!change.before.has_value() && !change.after.has_value()) continue;
    ForeseenChange& seen = foresight.changes.emplace_back();
    seen.type = &registry.at(type);
    const auto view = foresight.before.find(type);
    // The view's own, so that what is the same is the same object.
    if (change.before.has_value() && view != foresight.before.end()) {
      seen.before = view->second->Find(key);
    }
    if (change.before.has_value() && seen.before == nullptr) {
      seen.before = std::make_shared<const model::Resource>(*change.before);
    }
    if (change.after.has_value()) {
      seen.after = std::make_shared<const model::Resource>(*change.after);
    }
    if (view == foresight.before.end()) continue;
    model::Resource& written = by_type[type].emplace_back();
    if (change.after.has_value()) {
      written = *change.after;
    } else {
      written.type = type;
      written.key = key;
      written.revision = foresight.revision + 1;
      written.deleted = true;
    }
  }
  foresight.after = foresight.before;
  for (auto& [type, written] : by_type) {
    View& view = foresight.after[type];
    view = Advance(*view, std::move(written), foresight.revision + 1);
  }
}

}  // namespace

bool ForeseenChange::is_same() const {
  return before != nullptr && after != nullptr && before->labels == after->labels &&
         before->spec == after->spec && before->status == after->status &&
         before->zone == after->zone;
}

absl::StatusOr<Foresight> Foresee(const ForesightDeps& deps, const model::TenantScope& scope,
                                  ForeseenWrite write,
                                  const std::vector<const model::TypeDescriptor*>& types,
                                  absl::Time now) {
  base::AssertMayBlock();
  Foreseer foreseer(deps, scope, now);
  SKYDEN_RETURN_IF_ERROR(std::visit([&](auto& kind) { return foreseer.Prepare(kind); }, write));
  Foresight foresight;
  for (const model::TypeDescriptor* type : types) {
    SKYDEN_ASSIGN_OR_RETURN(foresight.before[type->id], deps.views.Get(scope, type->id));
  }
  const absl::Status read = deps.store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(foresight.revision, tx.CurrentRevision());
    for (auto& [type, view] : foresight.before) {
      SKYDEN_ASSIGN_OR_RETURN(view, ViewAt(tx, view, type, foresight.revision));
    }
    ForeseenTx foreseen(tx, deps.registry, foresight.revision);
    SKYDEN_RETURN_IF_ERROR(
        std::visit([&](const auto& kind) { return foreseer.Run(foreseen, kind); }, write));
    TakeChanges(foreseen, deps.registry, foresight);
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  foresight.warnings = foreseer.TakeWarnings();
  return foresight;
}

}  // namespace skyden::resources
