// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/feed.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "skyden/base/check.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/errors.h"
#include "store/postgres/failure.h"
#include "store/postgres/journal_text.h"
#include "store/postgres/membership.h"
#include "store/postgres/row.h"

namespace skyden::store::postgres {
namespace {

// More at once than this is not told one by one.
constexpr int64_t kFeedRowsAtOnce = 4096;
// Rows of the journal are kept for ten minutes; who did not read for so long begins anew.
constexpr absl::Duration kGap = absl::Minutes(5);
// The part of the time after which others give a daemon up for which it may rely on its last sign
// of life: what is left is for clocks that run apart.
constexpr double kReliesFor = 0.75;

// One statement sees one snapshot, and says which.
constexpr char kReadNews[] =
    "SELECT pg_catalog.pg_current_snapshot()::text, (SELECT opened FROM opening),"
    " (SELECT pg_catalog.count(*) FROM daemon),"
    " (SELECT pg_catalog.count(*) FROM daemon WHERE id = $2),"
    " (SELECT id FROM daemon ORDER BY came, id LIMIT 1), j.changes, j.transaction_id::text"
    " FROM (SELECT 1) AS one LEFT JOIN journal AS j"
    " ON j.transaction_id >= pg_catalog.pg_snapshot_xmin($1::text::pg_catalog.pg_snapshot)"
    " AND NOT pg_catalog.pg_visible_in_snapshot(j.transaction_id,"
    " $1::text::pg_catalog.pg_snapshot)"
    " AND j.daemon <> $2 ORDER BY j.transaction_id LIMIT $3";
enum Column { kSnapshot, kOpened, kDaemons, kSelf, kEldest, kChanges, kTransaction };

constexpr char kSnapshotNow[] = "SELECT pg_catalog.pg_current_snapshot()::text";

absl::StatusOr<Result> Ask(Wire& wire, const char* text, std::initializer_list<Param> params = {}) {
  SKYDEN_ASSIGN_OR_RETURN(Result result, wire.Ask(text, params));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return result;
  return ToStatus(result.get(), "journal");
}

absl::Status NotFresh() {
  return DatabaseUnreachable("what other daemons wrote cannot be read now");
}

}  // namespace

Feed::Feed(Deps deps, std::string since)
    : deps_(std::move(deps)),
      wakes_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      since_(std::move(since)),
      timeline_(deps_.connector.timeline()),
      heard_at_(clock_.Monotonic()),
      about_(std::move(deps_.about)) {
  SKYDEN_CHECK(wakes_ >= 0);
  thread_ = std::thread([this] { Loop(); });
  pthread_setname_np(thread_.native_handle(), "store-feed");
}

Feed::~Feed() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
    changed_.SignalAll();
  }
  Wake();
  thread_.join();
  close(wakes_);
}

void Feed::Wake() {
  const uint64_t one = 1;
  // It can only fail when the counter is full, and then it wakes as well.
  if (write(wakes_, &one, sizeof one) < 0) return;
}

void Feed::TellOthers() {
  if (!tell_.exchange(true)) Wake();
}

absl::Status Feed::Health() const {
  absl::MutexLock lock(&mu_);
  return health_;
}

void Feed::Say(std::string about) {
  absl::MutexLock lock(&mu_);
  about_ = std::move(about);
}

absl::Duration Feed::Unheard() const {
  absl::MutexLock lock(&mu_);
  return clock_.Monotonic() - heard_at_;
}

bool Feed::IsWanted() {
  absl::MutexLock lock(&mu_);
  return stopping_ || wanted_ > begun_ || (!unasked_.empty() && !round_.has_value());
}

absl::Status Feed::Fresh() {
  if (deps_.barrier == Blueprint::Barrier::kSkipped) return absl::OkStatus();
  if (deps_.standing.view().alone) {
    // Nobody can have come whom this daemon has not heard of, unless it was given up for dead.
    const absl::Duration relies = kReliesFor * deps_.given_up_after;
    absl::MutexLock lock(&mu_);
    if (health_.ok() && clock_.Monotonic() - lived_at_ < relies) return absl::OkStatus();
  }
  return Look();
}

absl::Status Feed::Look() {
  absl::MutexLock lock(&mu_);
  // One that is running may have begun before the commit in question.
  const uint64_t wanted = begun_ + 1;
  if (wanted_ < wanted) {
    wanted_ = wanted;
    Wake();
  }
  changed_.AwaitFor(mu_, kPatience, [this, wanted]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return done_ >= wanted || stopping_ || !health_.ok();
  });
  if (!health_.ok()) return health_;
  return done_ >= wanted ? absl::OkStatus() : NotFresh();
}

