// SPDX-License-Identifier: Apache-2.0
// The worker pool and the strand. A strand is a queue plus the promise that at most one Drain of it
// is posted or running; Drain gives the thread back after kTurn tasks so that one busy stream
// cannot starve the others.
#include "skyden/base/executor.h"

#include <pthread.h>

#include <utility>

#include "skyden/base/check.h"

namespace skyden::base {
namespace {

constexpr int kTurn = 32;

thread_local bool blocking_forbidden = false;

}  // namespace

void ForbidBlockingOnThisThread() { blocking_forbidden = true; }
void AssertMayBlock() { SKYDEN_CHECK(!blocking_forbidden); }

WorkerPool::WorkerPool(std::string name, int threads) : name_(std::move(name)) {
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

void WorkerPool::Post(Task task) {
  absl::MutexLock lock(&mu_);
  queue_.push_back(std::move(task));
}

size_t WorkerPool::queued() const {
  absl::MutexLock lock(&mu_);
  return queue_.size();
}

void WorkerPool::Loop() {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  while (true) {
    Task task;
    {
      absl::MutexLock lock(&mu_);
      const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return stopping_ || !queue_.empty();
      };
      mu_.Await(absl::Condition(&ready));
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

void Strand::State::Post(const std::shared_ptr<State>& self, Task task) {
  {
    absl::MutexLock lock(&self->mu);
    self->queue.push_back(std::move(task));
    if (self->scheduled) return;
    self->scheduled = true;
  }
  self->executor.Post([self] { Drain(self); });
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
  self->executor.Post([self] { Drain(self); });
}

}  // namespace skyden::base
