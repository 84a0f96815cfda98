// SPDX-License-Identifier: Apache-2.0
// The worker pool and the strand. The pool's threads are shared out in turns: a lane with much to
// do waits behind itself, and others wait for one of its tasks at most. A strand is a queue plus
// the promise that at most one Drain of it is posted or running; Drain gives the thread back after
// kTurn tasks so that one busy stream cannot starve the others.
#include "skyden/base/executor.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "skyden/base/check.h"

namespace skyden::base {
namespace {

constexpr int kTurn = 32;

thread_local bool blocking_forbidden = false;

// What the task that runs on this thread hands over when it returns.
struct Handed {
  const WorkerPool* by = nullptr;  // the pool of this thread
  bool any = false;
  Lane lane;
  Task task;
};
thread_local Handed handed;

int Processors() { return static_cast<int>(std::thread::hardware_concurrency()); }

// Of one lane: as many as there are processors, since more would only take them from others; a
// quarter of the threads at least, for tasks that wait, and never the last quarter.
size_t RunningMax(int threads) {
  const int processors = Processors();
  const int least = std::max(1, threads / 4);
  return static_cast<size_t>(std::clamp(processors, least, std::max(least, threads - threads / 4)));
}

// While others come as well, a lane leaves them a processor: a task that finds all of them at work
// waits for the system to share one out, which takes it longer than most tasks run.
size_t BesideMax(int threads) {
  return std::min(RunningMax(threads), static_cast<size_t>(std::max(1, Processors() - 1)));
}

}  // namespace

void ForbidBlockingOnThisThread() { blocking_forbidden = true; }
void AssertMayBlock() { SKYDEN_CHECK(!blocking_forbidden); }

WorkerPool::WorkerPool(std::string name, int threads, int nice)
    : name_(std::move(name)), nice_(nice), queue_(RunningMax(threads), BesideMax(threads)) {
  threads_.reserve(static_cast<size_t>(threads));
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

WorkerPool::~WorkerPool() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::PostIn(const Lane& lane, Task task) {
  absl::MutexLock lock(&mu_);
  queue_.Push(lane, std::move(task));
}

void WorkerPool::HandOver(const Lane& lane, Task task) {
  if (handed.by != this || handed.any) return PostIn(lane, std::move(task));
  handed.any = true;
  handed.lane = lane;
  handed.task = std::move(task);
}

size_t WorkerPool::queued() const {
  absl::MutexLock lock(&mu_);
  return queue_.size();
}

void WorkerPool::Loop() {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  // On Linux that is of the thread alone. Failure is harmless.
  const auto self = static_cast<id_t>(gettid());
  if (nice_ != 0) setpriority(PRIO_PROCESS, self, getpriority(PRIO_PROCESS, self) + nice_);
  handed.by = this;
  const auto ready = [this]()
                         ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return stopping_ || queue_.ready(); };
  std::optional<Lane> done;
  while (true) {
    Task task;
    {
      absl::MutexLock lock(&mu_);
      if (done) queue_.Done(*std::exchange(done, std::nullopt));
      if (handed.any) {
        handed.any = false;
        if (queue_.Begin(handed.lane)) {
          done = handed.lane;
          task = std::move(handed.task);
        } else {
          queue_.Push(handed.lane, std::move(handed.task));
        }
      }
      if (!done) {
        mu_.Await(absl::Condition(&ready));
        auto taken = queue_.Take();
        if (!taken) return;
        done = taken->lane;
        task = std::move(taken->item);
      }
    }
    task();
  }
}

void Strand::MoveTo(const Lane& lane) const {
  absl::MutexLock lock(&state_->mu);
  state_->lane = lane;
}

void Strand::State::Post(const std::shared_ptr<State>& of_strand, Task task) {
  // The task may take the strand with it, while the lock is still being given up.
  const std::shared_ptr<State> self = of_strand;
  Lane lane;
  {
    absl::MutexLock lock(&self->mu);
    self->queue.push_back(std::move(task));
    if (self->scheduled) return;
    self->scheduled = true;
    lane = self->lane;
  }
  self->executor.PostIn(lane, [self] { Drain(self); });
}

void Strand::State::Drain(const std::shared_ptr<State>& self) {
  for (int i = 0; i < kTurn; ++i) {
    Task task;
    {
      absl::MutexLock lock(&self->mu);
      if (self->queue.empty()) {
        self->scheduled = false;
        return;
      }
      task = std::move(self->queue.front());
      self->queue.pop_front();
    }
    task();
  }
  Lane lane;
  {
    absl::MutexLock lock(&self->mu);
    lane = self->lane;
  }
  self->executor.PostIn(lane, [self] { Drain(self); });
}

}  // namespace skyden::base
