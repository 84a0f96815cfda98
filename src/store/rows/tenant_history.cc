// SPDX-License-Identifier: Apache-2.0
// What people wrote, as it is kept and as it is read. A change keeps what it found, so that nothing
// is written twice and the present is no part of the past: a resource as of a revision is what the
// first change after that found, or else what is stored now.
#include <algorithm>
#include <map>

#include "skyden/base/limits_past.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "store/errors.h"
#include "store/rows/records.h"
#include "store/rows/tenant_rows.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {

// Whether what a change found was there at `revision` already. A transaction that wrote a zone's
// row and then made it people's has told of neither.
bool WasThere(const Row& change, model::Revision revision) {
  return change.Unsigned(9) > 0 && change.Unsigned(8) <= revision;
}

absl::Status CheckWithin(const HistorySpan& span, model::Revision revision) {
  const bool within = span.oldest <= revision && revision <= span.current;
  return within ? absl::OkStatus() : NotInHistory(revision, span.oldest, span.current);
}

}  // namespace

// ------------------------------------------------------------------ reads

absl::StatusOr<HistorySpan> TenantRows::FindHistorySpan() {
  std::optional<HistorySpan> span;
  SKYDEN_RETURN_IF_ERROR(session_.Run(binding(), kGetHistoryState, {}, [&](const Row& row) {
    span =
        HistorySpan{row.Unsigned(2), row.Unsigned(3), row.Unsigned(1), context_.history.bytes_max};
    return absl::OkStatus();
  }));
  if (!span.has_value()) return ControlPlaneNotFound();
  return *span;
}

absl::StatusOr<std::optional<absl::Time>> TenantRows::FindOldestChange() {
  std::optional<absl::Time> at;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kListOldHistory, {Param::Int(1)}, [&at](const Row& row) {
        at = DecodeTime(row.Int(5));
        return absl::OkStatus();
      }));
  return at;
}

absl::StatusOr<HistoryPage> TenantRows::ListHistory(const HistoryQuery& query) {
  SKYDEN_ASSIGN_OR_RETURN(const HistorySpan span, FindHistorySpan());
  return ListHistory(query, span);
}

absl::StatusOr<HistoryPage> TenantRows::ListHistory(const HistoryQuery& query,
                                                    const HistorySpan& span) {
  return ListHistoryRows(session_, binding(), context_.registry, span.oldest, query);
}

absl::StatusOr<std::optional<model::Resource>> TenantRows::FindResourceAt(
    model::TypeId type, const model::ResourceKey& key, model::Revision revision) {
  SKYDEN_ASSIGN_OR_RETURN(const HistorySpan span, FindHistorySpan());
  return FindResourceAt(type, key, revision, span);
}

absl::StatusOr<std::vector<model::Resource>> TenantRows::ListResourcesAt(
    model::TypeId type, const std::optional<std::string>& mesh, model::Revision revision) {
  SKYDEN_ASSIGN_OR_RETURN(const HistorySpan span, FindHistorySpan());
  return ListResourcesAt(type, mesh, revision, span);
}

absl::StatusOr<model::Resource> TenantRows::DecodeBefore(const Row& row, model::TypeId type) const {
  HistoryBefore before = HistoryBefore::Read(row, 3);
  model::Resource resource;
  resource.type = type;
  resource.key = {row.String(1), row.String(2)};
  SKYDEN_ASSIGN_OR_RETURN(resource.labels, DecodeLabels(before.labels));
  resource.spec = std::move(before.spec);
  resource.status = std::move(before.status);
  resource.creation_time = DecodeTime(before.creation_time);
  resource.modification_time = DecodeTime(before.modification_time);
  resource.revision = before.revision;
  resource.version = before.version;
  SKYDEN_RETURN_IF_ERROR(OpenSecret(resource));
  return resource;
}

