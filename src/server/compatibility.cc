// SPDX-License-Identifier: Apache-2.0
#include "skyden/server/compatibility.h"

#include "server/errors.h"
#include "server/open_store.h"
#include "skyden/base/status.h"

namespace skyden::server {

absl::StatusOr<DatabaseAtHand> LookAtDatabase(const Config& config) {
  if (!InDataDir(config)) {
    return About("store", absl::InvalidArgumentError(
                              "a database on a server is asked by \"skyden store check\""));
  }
  DatabaseAtHand found{DatabaseOf(config), {}};
  SKYDEN_ASSIGN_OR_RETURN(found.schema, store::SqliteSchemaVersion(found.file));
  return found;
}

}  // namespace skyden::server
