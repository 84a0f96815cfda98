// SPDX-License-Identifier: Apache-2.0
// An error of the server ends the whole transaction. So a batch runs without savepoints, and nearly
// always nobody misses them; after a request that failed, the others run once more, now with a
// savepoint each, and so do the next batches, since errors come in rows.
#include "store/postgres/writer.h"

#include <pthread.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/storage_full.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/errors.h"
#include "store/postgres/failure.h"
#include "store/postgres/journal_text.h"

namespace skyden::store::postgres {

namespace limits = base::limits;

namespace {

constexpr int kGuardedBatches = 32;
// Lost against another transaction so often in a row, a batch is given up.
constexpr int kAttempts = 5;

}  // namespace

Writer::Writer(Deps deps, std::unique_ptr<Connection> system, std::vector<rows::TenantRef> remains)
    : deps_(std::move(deps)),
      system_(std::move(system)),
      remains_(std::make_move_iterator(remains.begin()), std::make_move_iterator(remains.end())),
      queue_(limits::kWriteQueue, limits::kWriteQueuePerControlPlane),
      thread_([this] { Loop(); }) {
  pthread_setname_np(thread_.native_handle(), "store-writer");
}

Writer::~Writer() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
    changed_.SignalAll();
  }
  thread_.join();
}

void Writer::Submit(const Lane& lane, rows::WriteRequest request) {
  absl::Status refused;
  request.came_at = clock_.Monotonic();
  {
    absl::MutexLock lock(&mu_);
    if (!health_.ok()) {
      refused = health_;
    } else if (stopping_) {
      refused = StoreClosed();
    } else if (!queue_.Push(lane, request)) {
      refused = WriteQueueFull();
    }
    deps_.timings.waiting.Set(static_cast<int64_t>(queue_.size()));
    changed_.SignalAll();
  }
  if (!refused.ok()) request.done(std::move(refused));
}

absl::Status Writer::Health() const {
  absl::MutexLock lock(&mu_);
  return health_;
}

absl::Status Writer::Writable() const {
  absl::MutexLock lock(&mu_);
  return health_.ok() ? state_ : health_;
}

void Writer::Suspect(const absl::Status& why) {
  absl::MutexLock lock(&mu_);
  if (!state_.ok()) return;
  state_ = why;
  changed_.SignalAll();
}

void Writer::NoteState(absl::Status state) {
  absl::MutexLock lock(&mu_);
  state_ = std::move(state);
}

bool Writer::Take() {
  absl::MutexLock lock(&mu_);
  while (taken_.size() < limits::kWriteBatchRequests) {
    std::optional<rows::WriteRequest> request = queue_.Pop();
    if (!request.has_value()) break;
    taken_.push_back(*std::move(request));
  }
  deps_.timings.waiting.Set(static_cast<int64_t>(queue_.size()));
  return !taken_.empty();
}

// False when there is nothing left to do, ever.
bool Writer::WaitForWork(bool remains) {
  absl::MutexLock lock(&mu_);
  const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return HasWork(); };
  // While the database is away it is looked for, and so is room on its disk.
  const bool looks = health_.ok() && !state_.ok();
  if (looks || remains) {
    changed_.AwaitFor(mu_, looks ? Connector::kPause : absl::ZeroDuration(), has_work);
  } else {
    changed_.AwaitFor(mu_, absl::InfiniteDuration(), [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      return HasWork() || !state_.ok();
    });
  }
  return !queue_.empty() || !(stopping_ || !health_.ok());
}

bool Writer::Pause(absl::Duration duration) {
  absl::MutexLock lock(&mu_);
  changed_.AwaitFor(mu_, duration,
                    [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return stopping_; });
  return !stopping_;
}

void Writer::Loop() {
  bool remains = !remains_.empty();
  while (!taken_.empty() || WaitForWork(remains)) {
    RunBatch();
    remains = Health().ok() && Writable().ok() && RemoveRemains();
  }
}

