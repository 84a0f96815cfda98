// SPDX-License-Identifier: Apache-2.0
// One text for every engine; only the schema and transaction control have dialects. Rules, checked
// by the prover test: reads go through views (v_x), writes name the base table and its owner, no
// WITH, no REPLACE, no sub-select but from a view, the owner in column 0 of what is returned.
#include "store/catalogue.h"

#include <algorithm>
#include <array>

#include "store/catalogue_audit.h"
#include "store/catalogue_deleted.h"
#include "store/catalogue_directory.h"
#include "store/catalogue_history.h"
#include "store/catalogue_resources.h"
#include "store/catalogue_rollouts.h"
#include "store/catalogue_sending.h"
#include "store/catalogue_teams.h"
#include "store/catalogue_usage.h"

namespace skyden::store {
namespace {

using enum StatementId;

struct Whole {
  std::array<Statement, kStatementCount> statements{};
  std::array<int, kStatementCount> seen{};

  constexpr void Add(std::span<const Statement> part) {
    for (const Statement& statement : part) {
      const auto at = static_cast<size_t>(statement.id);
      statements[at] = statement;
      ++seen[at];
    }
  }
};

// Each in the place of its id, in whichever part it stands.
constexpr Whole kWhole = [] {
  Whole whole;
  whole.Add(catalogue::kResources);
  whole.Add(catalogue::kDirectory);
  whole.Add(catalogue::kAudit);
  whole.Add(catalogue::kHistory);
  whole.Add(catalogue::kDeleted);
  whole.Add(catalogue::kTeams);
  whole.Add(catalogue::kRollouts);
  whole.Add(catalogue::kUsage);
  whole.Add(catalogue::kSending);
  return whole;
}();
static_assert(std::all_of(kWhole.seen.begin(), kWhole.seen.end(), [](int n) { return n == 1; }));

}  // namespace

Room RoomOf(const Statement& statement) {
  if (statement.writes.empty()) return Room::kKept;
  switch (statement.id) {
    case kSetRevision:
    case kAddCount:
    case kAddTombstones:
    case kAddUsage:
    case kSetCollected:
    case kInsertAudit:
    case kSetAuditMark:
    case kInsertHistory:
    case kInsertHistoryOfMesh:
    case kInsertDeletedControlPlane:
    case kInsertPastControlPlane:
    case kNoteAuditDelivery:
    case kNoteAuditReplay:
      return Room::kKept;
    case kDeleteResource:
    case kDeleteResourcesOfMesh:
    case kDeleteResourcesOfZone:
    case kRemoveResource:
    case kRemovePendingKey:
    case kDeleteTokensOfAccount:
    case kDeleteRolesOfAccount:
    case kDeleteAccount:
    case kMarkControlPlaneGone:
    case kMarkTenantGone:
    case kShelveControlPlane:
    case kShelveTenant:
    case kRemoveDeletedControlPlane:
    case kEndShelvedControlPlane:
    case kPruneHistory:
    case kDeleteTokensOfControlPlane:
    case kDeleteAccountsOfControlPlane:
    case kDeleteRolesOfControlPlane:
    case kRevokeToken:
    case kDeleteToken:
    case kDeleteSessionsOfToken:
    case kDeleteRole:
    case kDeleteAllTokens:
    case kDeleteAllRoles:
    case kDeleteAllAccounts:
    case kDeleteMember:
    case kDeleteMembersOf:
    case kDeleteMembershipsOf:
    case kDeleteAllMembers:
    case kDeleteAuditDestination:
    case kDeleteAllAuditDestinations:
    case kDeleteAuditWebhook:
    case kRemoveCounts:
    case kRemoveTombstoneState:
    case kRemovePendingKeys:
    case kRemoveUsage:
    case kRemoveQuota:
    case kRemoveRollout:
    case kRemoveRollouts:
    case kRemoveOrganizationQuota:
    case kRemoveTenantState:
    case kRemoveControlPlane:
    case kPruneMetered:
    case kPrunePastControlPlanes:
    case kDeleteAllMetered:
    case kDeleteAllPastControlPlanes:
    case kPruneAudit:
    case kSystemEndOrganization:
      return Room::kGiven;
    default:
      return Room::kTaken;
  }
}

std::span<const Statement> Catalogue() { return kWhole.statements; }

}  // namespace skyden::store
