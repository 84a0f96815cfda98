// SPDX-License-Identifier: Apache-2.0
// The audit's part of an organization's transactions.
#include <algorithm>
#include <iterator>
#include <utility>

#include "skyden/base/status.h"
#include "store/rows/audit_rows.h"
#include "store/rows/transactions.h"

namespace skyden::store::rows {

using enum StatementId;

absl::StatusOr<uint64_t> OrganizationWriteTx::PruneAudit(uint64_t through, uint64_t at_most) {
  SKYDEN_ASSIGN_OR_RETURN(const auto last, LastAuditRow(session_, binding()));
  // One entry stays: it is where the chain goes on.
  if (!last.has_value()) return 0;
  AuditQuery oldest_first;
  oldest_first.order = AuditQuery::Order::kOldestFirst;
  oldest_first.limit = 1;
  SKYDEN_ASSIGN_OR_RETURN(const AuditPage first, ListAudit(oldest_first));
  through = std::min(through, last->sequence - 1);
  through = std::min(through, first.entries.front().sequence - 1 + at_most);
  AuditQuery up_to;
  up_to.beyond = through + 1;
  up_to.limit = 1;
  SKYDEN_ASSIGN_OR_RETURN(const AuditPage found, ListAudit(up_to));
  if (found.entries.empty()) return 0;
  const AuditEntry& begin = found.entries.front();
  SKYDEN_RETURN_IF_ERROR(Run(kPruneAudit, {Param::Unsigned(begin.sequence)}));
  const uint64_t removed = session_.changed();
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(
      chain_.WriteMark(session_, organization_, {kAuditBegin, begin.sequence, begin.hash, true}));
  return removed;
}

absl::Status OrganizationWriteTx::ResealAuditMarks() {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<AuditMark> marks, ListAuditMarks());
  for (const AuditMark& mark : marks) {
    if (!mark.genuine) continue;
    outcome_.wrote = true;
    SKYDEN_RETURN_IF_ERROR(chain_.WriteMark(session_, organization_, mark));
  }
  return absl::OkStatus();
}

absl::Status OrganizationWriteTx::SetAuditMark(const std::string& name, uint64_t sequence) {
  outcome_.wrote = true;
  return chain_.WriteMark(session_, organization_, {name, sequence, {}, true});
}

std::vector<PendingNote> OrganizationWriteTx::TakeNotes() {
  std::vector<PendingNote> notes = std::exchange(notes_, {});
  for (const auto& tx : entered_) {
    std::vector<PendingNote> inside = tx->rows().TakeNotes();
    std::move(inside.begin(), inside.end(), std::back_inserter(notes));
  }
  return notes;
}

}  // namespace skyden::store::rows
