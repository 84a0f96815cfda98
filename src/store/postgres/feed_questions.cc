// SPDX-License-Identifier: Apache-2.0
// Whether every daemon has heard: a row of the journal asks, each that reads it says with its next
// sign of life how far it has heard, and that is looked at until none is left. Whoever asks
// meanwhile waits for the next row, so that one is under way at a time.
#include <utility>

#include "skyden/base/status.h"
#include "skyden/telemetry/log.h"
#include "store/postgres/feed.h"
#include "store/postgres/journal_text.h"
#include "store/postgres/membership.h"

namespace skyden::store::postgres {

void Feed::OnceHeard(absl::AnyInvocable<void()> then) {
  const bool alone = deps_.standing.view().alone;
  {
    absl::MutexLock lock(&mu_);
    if (!alone && !stopping_ && health_.ok()) {
      unasked_.push_back(std::move(then));
      Wake();
      return;
    }
  }
  then();
}

absl::Status Feed::AskOthers() {
  bool stopping = false;
  std::vector<absl::AnyInvocable<void()>> waiting;
  {
    absl::MutexLock lock(&mu_);
    stopping = stopping_ || !health_.ok();
    if (!round_.has_value() || stopping) waiting = std::exchange(unasked_, {});
  }
  if (stopping || deps_.standing.view().alone) {
    EndRound();
    for (auto& then : waiting) then();
    return absl::OkStatus();
  }
  if (!waiting.empty()) round_ = Round{"", clock_.Monotonic(), std::move(waiting)};
  if (!round_.has_value()) return absl::OkStatus();
  // Whoever has not heard by now was given up, or says that it lives and hears nothing.
  if (clock_.Monotonic() - round_->began > deps_.given_up_after + kReadEvery) {
    telemetry::Log(telemetry::Level::warning, "a daemon that lives does not hear of changes");
    EndRound();
    return absl::OkStatus();
  }
  if (connection_ == nullptr || connection_->lost()) return absl::OkStatus();
  Wire& wire = connection_->wire();
  const std::string& self = deps_.standing.daemon();
  if (round_->transaction.empty()) {
    const std::string text = JournalText({.asks = true}, deps_.registry);
    SKYDEN_ASSIGN_OR_RETURN(round_->transaction, NoteInJournal(wire, self, text));
    SKYDEN_RETURN_IF_ERROR(WakeOthers(wire));
  }
  SKYDEN_ASSIGN_OR_RETURN(const int64_t left, CountUnheard(wire, self, round_->transaction));
  if (left == 0) EndRound();
  return absl::OkStatus();
}

void Feed::EndRound() {
  if (!round_.has_value()) return;
  std::vector<absl::AnyInvocable<void()>> waiting = std::move(round_->waiting);
  round_.reset();
  for (auto& then : waiting) then();
}

}  // namespace skyden::store::postgres
