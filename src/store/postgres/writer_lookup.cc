// SPDX-License-Identifier: Apache-2.0
// What became of a commit whose answer was lost.
#include "store/errors.h"
#include "store/postgres/writer.h"

namespace skyden::store::postgres {

absl::StatusOr<bool> Writer::IsThere(std::string_view batch_id) {
  const For role = role_;
  const absl::Duration until = clock_.Monotonic() + deps_.patience;
  absl::StatusOr<bool> found = DatabaseUnreachable("nobody can say whether the commit was kept");
  for (;;) {
    system_.reset();  // the old primary may still answer
    absl::Status asked = EnsureConnected(For::kSystem);
    if (asked.ok()) {
      Wire& wire = system_->wire();
      // Alone: whoever sent that COMMIT has ended, one way or the other. The row is written again,
      // so that this commit too waits for the standby, and answers for what stands before it.
      wire.SendText("BEGIN", {});
      wire.SendText("SELECT pg_catalog.pg_advisory_xact_lock($1)", {Param::Int(kWritersLock)});
      wire.SendText("UPDATE journal SET at = at WHERE batch = $1", {Param::Blob(batch_id)});
      wire.SendText("COMMIT", {});
      wire.TakeWarning();
      auto results = wire.Finish();
      const bool good = results.ok() && PQresultStatus(results->back().get()) == PGRES_COMMAND_OK &&
                        !wire.TakeWarning();
      if (good) found = std::string_view(PQcmdTuples((*results)[2].get())) == "1";
      if (!good) wire.Close();
    }
    if (found.ok() || clock_.Monotonic() >= until || !Pause(Connector::kPause)) break;
  }
  role_ = role;
  if (!found.ok()) return found;
  // What this batch's role had is gone; the answers go out all the same.
  EnsureConnected(role).IgnoreError();
  return found;
}

}  // namespace skyden::store::postgres
