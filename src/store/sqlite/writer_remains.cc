// SPDX-License-Identifier: Apache-2.0
// Removes what deleted control planes left, a few rows between two batches.
#include <sqlite3.h>

#include "skyden/base/memory.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/rows/remains.h"
#include "store/sqlite/writer.h"

namespace skyden::store::sqlite {

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
  auto left = rows::Left::kSome;
  absl::Status status = deps_.connection->Control(ControlId::kBeginWrite);
  if (status.ok()) status = RemoveSome(remains_.front(), left);
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
  if (left == rows::Left::kNothing) remains_.pop_front();
  if (remains_.empty()) ReleaseMemory(*deps_.connection);
  return !remains_.empty();
}

absl::Status Writer::RemoveSome(const rows::TenantRef& tenant, rows::Left& left) {
  SKYDEN_ASSIGN_OR_RETURN(
      left, rows::RemoveSome(*deps_.connection, tenant, deps_.blueprint.removals_per_batch));
  return absl::OkStatus();
}

}  // namespace skyden::store::sqlite
