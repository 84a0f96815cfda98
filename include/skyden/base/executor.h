// SPDX-License-Identifier: Apache-2.0
// Where code runs: a worker pool whose threads are shared out in turns, strands that serialise
// tasks on it, and timers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/lane_queue.h"

namespace skyden::base {

using Task = absl::AnyInvocable<void()>;

// Runs tasks some time later, on some thread, never inside Post. Thread-safe.
class Executor {
 public:
  virtual ~Executor() = default;
  // In the daemon's own lane.
  virtual void Post(Task task) = 0;
  // In the turn of `lane`. Tasks of one lane begin in the order posted.
  virtual void PostIn(const Lane& /*lane*/, Task task) { Post(std::move(task)); }
  // The same, by a task that is about to return: where nobody waits, its thread goes on with this
  // one, and no other has to be woken.
  virtual void HandOver(const Lane& lane, Task task) { PostIn(lane, std::move(task)); }
};

// A fixed set of threads, shared out among lanes in turns (see LaneQueue). Tasks may block (see
// AssertMayBlock); they must not wait for another task of their own lane.
// The destructor runs what is queued and joins; no Post may come after it began.
class WorkerPool final : public Executor {
 public:
  // A lane has as many threads at a time as there are processors, and never all, so that those who
  // come next find one. `nice`: how the system ranks the threads.
  WorkerPool(std::string name, int threads, int nice = 0);
  ~WorkerPool() override;
  void Post(Task task) override { PostIn(kOwnLane, std::move(task)); }
  void PostIn(const Lane& lane, Task task) override ABSL_LOCKS_EXCLUDED(mu_);
  void HandOver(const Lane& lane, Task task) override ABSL_LOCKS_EXCLUDED(mu_);
  // Tasks waiting for a thread; for metrics.
  size_t queued() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Loop();

  const std::string name_;
  const int nice_;
  mutable absl::Mutex mu_;
  LaneQueue<Task> queue_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

// Runs its tasks one after another, in the order posted, on an Executor. Thread-safe.
// Tasks keep the strand's state alive; the executor must outlive the last of them.
class Strand final : public Executor {
 public:
  explicit Strand(Executor& executor, const Lane& lane = kOwnLane)
      : state_(std::make_shared<State>(executor, lane)) {}
  void Post(Task task) override { State::Post(state_, std::move(task)); }
  // From the next turn on its tasks are those of `lane`: it is known by now whom they serve.
  void MoveTo(const Lane& lane) const;

 private:
  struct State {
    State(Executor& e, const Lane& l) : executor(e), lane(l) {}
    static void Post(const std::shared_ptr<State>& self, Task task);
    static void Drain(const std::shared_ptr<State>& self);

    Executor& executor;
    absl::Mutex mu;
    std::deque<Task> queue ABSL_GUARDED_BY(mu);
    Lane lane ABSL_GUARDED_BY(mu);
    bool scheduled ABSL_GUARDED_BY(mu) = false;
  };
  std::shared_ptr<State> state_;
};

// Runs a task at a time. Thread-safe.
class Timers {
 public:
  using Id = uint64_t;  // never 0
  virtual ~Timers() = default;
  // Posts `task` to `executor` once `delay` has passed.
  virtual Id After(absl::Duration delay, Executor& executor, Task task) = 0;
  // The task will not be posted any more. False when it already was, or was never known.
  virtual bool Cancel(Id id) = 0;
  // Nothing is posted once this returns: executors may go. What waits is dropped, and so is what
  // After gets from here on. Not from a task of this.
  virtual void Close() = 0;
};

// One thread, one heap. Nothing wakes while nothing is due.
std::unique_ptr<Timers> MakeTimers();

// Test double of all of the above: nothing runs until told to, on the caller's thread.
class ManualExecutor final : public Executor, public Timers {
 public:
  explicit ManualExecutor(FakeClock& clock) : clock_(clock) {}
  void Post(Task task) override ABSL_LOCKS_EXCLUDED(mu_);
  Id After(absl::Duration delay, Executor& executor, Task task) override ABSL_LOCKS_EXCLUDED(mu_);
  bool Cancel(Id id) override ABSL_LOCKS_EXCLUDED(mu_);
  void Close() override ABSL_LOCKS_EXCLUDED(mu_);
  // Runs until nothing is queued; returns how many tasks ran.
  size_t RunAll() ABSL_LOCKS_EXCLUDED(mu_);
  // Moves the clock, fires what came due in order, and runs until nothing is queued.
  void Advance(absl::Duration by) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Timer {
    Id id;
    absl::Duration due;
    Executor* executor;
    Task task;
  };
  FakeClock& clock_;
  absl::Mutex mu_;
  std::deque<Task> queue_ ABSL_GUARDED_BY(mu_);
  std::vector<Timer> timers_ ABSL_GUARDED_BY(mu_);
  Id next_ ABSL_GUARDED_BY(mu_) = 1;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

// Marks the current thread as one that must not block (io and gRPC threads); AssertMayBlock then
// aborts on it. Every call that waits for a disk or another thread begins with AssertMayBlock.
void ForbidBlockingOnThisThread();
void AssertMayBlock();

}  // namespace skyden::base
