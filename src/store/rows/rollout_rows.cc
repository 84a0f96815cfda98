// SPDX-License-Identifier: Apache-2.0
#include "store/rows/rollout_rows.h"

#include <algorithm>
#include <array>

#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/records.h"

namespace skyden::store {

using State = RolloutRecord::State;

const char* NameOf(State state) {
  switch (state) {
    case State::kRunning:
      return "running";
    case State::kPaused:
      return "paused";
    case State::kReady:
      return "ready";
    case State::kFinished:
      return "finished";
    case State::kAborted:
      return "aborted";
    case State::kTakenBack:
      return "taken_back";
  }
  return "";
}

namespace rows {

using enum StatementId;

namespace {

absl::StatusOr<State> DecodeState(std::string_view text) {
  for (const State state : {State::kRunning, State::kPaused, State::kReady, State::kFinished,
                            State::kAborted, State::kTakenBack}) {
    if (text == NameOf(state)) return state;
  }
  return Internal("a stored state of a rollout does not decode");
}

}  // namespace

absl::StatusOr<std::vector<RolloutRecord>> ListRolloutRows(Session& session,
                                                           const Binding& binding) {
  std::vector<RolloutRecord> all;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kListRollouts, {}, [&all](const Row& row) -> absl::Status {
        RolloutRecord record;
        record.id = row.String(1);
        record.mesh = row.String(2);
        SKYDEN_ASSIGN_OR_RETURN(record.state, DecodeState(row.Bytes(3)));
        record.wave = row.Unsigned(4);
        record.revision = row.Unsigned(5);
        record.created_at = DecodeTime(row.Int(6));
        record.plan = row.String(7);
        record.content = row.String(8);
        record.progress = row.String(9);
        all.push_back(std::move(record));
        return absl::OkStatus();
      }));
  // There are few; no index has them in this order.
  std::stable_sort(all.begin(), all.end(), [](const RolloutRecord& a, const RolloutRecord& b) {
    return a.created_at < b.created_at;
  });
  return all;
}

absl::Status PutRolloutRow(Session& session, const Binding& binding, const RolloutRecord& record) {
  return session.Run(
      binding, kPutRollout,
      {Param::Text(record.id), Param::Text(record.mesh), Param::Text(NameOf(record.state)),
       Param::Unsigned(record.wave), Param::Unsigned(record.revision),
       Param::Int(EncodeTime(record.created_at)), Param::Blob(record.plan),
       Param::Blob(record.content), Param::Blob(record.progress)});
}

}  // namespace rows
}  // namespace skyden::store