absl::StatusOr<std::optional<model::Resource>> TenantRows::FindResourceAt(
    model::TypeId type, const model::ResourceKey& key, model::Revision revision,
    const HistorySpan& span) {
  SKYDEN_RETURN_IF_ERROR(CheckWithin(span, revision));
  std::optional<model::Resource> found;
  bool changed = false;
  SKYDEN_RETURN_IF_ERROR(session_.Run(binding(), kFindChangeAfter,
                                      {Param::Text(NameOf(type)), Param::Text(key.mesh),
                                       Param::Text(key.name), Param::Unsigned(revision)},
                                      [&](const Row& row) -> absl::Status {
                                        changed = true;
                                        if (!WasThere(row, revision)) return absl::OkStatus();
                                        SKYDEN_ASSIGN_OR_RETURN(found, DecodeBefore(row, type));
                                        return absl::OkStatus();
                                      }));
  if (changed) return found;
  SKYDEN_ASSIGN_OR_RETURN(found, FindResource(type, key));
  const bool was_there = found.has_value() && found->zone.empty() && found->revision <= revision;
  return was_there ? found : std::nullopt;
}

absl::StatusOr<std::vector<model::Resource>> TenantRows::ListResourcesAt(
    model::TypeId type, const std::optional<std::string>& mesh, model::Revision revision,
    const HistorySpan& span) {
  SKYDEN_RETURN_IF_ERROR(CheckWithin(span, revision));
  // Of each, what its first change after the revision found.
  std::map<model::ResourceKey, std::optional<model::Resource>> then;
  SKYDEN_RETURN_IF_ERROR(session_.Run(
      binding(), kListChangesAfter, {Param::Text(NameOf(type)), Param::Unsigned(revision)},
      [&](const Row& row) -> absl::Status {
        if (mesh.has_value() && row.Bytes(1) != *mesh) return absl::OkStatus();
        const auto [place, first] = then.try_emplace({row.String(1), row.String(2)});
        if (!first || !WasThere(row, revision)) return absl::OkStatus();
        SKYDEN_ASSIGN_OR_RETURN(place->second, DecodeBefore(row, type));
        return absl::OkStatus();
      }));
  SKYDEN_ASSIGN_OR_RETURN(std::vector<model::Resource> now, ListResources(type, mesh));
  std::vector<model::Resource> found;
  for (model::Resource& resource : now) {
    if (!resource.zone.empty() || resource.revision > revision) continue;
    if (!then.contains(resource.key)) found.push_back(std::move(resource));
  }
  for (auto& [key, resource] : then) {
    if (resource.has_value()) found.push_back(*std::move(resource));
  }
  std::sort(found.begin(), found.end(),
            [](const model::Resource& a, const model::Resource& b) { return a.key < b.key; });
  return found;
}

// ------------------------------------------------------------------ writes

absl::StatusOr<HistorySpan> TenantWrites::FindHistorySpan() {
  return HistorySpan{entry_->history_from, entry_->revision, entry_->history_bytes,
                     context_.history.bytes_max};
}

absl::StatusOr<std::optional<absl::Time>> TenantWrites::FindOldestChange() {
  CountRead(plan_.reads_anything());
  return TenantRows::FindOldestChange();
}

absl::StatusOr<HistoryPage> TenantWrites::ListHistory(const HistoryQuery& query) {
  CountRead(plan_.reads_anything());
  SKYDEN_ASSIGN_OR_RETURN(const HistorySpan span, FindHistorySpan());
  return TenantRows::ListHistory(query, span);
}

absl::StatusOr<std::optional<model::Resource>> TenantWrites::FindResourceAt(
    model::TypeId type, const model::ResourceKey& key, model::Revision revision) {
  CountRead(plan_.reads_anything());
  SKYDEN_ASSIGN_OR_RETURN(const HistorySpan span, FindHistorySpan());
  return TenantRows::FindResourceAt(type, key, revision, span);
}