bool Feed::Await() {
  // Without a connection there is nothing to hear from.
  const bool connected = connection_ != nullptr && !connection_->lost();
  pollfd wanted[2] = {{wakes_, POLLIN, 0}, {-1, POLLIN, 0}};
  // It may have come with the answer to something else: no socket would tell.
  if (connected) notified_ |= connection_->wire().TakeNotified();
  if (connected) wanted[1].fd = connection_->lost() ? -1 : connection_->wire().socket();
  if (!connected || !(notified_ || IsWanted() || tell_.load())) {
    absl::Duration idle =
        connected ? kReadEvery - (clock_.Monotonic() - read_at_) : Connector::kPause;
    if (round_.has_value()) idle = std::min(idle, kLookEvery);
    const auto at_most = std::max<int64_t>(0, absl::ToInt64Milliseconds(idle));
    poll(wanted, 2, static_cast<int>(at_most));
  }
  uint64_t woken = 0;
  if (read(wakes_, &woken, sizeof woken) < 0) woken = 0;  // nobody did
  if (connected) notified_ |= connection_->wire().TakeNotified();
  absl::MutexLock lock(&mu_);
  return !stopping_;
}

void Feed::Loop() {
  absl::Status state;
  while (Await()) {
    absl::Status turn = EnsureConnected();
    if (turn.ok()) turn = Turn();
    if (!turn.ok() && connection_ != nullptr) connection_->wire().Close();
    if (turn.ok() != state.ok()) {
      telemetry::Log(turn.ok() ? telemetry::Level::info : telemetry::Level::warning,
                     turn.ok() ? "the journal is followed again" : "the journal is not followed",
                     {{"reason", std::string(base::ToStd(turn.message()))}});
    }
    state = std::move(turn);
    const absl::Status asked = AskOthers();
    if (!asked.ok() && connection_ != nullptr) connection_->wire().Close();
    if (!Health().ok()) return;
  }
  AskOthers().IgnoreError();  // ends it
  absl::Status left = EnsureConnected();
  if (left.ok()) left = RemoveDaemon(connection_->wire(), deps_.standing.daemon());
  if (!left.ok()) {
    telemetry::Log(telemetry::Level::warning, "other daemons will find out that this one has ended",
                   {{"reason", std::string(base::ToStd(left.message()))}});
  }
}

absl::Status Feed::EnsureConnected() {
  if (connection_ != nullptr && !connection_->lost()) return absl::OkStatus();
  connection_.reset();
  SKYDEN_ASSIGN_OR_RETURN(connection_, deps_.connector.Connect(Access::kSystem));
  Wire& wire = connection_->wire();
  // What it writes, that it lives, is worth nothing after a crash.
  SKYDEN_RETURN_IF_ERROR(Ask(wire, "SET synchronous_commit = off").status());
  SKYDEN_RETURN_IF_ERROR(Ask(wire, kListen).status());
  notified_ = true;
  const bool gap = read_at_ != absl::ZeroDuration() && clock_.Monotonic() - read_at_ > kGap;
  const int64_t timeline = deps_.connector.timeline();
  // On another timeline the numbers of transactions are given again.
  if (!gap && timeline == timeline_) return absl::OkStatus();
  timeline_ = timeline;
  return BeginAnew();
}

absl::Status Feed::BeginAnew() {
  SKYDEN_ASSIGN_OR_RETURN(const Result now, Ask(connection_->wire(), kSnapshotNow));
  since_ = ResultRow(now.get(), 0).String(0);
  rows::Tell({Change{.all = true}}, {}, deps_.listeners);
  return absl::OkStatus();
}

absl::Status Feed::Turn() {
  const Standing::View before = deps_.standing.view();
  if (tell_.exchange(false) && !before.alone) {
    SKYDEN_RETURN_IF_ERROR(WakeOthers(connection_->wire()));
  }
  const bool due = clock_.Monotonic() - read_at_ >= kReadEvery;
  if (notified_ || due || IsWanted()) SKYDEN_RETURN_IF_ERROR(Read());
  const bool news = deps_.standing.view().opened != before.opened;
  if (!news && !asked_ && clock_.Monotonic() - beat_at_ < kBeatEvery) return absl::OkStatus();
  SKYDEN_RETURN_IF_ERROR(Beat());
  if (!std::exchange(asked_, false)) return absl::OkStatus();
  return WakeOthers(connection_->wire());
}

