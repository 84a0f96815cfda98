// SPDX-License-Identifier: Apache-2.0
#include "store/rows/remains.h"

#include <string>

#include "skyden/base/status.h"
#include "store/rows/history_rows.h"

namespace skyden::store::rows {

using enum StatementId;

absl::StatusOr<std::vector<TenantRef>> ListRemains(Session& session) {
  std::vector<TenantRef> remains;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(Binding{0, 0, true}, kSystemListGone, {}, [&remains](const Row& row) {
        remains.push_back({model::OrganizationKey{row.Int(0)}, model::TenantKey{row.Int(1)}, {}});
        return absl::OkStatus();
      }));
  return remains;
}

absl::StatusOr<Left> RemoveSome(Session& session, const TenantRef& tenant, size_t resources_max) {
  struct Key {
    std::string type, mesh, name;
  };
  std::vector<Key> keys;
  SKYDEN_RETURN_IF_ERROR(session.Run(
      tenant.binding(), kListRemains, {Param::Unsigned(resources_max)}, [&keys](const Row& row) {
        keys.push_back({row.String(1), row.String(2), row.String(3)});
        return absl::OkStatus();
      }));
  for (const Key& key : keys) {
    SKYDEN_RETURN_IF_ERROR(
        session.Run(tenant.binding(), kRemoveResource,
                    {Param::Text(key.type), Param::Text(key.mesh), Param::Text(key.name)}));
  }
  SKYDEN_ASSIGN_OR_RETURN(
      const HistoryPruned pruned,
      PruneHistoryRows(session, tenant.binding(),
                       {.older_than = absl::InfiniteFuture(), .rows_max = resources_max}));
  if (keys.size() == resources_max || pruned.rows == resources_max) return Left::kSome;
  for (const StatementId id :
       {kRemoveCounts, kRemoveTombstoneState, kRemovePendingKeys, kRemoveUsage, kRemoveQuota,
        kRemoveRollouts, kRemoveTenantState, kRemoveControlPlane}) {
    SKYDEN_RETURN_IF_ERROR(session.Run(tenant.binding(), id));
  }
  return Left::kNothing;
}

}  // namespace skyden::store::rows
