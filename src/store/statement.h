// SPDX-License-Identifier: Apache-2.0
// What a statement of the catalogue is, and which there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace skyden::store {

enum class StatementId : uint16_t {
  // One control plane, reads.
  kGetRevision,
  kGetOwnControlPlane,
  kFindResource,
  kFindVersion,
  kListResources,
  kListResourcesOfMesh,
  kListResourcesOfZone,
  kListChanges,
  kGetCollected,
  kCountResources,
  kCountResourcesOfMesh,
  kListCounts,
  kListPendingKeys,
  kFindUsage,
  kFindQuota,
  kGetHistoryState,
  kListHistory,
  kListHistoryOfResource,
  kFindChangeAfter,
  kListChangesAfter,
  kListOldHistory,
  kListRollouts,
  // One control plane, writes.
  kOpenTenant,
  kSetRevision,
  kInsertResource,
  kUpdateResource,
  kDeleteResource,
  kListCountsOfMesh,
  kDeleteResourcesOfMesh,
  kListCountsOfZone,
  kDeleteResourcesOfZone,
  kAddCount,
  kAddTombstones,
  kSumBytesOfMesh,
  kAddUsage,
  kSetQuota,
  kListOldTombstones,
  kRemoveResource,
  kSetCollected,
  kAddPendingKey,
  kRemovePendingKey,
  kInsertOwnAccount,
  kListAccountsOfZone,
  kInsertHistory,
  kInsertHistoryOfMesh,
  kPruneHistory,
  kListHistorySecrets,
  kResealHistory,
  kPutRollout,
  kRemoveRollout,
  // An organization's, or one control plane's part of it.
  kInsertToken,
  kDeleteTokensOfAccount,
  kDeleteRolesOfAccount,
  kDeleteAccount,
  // One organization, reads.
  kFindControlPlane,
  kListControlPlanes,
  kFindAccount,
  kFindAccountBySubject,
  kListAccounts,
  kCountAccounts,
  kListRoles,
  kGetOrganization,
  kListTokens,
  kListSessions,
  kFindOrganizationQuota,
  kListDeletedControlPlanes,
  kGetDeletedControlPlane,
  kListAccountsOfControlPlane,
  kListTokensOfControlPlane,
  kListRolesOfControlPlane,
  // One organization, writes.
  kInsertControlPlane,
  kInsertTenantState,
  kUpdateControlPlane,
  kMarkControlPlaneGone,
  kMarkTenantGone,
  kShelveControlPlane,
  kShelveTenant,
  kInsertDeletedControlPlane,
  kUnshelveControlPlane,
  kUnshelveTenant,
  kRemoveDeletedControlPlane,
  kEndShelvedControlPlane,
  kSetSuspension,
  kDeleteTokensOfControlPlane,
  kDeleteAccountsOfControlPlane,
  kDeleteRolesOfControlPlane,
  kInsertAccount,
  kRevokeToken,
  kRenameToken,
  kTouchToken,
  kDeleteToken,
  kDeleteSessionsOfToken,
  kUpdateAccount,
  kInsertRole,
  kDeleteRole,
  kDeleteAllTokens,
  kDeleteAllRoles,
  kDeleteAllAccounts,
  kSetOrganizationQuota,
  kRemoveOrganizationQuota,
  // Removing what a deleted control plane left.
  kListRemains,
  kRemoveCounts,
  kRemoveTombstoneState,
  kRemovePendingKeys,
  kRemoveUsage,
  kRemoveQuota,
  kRemoveRollouts,
  kRemoveTenantState,
  kRemoveControlPlane,
  // The audit.
  kListAuditAfter,
  kListAuditBefore,
  kListAuditOfControlPlaneAfter,
  kListAuditOfControlPlaneBefore,
  kListAuditOfChainAfter,
  kListAuditOfChainBefore,
  kNextAuditChain,
  kListMarkedChains,
  kListAuditMarks,
  kFindAuditTotal,
  kInsertAudit,
  kPruneAudit,
  kSetAuditMark,
  // Before any scope.
  kSystemFindToken,
  kSystemFindControlPlane,
  kSystemListOrganizations,
  kSystemFindOrganization,
  kSystemInsertOrganization,
  kSystemEndOrganization,
  kSystemListGone,
  kSystemListOperators,
  // Teams.
  kFindTeamByName,
  kListMembers,
  kListTeamsOf,
  kListRolesOfTeams,
  kInsertMember,
  kDeleteMember,
  kDeleteMembersOf,
  kDeleteMembershipsOf,
  kDeleteAllMembers,
  // What was used, by the hour.
  kListMetered,
  kListPastControlPlanes,
  kAddMetered,
  kPruneMetered,
  kInsertPastControlPlane,
  kPrunePastControlPlanes,
  kDeleteAllMetered,
  kDeleteAllPastControlPlanes,
  // What ends, and where the audit is sent.
  kListEndingTokens,
  kListAuditDestinations,
  kFindAuditWebhook,
  kPutAuditDestination,
  kDeleteAuditDestination,
  kDeleteAllAuditDestinations,
  kPutAuditWebhook,
  kNoteAuditDelivery,
  kPutAuditReplay,
  kNoteAuditReplay,
  kDeleteAuditWebhook,
  kCount,
};

// Whose rows a statement touches. It runs only while such an owner is bound, and the first column
// of every row it returns must be that owner.
enum class Owner : uint8_t {
  kTenant,        // column 0: tenant
  kOrganization,  // column 0: organization
  kSystem,        // any; column 0 is whatever it is
};

// What the prover accepts as the way to the rows.
enum class Reach : uint8_t {
  kSeek,  // every table is searched by its owner (or, for the system, by a key)
  kScan,  // declared to walk a whole table
};

struct Statement {
  StatementId id{};
  std::string_view name;
  Owner owner{};
  Reach reach = Reach::kSeek;
  bool on_readers = false;  // prepared on the read-only connections as well
  std::string_view reads;   // views, separated by one blank
  std::string_view writes;  // the base table
  std::string_view text;    // parameters are $1, $2, ...
  // The same for many rows, on an engine that has arrays: each parameter is an array with a value
  // for each. A write may see whether its rows are there, through the view of their table.
  std::string_view many = {};
};

inline constexpr size_t kStatementCount = static_cast<size_t>(StatementId::kCount);

}  // namespace skyden::store
