// SPDX-License-Identifier: Apache-2.0
// Rows of table `history`: changes of what is authored in a control plane, each with what it found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/history.h"
#include "store/rows/audit_chain.h"
#include "store/session.h"

namespace skyden::store::rows {

// A row counts as its blobs and so much: what tells it apart, three places in indexes included.
// The text of kInsertHistoryOfMesh says the same number.
inline constexpr uint64_t kHistoryRowBytes = 256;

// What a change found, as it was stored; none of it where there was nothing.
struct HistoryBefore {
  std::string labels, spec, status;
  int64_t creation_time = 0;
  int64_t modification_time = 0;
  model::Revision revision = 0;
  uint64_t version = 0;

  // Columns from `first`: labels, spec, status, creation_time, modification_time, revision,
  // version.
  static HistoryBefore Read(const Row& row, int first);
  uint64_t bytes() const { return labels.size() + spec.size() + status.size(); }
};

// `before` nullptr: there was nothing. Returns what the row counts as.
absl::StatusOr<uint64_t> InsertHistoryRow(Session& session, const Binding& binding,
                                          std::string_view type, const model::ResourceKey& key,
                                          model::Revision revision, HistoryEntry::Action action,
                                          absl::Time at, const AuditActor& actor,
                                          const HistoryBefore* before);
// The same for all of a type in a mesh that is about to be deleted.
absl::StatusOr<uint64_t> InsertHistoryRowsOfMesh(Session& session, const Binding& binding,
                                                 std::string_view type, std::string_view mesh,
                                                 model::Revision revision, absl::Time at,
                                                 const AuditActor& actor);

// Pages that a query asks for, of what came after `from`.
absl::StatusOr<HistoryPage> ListHistoryRows(Session& session, const Binding& binding,
                                            const model::TypeRegistry& registry,
                                            model::Revision from, const HistoryQuery& query);

struct HistoryPruned {
  uint64_t rows = 0;
  uint64_t bytes = 0;
  model::Revision through = 0;  // what is asked for before it is gone
};
struct HistoryPrune {
  uint64_t bytes = 0;                         // the oldest that count as so much
  std::optional<absl::Time> older_than = {};  // and whatever is older
  size_t rows_max = 0;
};
// Removes the oldest. Some changes of a revision may stay when others went.
absl::StatusOr<HistoryPruned> PruneHistoryRows(Session& session, const Binding& binding,
                                               const HistoryPrune& what);

}  // namespace skyden::store::rows
