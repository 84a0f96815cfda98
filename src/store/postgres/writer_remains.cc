// SPDX-License-Identifier: Apache-2.0
// What the writer does between batches.
#include "skyden/base/crypto.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/errors.h"
#include "store/postgres/writer.h"

namespace skyden::store::postgres {
namespace {

constexpr uint64_t kCommitsBetweenForgetting = 4096;

}  // namespace

// One bounded step of removing what deleted control planes left. True while there is more.
bool Writer::RemoveRemains() {
  if (remains_.empty() || !EnsureConnected(For::kScope).ok()) return false;
  Connection& session = connection();
  Begin({});
  const auto left = rows::RemoveSome(session, remains_.front(), deps_.removals_per_batch);
  Connection::Ending ending{Connection::Ended::kNo, left.status()};
  // Whether a commit that is lost was kept makes no difference: the step is looked at again.
  if (left.ok())
    ending = session.Commit(
        Connection::Note{base::RandomBytes(kBatchIdBytes), view_.opened, deps_.standing.daemon()});
  if (ending.ended != Connection::Ended::kYes) {
    Undo();
    if (ending.fenced && LookWhoIsThere()) return true;
    telemetry::Log(telemetry::Level::warning, "rows of a deleted control plane stay for now",
                   {{"reason", std::string(base::ToStd(ending.status.message()))}});
    return false;  // tried again after the next batch
  }
  commits_.fetch_add(1, std::memory_order_relaxed);
  if (*left == rows::Left::kNothing) remains_.pop_front();
  return !remains_.empty();
}

// Nobody looks for a commit later than its writer's patience lasts.
void Writer::ForgetOldCommits() {
  if (commits_until_forgetting_-- > 0) return;
  commits_until_forgetting_ = kCommitsBetweenForgetting;
  const For role = role_;
  if (EnsureConnected(For::kSystem).ok()) {
    system_->wire()
        .Ask("DELETE FROM journal WHERE at < pg_catalog.now() - interval '10 minutes'")
        .status()
        .IgnoreError();
  }
  role_ = role;
}

}  // namespace skyden::store::postgres