absl::Status Feed::Read() {
  uint64_t number = 0;
  {
    absl::MutexLock lock(&mu_);
    number = ++begun_;
  }
  notified_ = false;
  const absl::Duration began = clock_.Monotonic();
  const std::string& self = deps_.standing.daemon();
  reads_.fetch_add(1, std::memory_order_relaxed);
  SKYDEN_ASSIGN_OR_RETURN(const Result result, Ask(connection_->wire(), kReadNews,
                                                   {Param::Text(since_), Param::Text(self),
                                                    Param::Int(kFeedRowsAtOnce)}));
  const ResultRow first(result.get(), 0);
  if (first.Int(kSelf) != 1) {
    absl::Status given_up = DatabaseUnreachable("this daemon was given up by others");
    GiveUp(given_up);
    return given_up;
  }
  switch (deps_.news) {
    case Blueprint::News::kBySnapshot:
      since_ = first.String(kSnapshot);
      break;
    case Blueprint::News::kByHighest: {
      const ResultRow last(result.get(), PQntuples(result.get()) - 1);
      if (last.IsNull(kTransaction)) break;
      const std::string next = std::to_string(std::stoull(last.String(kTransaction)) + 1);
      since_ = next + ":" + next + ":";
      break;
    }
    case Blueprint::News::kByAnotherSnapshot: {
      SKYDEN_ASSIGN_OR_RETURN(const Result other, Ask(connection_->wire(), kSnapshotNow));
      since_ = ResultRow(other.get(), 0).String(0);
      break;
    }
  }
  Tell(result.get());
  // What others wrote before they went is told before this daemon takes itself to be alone.
  const Standing::View view{first.Int(kOpened), first.Int(kDaemons) == 1,
                            first.Bytes(kEldest) == self};
  const bool others = deps_.standing.view() != view;
  deps_.standing.Set(view);
  read_at_ = began;
  {
    absl::MutexLock lock(&mu_);
    done_ = number;
    heard_at_ = began;
    changed_.SignalAll();
  }
  if (others && deps_.on_others) deps_.on_others();
  return absl::OkStatus();
}

void Feed::Tell(const PGresult* rows) {
  if (PQntuples(rows) >= kFeedRowsAtOnce) {
    asked_ = true;  // nobody looks whether one of them does
    return rows::Tell({Change{.all = true}}, {}, deps_.listeners);
  }
  for (int n = 0; n < PQntuples(rows); ++n) {
    const ResultRow row(rows, n);
    if (row.IsNull(kChanges)) continue;  // there was none
    const JournalEntry entry = ParseJournalText(row.Bytes(kChanges), deps_.registry);
    rows::Tell(entry.changes, entry.audit, deps_.listeners);
    asked_ |= entry.asks;
  }
}

absl::Status Feed::Beat() {
  const absl::Duration sent = clock_.Monotonic();
  Wire& wire = connection_->wire();
  const std::string& self = deps_.standing.daemon();
  std::string about;
  {
    absl::MutexLock lock(&mu_);
    about = about_;
  }
  const auto others_are_dead =
      postgres::Beat(wire, self, deps_.standing.view().opened, since_, about, deps_.given_up_after);
  if (absl::IsNotFound(others_are_dead.status())) {
    GiveUp(DatabaseUnreachable("this daemon was given up by others"));
  }
  SKYDEN_RETURN_IF_ERROR(others_are_dead.status());
  // After an outage everybody was not seen for a while: the others have their time to come back.
  if (sent - beat_at_ > 2 * kBeatEvery) steady_since_ = sent;
  beat_at_ = sent;
  {
    absl::MutexLock lock(&mu_);
    lived_at_ = sent;
  }
  if (!*others_are_dead || sent - steady_since_ < deps_.given_up_after) return absl::OkStatus();
  notified_ = true;  // what they wrote last is read, and who is left
  return GiveUpOthers(wire, self, deps_.given_up_after);
}

void Feed::GiveUp(const absl::Status& why) {
  {
    absl::MutexLock lock(&mu_);
    if (!health_.ok()) return;
    health_ = why;
    changed_.SignalAll();
  }
  telemetry::Log(telemetry::Level::error, "other daemons have given this one up",
                 {{"daemon", deps_.standing.daemon()}});
  if (deps_.on_given_up) deps_.on_given_up(why);
}

}  // namespace skyden::store::postgres