absl::StatusOr<std::vector<model::Resource>> TenantWrites::ListResourcesAt(
    model::TypeId type, const std::optional<std::string>& mesh, model::Revision revision) {
  CountRead(plan_.reads_anything());
  SKYDEN_ASSIGN_OR_RETURN(const HistorySpan span, FindHistorySpan());
  return TenantRows::ListResourcesAt(type, mesh, revision, span);
}

absl::Status TenantWrites::KeepBefore(const model::TypeDescriptor& type,
                                      const model::ResourceKey& key,
                                      const std::optional<Stored>& stored,
                                      HistoryEntry::Action action) {
  if (!KeepsHistory(type)) return absl::OkStatus();
  if (context_.history.bytes_max == 0) {
    entry_->history_from = *revision_;
    return absl::OkStatus();
  }
  // Its first change in this revision has told what there was.
  if (stored.has_value() && stored->revision == *revision_) return absl::OkStatus();
  std::shared_ptr<const HistoryBefore> before;
  if (IsLive(stored) && !stored->of_zone) before = stored->before;
  if (before == nullptr && IsLive(stored) && !stored->of_zone) {
    std::optional<Stored> again;
    SKYDEN_RETURN_IF_ERROR(TenantRows::FindResource(type.id, key, again, Before::kWanted).status());
    if (again.has_value()) before = again->before;
  }
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t bytes,
                          InsertHistoryRow(session_, binding(), type.name, key, *revision_, action,
                                           context_.Now(), actor_, before.get()));
  entry_->AddHistory(bytes);
  return absl::OkStatus();
}

absl::Status TenantWrites::KeepBeforeOfMesh(const model::TypeDescriptor& type,
                                            const std::string& mesh) {
  if (!KeepsHistory(type)) return absl::OkStatus();
  if (context_.history.bytes_max == 0) {
    entry_->history_from = *revision_;
    return absl::OkStatus();
  }
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t bytes,
                          InsertHistoryRowsOfMesh(session_, binding(), type.name, mesh, *revision_,
                                                  context_.Now(), actor_));
  if (bytes > 0) entry_->AddHistory(bytes);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> TenantWrites::PruneHistory(std::optional<absl::Time> older_than) {
  const uint64_t kept = context_.history.bytes_max;
  const uint64_t more = entry_->history_bytes > kept ? entry_->history_bytes - kept : 0;
  SKYDEN_ASSIGN_OR_RETURN(const HistoryPruned pruned,
                          PruneHistoryRows(session_, binding(),
                                           {.bytes = more,
                                            .older_than = older_than,
                                            .rows_max = base::limits::kHistoryPrunedAtOnce}));
  entry_->Take(pruned);
  wrote_ |= pruned.rows > 0;
  return pruned.rows;
}

absl::StatusOr<uint64_t> TenantWrites::ResealHistory(const model::TypeDescriptor& type) {
  struct Kept {
    model::ResourceKey key;
    model::Revision revision;
    std::string spec;
  };
  std::vector<Kept> all;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kListHistorySecrets, {Param::Text(type.name)}, [&](const Row& row) {
        all.push_back({{row.String(1), row.String(2)}, row.Unsigned(3), row.String(4)});
        return absl::OkStatus();
      }));
  for (const Kept& kept : all) {
    model::Resource secret;
    secret.type = type.id;
    secret.key = kept.key;
    auto opened = context_.sealer.Open(kept.spec, ContextOf(type.id, kept.key));
    if (!opened.ok()) return Internal(base::ToStd(opened.status().message()));
    secret.spec = *std::move(opened);
    SKYDEN_ASSIGN_OR_RETURN(const std::string sealed, SealedSpecOf(secret));
    wrote_ = true;
    SKYDEN_RETURN_IF_ERROR(
        Run(kResealHistory,
            {Param::Text(type.name), Param::Text(kept.key.mesh), Param::Text(kept.key.name),
             Param::Unsigned(kept.revision), Param::Blob(sealed)}));
  }
  return all.size();
}

}  // namespace skyden::store::rows
