// SPDX-License-Identifier: Apache-2.0
// The steps about changes that are released zone by zone.
#include "fmt/format.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/script.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {

void Script::Rollouts() {
  RolloutRecord record;
  record.id = fmt::format("r{}", Below(4));
  record.mesh = fmt::format("m{}", Below(3));
  record.state = static_cast<RolloutRecord::State>(Below(6));
  record.wave = Below(5);
  record.created_at = absl::FromUnixSeconds(static_cast<int64_t>(Below(100)));
  record.plan = fmt::format("plan-{}", Below(100));
  record.content = fmt::format("content-{}", Below(100));
  record.progress = fmt::format("progress-{}", Below(100));
  std::vector<model::TypeId> seen;
  if (Below(2) == 0) seen.push_back(Type("MeshTimeout"));
  const std::string gone = fmt::format("r{}", Below(4));
  const bool removes = Below(2) == 0;
  const auto done = store_.Write(scope_, [&](WriteTx& tx) -> absl::Status {
    RolloutRecord written = record;
    if (absl::Status s = tx.PutRollout(written, seen); !s.ok()) return s;
    return removes ? tx.RemoveRollout(gone) : absl::OkStatus();
  });
  if (done.ok()) revision_ = *done;
  Say("rollout", done.status());
  const absl::Status read = store_.Read(scope_, [&](ReadTx& tx) {
    const auto all = tx.ListRollouts();
    if (!all.ok()) return all.status();
    for (const RolloutRecord& one : *all) {
      Say(fmt::format("  {} in {} {} wave={} rev={} at={} {} {} {}", one.id, one.mesh,
                      NameOf(one.state), one.wave, one.revision,
                      absl::ToUnixSeconds(one.created_at), one.plan, one.content, one.progress));
    }
    return absl::OkStatus();
  });
  Say("read rollouts", read);
}

}  // namespace skyden::store::testing