absl::Status Writer::EnsureConnected(For role) {
  role_ = role;
  if (held() != nullptr && held()->wire().LookLost()) held().reset();
  if (held() != nullptr) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(
      held(), deps_.connector.Connect(role == For::kSystem ? Access::kSystem : Access::kWriter));
  if (role != For::kSystem) return absl::OkStatus();
  // Whoever holds it now has opened the database since: this daemon's next commit is told so.
  SKYDEN_ASSIGN_OR_RETURN(
      const Result locked,
      held()->wire().Ask(deps_.standing.shares()
                             ? "SELECT pg_catalog.pg_try_advisory_lock_shared($1)"
                             : "SELECT pg_catalog.pg_try_advisory_lock($1)",
                         {Param::Int(kDaemonLock)}));
  return PQresultStatus(locked.get()) == PGRES_TUPLES_OK ? absl::OkStatus()
                                                         : ToStatus(locked.get(), "daemon lock");
}

void Writer::RunBatch() {
  Batch batch;
  batch.reserve(64);
  if (!Take()) {  // nothing asked: is the database there again?
    if (Health().ok() && !Writable().ok()) NoteState(EnsureConnected(For::kScope));
    return;
  }
  if (!Health().ok()) {
    for (rows::WriteRequest& request : std::exchange(taken_, {})) request.done(Health());
    return;
  }
  const For role = taken_.front().on_behalf;
  // Who comes while it is known to be away is told so after one more try.
  const bool away = absl::IsUnavailable(Writable());
  const absl::Duration until = clock_.Monotonic() + (away ? absl::ZeroDuration() : deps_.patience);
  for (int attempt = 0; attempt < kAttempts;) {
    absl::Status state = EnsureConnected(role);
    if (!state.ok()) {
      NoteState(state);
      const bool waits = absl::IsUnavailable(state) && clock_.Monotonic() < until;
      if (waits && Pause(Connector::kPause)) continue;
      if (batch.empty()) {  // the next one is told after a try of its own
        rows::WriteRequest first = std::move(taken_.front());
        taken_.pop_front();
        return first.done(state);
      }
      return rows::FailAll(batch, state);
    }
    if (TryBatch(batch) == Tried::kAnswered) return;
    if (!lost()) ++attempt;  // a lost connection is no fault of the batch
  }
  rows::FailAll(batch, DatabaseUnreachable("too many transactions compete"));
}

Writer::Tried Writer::TryBatch(Batch& batch) {
  const bool again = !batch.empty();
  if (!again) Take();  // what others wait for is locked as this begins
  Begin(batch);
  const bool whole = again ? SecondPass(batch) : FirstPass(batch) || SecondPass(batch);
  if (whole && !lost()) return Commit(batch);
  const bool full = std::any_of(batch.begin(), batch.end(),
                                [](const Item& item) { return base::IsStorageFull(item.status); });
  Undo();
  if (!full) return Tried::kAgain;
  NoteState(DiskFull());
  rows::FailAll(batch, DiskFull());
  return Tried::kAnswered;
}

Session& Writer::session() {
  if (overlay_.has_value()) return *overlay_;
  return connection();
}

void Writer::Begin(const Batch& batch) {
  const Standing::View view = deps_.standing.view();
  // Others may have written since.
  if (view.opened != view_.opened) deps_.requests.Forget();
  view_ = view;
  OwnerLocks locks;
  if (!view_.alone) {
    for (const Item& item : batch) locks.Add(item.request);
    for (const rows::WriteRequest& request : taken_) {
      if (request.on_behalf != role_) break;
      locks.Add(request);
    }
  }
  connection().Begin(Connection::Mode::kWrite, std::move(locks));
}

absl::Status Writer::Plan() {
  overlay_.emplace(connection(), deps_.registry, deps_.rows);
  std::vector<const rows::WriteRequest*> planned;
  for (const rows::WriteRequest& request : taken_) {
    if (request.on_behalf != role_) break;
    planned.push_back(&request);
  }
  return overlay_->Fetch(planned);
}

