// SPDX-License-Identifier: Apache-2.0
// The audit's part of an organization's transactions.
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "skyden/base/status.h"
#include "store/rows/audit_walk.h"
#include "store/rows/transactions.h"

namespace skyden::store::rows {

using enum StatementId;

absl::StatusOr<uint64_t> OrganizationWriteTx::PruneAudit(model::TenantKey chain, uint64_t through,
                                                         uint64_t at_most) {
  ChainWalk walk(session_, binding(), chain);
  SKYDEN_ASSIGN_OR_RETURN(const auto ends, walk.Ends());
  // One entry stays: it is where the chain goes on.
  if (!ends.has_value()) return 0;
  through = std::min(through, ends->last.sequence - 1);
  through = std::min(through, ends->first.sequence - 1 + at_most);
  AuditQuery up_to;
  up_to.chain = chain;
  up_to.beyond = through + 1;
  up_to.limit = 1;
  SKYDEN_ASSIGN_OR_RETURN(const AuditPage found, ListAudit(up_to));
  if (found.entries.empty()) return 0;
  const AuditEntry& begin = found.entries.front();
  SKYDEN_RETURN_IF_ERROR(
      Run(kPruneAudit, {Param::Int(static_cast<int64_t>(chain)), Param::Unsigned(begin.sequence)}));
  const uint64_t removed = session_.changed();
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(chain_.WriteMark(session_, organization_, chain,
                                          {kAuditBegin, begin.sequence, begin.hash, true}));
  return removed;
}

absl::Status OrganizationWriteTx::ResealAuditMarks() {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<AuditChainRef> listed, ListAuditChains());
  // The organization's own has the count of the others, also while it has no entry.
  std::set<model::TenantKey> chains{model::TenantKey{}};
  for (const AuditChainRef& each : listed) chains.insert(each.chain);
  for (const model::TenantKey chain : chains) {
    SKYDEN_ASSIGN_OR_RETURN(const std::vector<AuditMark> marks, ListAuditMarks(chain));
    for (const AuditMark& mark : marks) {
      if (!mark.genuine) continue;
      outcome_.wrote = true;
      SKYDEN_RETURN_IF_ERROR(chain_.WriteMark(session_, organization_, chain, mark));
    }
  }
  return absl::OkStatus();
}

absl::Status OrganizationWriteTx::SetAuditMark(model::TenantKey chain, const std::string& name,
                                               uint64_t sequence) {
  outcome_.wrote = true;
  return chain_.WriteMark(session_, organization_, chain, {name, sequence, {}, true});
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
