// SPDX-License-Identifier: Apache-2.0
// Removes what deleted control planes left, a few rows between two batches.
#include <sqlite3.h>

#include <string>
#include <vector>

#include "skyden/base/memory.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/sqlite/writer.h"

namespace skyden::store::sqlite {

using enum StatementId;

namespace {

// What the pages of deleted control planes took, in SQLite's cache and in the allocator's, goes
// back to the system.
void ReleaseMemory(Connection& connection) {
  sqlite3_db_release_memory(connection.handle());
  base::GiveBackFreeMemory();
}

}  // namespace

// One bounded step of removing what deleted control planes left. True while there is more.
bool Writer::RemoveRemains() {
  if (remains_.empty()) return false;
  Batch none;
  bool emptied = false;
  absl::Status status = deps_.connection->Control(ControlId::kBeginWrite);
  if (status.ok()) status = RemoveSome(remains_.front(), emptied);
  if (status.ok()) status = deps_.files.CheckThere();
  if (status.ok()) status = CommitOnDisk();
  if (StopIfFatal(none)) return false;
  if (!status.ok()) {
    Undo();
    telemetry::Log(telemetry::Level::warning, "rows of a deleted control plane stay for now",
                   {{"reason", std::string(base::ToStd(status.message()))}});
    return false;  // tried again after the next batch
  }
  Remember();
  if (emptied) remains_.pop_front();
  if (remains_.empty()) ReleaseMemory(*deps_.connection);
  return !remains_.empty();
}

absl::Status Writer::RemoveSome(const rows::TenantRef& tenant, bool& emptied) {
  Connection& connection = *deps_.connection;
  struct Key {
    std::string type, mesh, name;
  };
  std::vector<Key> keys;
  SKYDEN_RETURN_IF_ERROR(connection.Run(
      tenant.binding(), kListRemains, {Param::Unsigned(deps_.blueprint.removals_per_batch)},
      [&keys](const Row& row) {
        keys.push_back({row.String(1), row.String(2), row.String(3)});
        return absl::OkStatus();
      }));
  for (const Key& key : keys) {
    SKYDEN_RETURN_IF_ERROR(
        connection.Run(tenant.binding(), kRemoveResource,
                       {Param::Text(key.type), Param::Text(key.mesh), Param::Text(key.name)}));
  }
  if (!keys.empty()) return absl::OkStatus();
  for (const StatementId id : {kRemoveCounts, kRemoveTombstoneState, kRemovePendingKeys,
                               kRemoveUsage, kRemoveQuota, kRemoveControlPlane}) {
    SKYDEN_RETURN_IF_ERROR(connection.Run(tenant.binding(), id));
  }
  emptied = true;
  return absl::OkStatus();
}

}  // namespace skyden::store::sqlite