bool Writer::FirstPass(Batch& batch) {
  const Guard guard = guarded_batches_ > 0 ? Guard::kSavepoint : Guard::kTransaction;
  if (guarded_batches_ > 0) --guarded_batches_;
  const bool plans = deps_.batches == Blueprint::Batches::kPlanned;
  if (plans && guard == Guard::kTransaction && !Plan().ok()) {
    if (!lost()) guarded_batches_ = kGuardedBatches;  // each request is told why by itself
    return false;
  }
  size_t bytes = 0;
  while (batch.size() < limits::kWriteBatchRequests && bytes < limits::kWriteBatchBytes) {
    // What is taken later is not locked.
    if (taken_.empty() && (overlay_.has_value() || !view_.alone || !Take())) break;
    if (taken_.front().on_behalf != role_) break;
    Item& item = batch.emplace_back();
    item.request = std::move(taken_.front());
    taken_.pop_front();
    deps_.timings.wait.Observe(clock_.Monotonic() - item.request.came_at);
    const bool clean = RunItem(item, guard);
    bytes += item.outcome.bytes;
    if (lost()) return false;
    if (guard == Guard::kSavepoint) {
      if (connection().aborted()) return false;
      continue;
    }
    if (!item.status.ok()) {
      const bool answers = !connection().lost_against_another();
      // The same requests before it would bring it to the same error; but what failed when it was
      // sent may be theirs.
      item.settled = answers && !(overlay_.has_value() && connection().aborted());
      if (answers && !connection().aborted() && clean) continue;
      guarded_batches_ = kGuardedBatches;
      return false;
    }
  }
  return true;
}

bool Writer::SecondPass(Batch& batch) {
  Undo();
  if (lost()) return false;
  Begin(batch);
  for (Item& item : batch) {
    if (item.settled) continue;
    RunItem(item, Guard::kSavepoint);
    if (lost() || connection().aborted() || connection().lost_against_another()) return false;
  }
  return true;
}

bool Writer::RunItem(Item& item, Guard guard) {
  item.outcome = rows::Outcome();
  connection().ForgetWrites();
  if (overlay_.has_value()) overlay_->BeginRequest();
  const bool guarded = guard == Guard::kSavepoint;
  item.status = guarded ? connection().Savepoint() : absl::OkStatus();
  if (item.status.ok()) {
    item.status = Run(item);
    if (guarded && item.status.ok()) item.status = connection().Release();
    if (guarded && !item.status.ok() && connection().RollbackTo().ok()) {
      connection().Release().IgnoreError();
    }
  }
  if (item.status.ok()) {
    deps_.requests.Keep();
    if (overlay_.has_value()) overlay_->KeepRequest();
    return true;
  }
  deps_.requests.Abandon();
  item.outcome = rows::Outcome();
  return overlay_.has_value() ? overlay_->DropRequest() : !connection().wrote();
}

absl::Status Writer::Run(Item& item) {
  Session& runs_on = session();
  runs_on.TakeFailure();
  absl::Status status = item.request.run(runs_on, item.outcome);
  if (const auto failure = runs_on.TakeFailure(); failure.has_value() && status.ok()) {
    status = *failure;  // the request went on after a statement failed; it may be half done
  }
  return status;
}

