// SPDX-License-Identifier: Apache-2.0
#include "store/rows/history_rows.h"

#include <algorithm>
#include <limits>

#include "skyden/base/limits_past.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/audit_walk.h"
#include "store/rows/records.h"

namespace skyden::store {

const char* NameOf(HistoryEntry::Action action) {
  switch (action) {
    case HistoryEntry::Action::kCreate:
      return "create";
    case HistoryEntry::Action::kUpdate:
      return "update";
    case HistoryEntry::Action::kDelete:
      return "delete";
  }
  return "";
}

namespace rows {

using enum StatementId;
using Action = HistoryEntry::Action;

namespace {

absl::StatusOr<Action> DecodeAction(std::string_view text) {
  for (const Action action : {Action::kCreate, Action::kUpdate, Action::kDelete}) {
    if (text == NameOf(action)) return action;
  }
  return Internal("a stored action does not decode");
}

bool Matches(const HistoryEntry& entry, const HistoryQuery& query) {
  const auto& types = query.types;
  return (types.empty() || std::find(types.begin(), types.end(), entry.type) != types.end()) &&
         (!query.mesh.has_value() || *query.mesh == entry.key.mesh) &&
         (query.name.empty() || query.name == entry.key.name);
}

}  // namespace

HistoryBefore HistoryBefore::Read(const Row& row, int first) {
  return {row.String(first),  row.String(first + 1),   row.String(first + 2),  row.Int(first + 3),
          row.Int(first + 4), row.Unsigned(first + 5), row.Unsigned(first + 6)};
}

absl::StatusOr<uint64_t> InsertHistoryRow(Session& session, const Binding& binding,
                                          std::string_view type, const model::ResourceKey& key,
                                          model::Revision revision, Action action, absl::Time at,
                                          const AuditActor& actor, const HistoryBefore* before) {
  static const HistoryBefore kNothing;
  const HistoryBefore& found = before == nullptr ? kNothing : *before;
  const uint64_t bytes = kHistoryRowBytes + found.bytes();
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kInsertHistory,
                  {Param::Unsigned(revision), Param::Text(type), Param::Text(key.mesh),
                   Param::Text(key.name), Param::Text(NameOf(action)), Param::Int(EncodeTime(at)),
                   Param::Text(ActorKindName(actor.kind)), Param::Text(actor.id),
                   Param::Text(actor.name), Param::Unsigned(bytes), Param::Blob(found.labels),
                   Param::Blob(found.spec), Param::Blob(found.status),
                   Param::Int(found.creation_time), Param::Int(found.modification_time),
                   Param::Unsigned(found.revision), Param::Unsigned(found.version)}));
  return bytes;
}

absl::StatusOr<uint64_t> InsertHistoryRowsOfMesh(Session& session, const Binding& binding,
                                                 std::string_view type, std::string_view mesh,
                                                 model::Revision revision, absl::Time at,
                                                 const AuditActor& actor) {
  uint64_t bytes = 0;
  SKYDEN_RETURN_IF_ERROR(session.Run(
      binding, kInsertHistoryOfMesh,
      {Param::Text(type), Param::Text(mesh), Param::Unsigned(revision), Param::Int(EncodeTime(at)),
       Param::Text(ActorKindName(actor.kind)), Param::Text(actor.id), Param::Text(actor.name)},
      [&bytes](const Row& row) {
        bytes += row.Unsigned(1);
        return absl::OkStatus();
      }));
  return bytes;
}

absl::StatusOr<HistoryPage> ListHistoryRows(Session& session, const Binding& binding,
                                            const model::TypeRegistry& registry,
                                            model::Revision from, const HistoryQuery& query) {
  HistoryPage page;
  HistoryPlace reached = query.beyond.value_or(HistoryPlace{kBeyondAll, "", {}});
  uint64_t scanned = 0;
  const absl::Status full = absl::CancelledError();
  const absl::Status ended = absl::OutOfRangeError("");
  const auto on_row = [&](const Row& row) -> absl::Status {
    HistoryEntry entry;
    entry.revision = row.Unsigned(1);
    // What is left of a revision of which some was taken away.
    if (entry.revision <= from) return ended;
    if (page.entries.size() >= query.limit) return full;
    ++scanned;
    reached = {entry.revision, row.String(2), {row.String(3), row.String(4)}};
    const model::TypeDescriptor* type = registry.FindByName(row.Bytes(2));
    if (type == nullptr) return absl::OkStatus();  // of another version
    entry.type = type->id;
    entry.key = reached.key;
    if (!Matches(entry, query)) return absl::OkStatus();
    SKYDEN_ASSIGN_OR_RETURN(entry.action, DecodeAction(row.Bytes(5)));
    entry.at = DecodeTime(row.Int(6));
    SKYDEN_ASSIGN_OR_RETURN(entry.actor_kind, DecodeActorKind(row.Bytes(7)));
    entry.actor_id = row.String(8);
    entry.actor_name = row.String(9);
    page.entries.push_back(std::move(entry));
    return absl::OkStatus();
  };
  const bool one = query.types.size() == 1 && query.mesh.has_value() && !query.name.empty();
  const bool all = query.types.empty() && !query.mesh.has_value() && query.name.empty();
  // One row more than a page has says that there is more.
  const uint64_t scan = one || all ? query.limit + 1 : base::limits::kHistoryScan;
  const HistoryPlace begin = reached;
  const absl::Status walked =
      one ? session.Run(
                binding, kListHistoryOfResource,
                {Param::Text(registry.at(query.types.front()).name), Param::Text(*query.mesh),
                 Param::Text(query.name), Param::Unsigned(begin.revision), Param::Unsigned(scan)},
                on_row)
          : session.Run(
                binding, kListHistory,
                {Param::Unsigned(begin.revision), Param::Text(begin.type),
                 Param::Text(begin.key.mesh), Param::Text(begin.key.name), Param::Unsigned(scan)},
                on_row);
  if (!walked.ok() && walked != full && walked != ended) return walked;
  const bool more = walked == full || (walked.ok() && scanned == scan);
  if (more) page.next = std::move(reached);
  return page;
}

absl::StatusOr<HistoryPruned> PruneHistoryRows(Session& session, const Binding& binding,
                                               const HistoryPrune& what) {
  HistoryPruned pruned;
  HistoryPlace last;
  const absl::Status enough = absl::CancelledError();
  const absl::Status listed =
      session.Run(binding, kListOldHistory, {Param::Unsigned(what.rows_max)}, [&](const Row& row) {
        const bool old = what.older_than.has_value() && DecodeTime(row.Int(5)) < *what.older_than;
        if (!old && pruned.bytes >= what.bytes) return enough;
        last = {row.Unsigned(1), row.String(2), {row.String(3), row.String(4)}};
        ++pruned.rows;
        pruned.bytes += row.Unsigned(6);
        return absl::OkStatus();
      });
  if (!listed.ok() && listed != enough) return listed;
  if (pruned.rows == 0) return pruned;
  pruned.through = last.revision;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kPruneHistory,
                                     {Param::Unsigned(last.revision), Param::Text(last.type),
                                      Param::Text(last.key.mesh), Param::Text(last.key.name)}));
  return pruned;
}

}  // namespace rows
}  // namespace skyden::store