Writer::Tried Writer::Commit(Batch& batch) {
  const size_t wrote = rows::CountWrites(batch);
  absl::Status ends = deps_.requests.Close(session());
  if (ends.ok() && overlay_.has_value()) ends = overlay_->SendKept();
  if (lost()) {
    Undo();
    return Tried::kAgain;
  }
  const std::string id = base::RandomBytes(kBatchIdBytes);
  const ChangeBatch changes = rows::ChangesOf(batch);
  const std::string text =
      deps_.standing.shares() && ends.ok()
          ? JournalText({changes.all(), deps_.requests.ToBeCommitted()}, deps_.registry)
          : std::string();
  const absl::Duration began = clock_.Monotonic();
  Connection::Ending ending{Connection::Ended::kNo, ends};
  if (ends.ok()) {
    const Connection::Note note{id, view_.opened, deps_.standing.daemon(), text};
    ending = connection().Commit(wrote > 0 ? std::optional(note) : std::nullopt);
  }
  if (ending.ended == Connection::Ended::kUnknown && wrote == 0) {
    ending = {};  // nothing that could be lost
  }
  if (ending.ended == Connection::Ended::kUnknown) {
    auto there = IsThere(id);
    if (!there.ok()) {
      Undo();
      NoteState(there.status());
      rows::FailAll(batch, there.status());
      return Tried::kAnswered;
    }
    telemetry::Log(telemetry::Level::warning, "a commit whose answer was lost was looked up",
                   {{"found", *there ? "yes" : "no"}});
    ending.ended = *there ? Connection::Ended::kYes : Connection::Ended::kNo;
    if (!*there) {
      Undo();
      return Tried::kAgain;
    }
  }
  if (ending.ended == Connection::Ended::kNo) {
    bool again = lost() || connection().lost_against_another();
    // What was kept until now may be the fault of one request.
    if (overlay_.has_value() && !base::IsStorageFull(ending.status)) {
      again = true;
      guarded_batches_ = kGuardedBatches;
    }
    Undo();
    if (ending.fenced && LookWhoIsThere()) return Tried::kAgain;
    if (ending.fenced) ending.status = Health();
    if (again && !ending.fenced) return Tried::kAgain;
    if (base::IsStorageFull(ending.status)) NoteState(ending.status);
    rows::FailAll(batch, ending.status);
    return Tried::kAnswered;
  }
  overlay_.reset();
  NoteState(absl::OkStatus());
  if (wrote > 0) {
    deps_.timings.commit.Observe(clock_.Monotonic() - began);
    deps_.timings.together.Observe(static_cast<double>(wrote));
    commits_.fetch_add(1, std::memory_order_relaxed);
    ForgetOldCommits();
  }
  if (wrote > 0 && deps_.feed != nullptr) deps_.feed->TellOthers();
  rows::AnswerLater later;
  if (!view_.alone && deps_.revocations == Blueprint::Revocations::kOnceHeard) {
    later = [feed = deps_.feed](absl::AnyInvocable<void()> then) {
      feed->OnceHeard(std::move(then));
    };
  }
  rows::Answer(batch, changes, deps_.listeners, deps_.requests, remains_, std::move(later));
  if (!view_.alone) deps_.requests.Forget();
  return Tried::kAnswered;
}

bool Writer::LookWhoIsThere() {
  if (deps_.feed == nullptr) {
    Stop(WritesStopped("another daemon has opened the database"));
    return false;
  }
  // Whether it could be read or not: the next try is refused again if nothing is known.
  deps_.feed->Look().IgnoreError();
  const absl::Status stands = deps_.feed->Health();
  if (!stands.ok()) Stop(WritesStopped("other daemons have given this one up"));
  return stands.ok();
}

void Writer::Undo() {
  overlay_.reset();
  deps_.requests.Forget();
  if (held() != nullptr && held()->in_transaction()) held()->Rollback();
}

void Writer::Stop(absl::Status why) {
  std::vector<rows::WriteRequest> waiting;
  {
    absl::MutexLock lock(&mu_);
    if (!health_.ok()) return;
    health_ = why;
    while (auto request = queue_.Pop()) waiting.push_back(*std::move(request));
    changed_.SignalAll();
  }
  for (rows::WriteRequest& request : waiting) request.done(why);
  telemetry::Log(telemetry::Level::error, "no more writes",
                 {{"reason", std::string(base::ToStd(why.message()))}});
  if (deps_.on_fatal) deps_.on_fatal(why);
}

}  // namespace skyden::store::postgres
