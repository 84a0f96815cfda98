// SPDX-License-Identifier: Apache-2.0
// Real timers: a map ordered by due time, one thread that sleeps until the first. And the manual
// double, where time only passes when a test says so.
#include <pthread.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "skyden/base/cond_var.h"
#include "skyden/base/executor.h"

namespace skyden::base {
namespace {

class ThreadTimers final : public Timers {
 public:
  ThreadTimers() : thread_([this] { Loop(); }) {}

  ~ThreadTimers() override { Close(); }

  void Close() override {
    {
      absl::MutexLock lock(&mu_);
      stopping_ = true;
      wake_.Signal();
    }
    if (thread_.joinable()) thread_.join();
    std::map<Key, Entry> dropped;  // outside the lock: a task may own anything
    absl::MutexLock lock(&mu_);
    dropped.swap(due_);
    keys_.clear();
  }

  Id After(absl::Duration delay, Executor& executor, Task task) override {
    Task dropped;  // outside the lock
    absl::MutexLock lock(&mu_);
    const Id id = next_++;
    if (stopping_) {
      dropped = std::move(task);
      return id;
    }
    const Key key{clock_.Monotonic() + std::max(delay, absl::ZeroDuration()), id};
    const bool first = due_.empty() || key < due_.begin()->first;
    due_.emplace(key, Entry{&executor, std::move(task)});
    keys_.emplace(id, key);
    if (first) wake_.Signal();
    return id;
  }

  bool Cancel(Id id) override {
    Entry dropped;  // destroyed outside the lock: a task may own anything
    absl::MutexLock lock(&mu_);
    const auto known = keys_.find(id);
    if (known == keys_.end()) return false;
    const auto entry = due_.find(known->second);
    dropped = std::move(entry->second);
    due_.erase(entry);
    keys_.erase(known);
    return true;
  }

 private:
  using Key = std::pair<absl::Duration, Id>;
  struct Entry {
    Executor* executor = nullptr;
    Task task;
  };

  void Loop() {
    pthread_setname_np(pthread_self(), "timers");
    while (true) {
      Entry entry;
      {
        absl::MutexLock lock(&mu_);
        while (!stopping_ && !Due()) {
          wake_.WaitFor(mu_, due_.empty() ? absl::InfiniteDuration()
                                          : due_.begin()->first.first - clock_.Monotonic());
        }
        if (stopping_) return;
        entry = std::move(due_.begin()->second);
        keys_.erase(due_.begin()->first.second);
        due_.erase(due_.begin());
      }
      entry.executor->Post(std::move(entry.task));
    }
  }

  bool Due() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return !due_.empty() && due_.begin()->first.first <= clock_.Monotonic();
  }

  RealClock clock_;
  absl::Mutex mu_;
  CondVar wake_;
  std::map<Key, Entry> due_ ABSL_GUARDED_BY(mu_);
  std::unordered_map<Id, Key> keys_ ABSL_GUARDED_BY(mu_);
  Id next_ ABSL_GUARDED_BY(mu_) = 1;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Timers> MakeTimers() { return std::make_unique<ThreadTimers>(); }

void ManualExecutor::Post(Task task) {
  absl::MutexLock lock(&mu_);
  queue_.push_back(std::move(task));
}

Timers::Id ManualExecutor::After(absl::Duration delay, Executor& executor, Task task) {
  Task dropped;  // outside the lock
  absl::MutexLock lock(&mu_);
  const Id id = next_++;
  if (closed_) {
    dropped = std::move(task);
    return id;
  }
  timers_.push_back({id, clock_.Monotonic() + delay, &executor, std::move(task)});
  return id;
}

void ManualExecutor::Close() {
  std::vector<Timer> dropped;  // outside the lock
  absl::MutexLock lock(&mu_);
  closed_ = true;
  dropped.swap(timers_);
}

bool ManualExecutor::Cancel(Id id) {
  absl::MutexLock lock(&mu_);
  const auto timer =
      std::find_if(timers_.begin(), timers_.end(), [id](const Timer& t) { return t.id == id; });
  if (timer == timers_.end()) return false;
  timers_.erase(timer);
  return true;
}

size_t ManualExecutor::RunAll() {
  size_t ran = 0;
  while (true) {
    Task task;
    {
      absl::MutexLock lock(&mu_);
      if (queue_.empty()) return ran;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
    ++ran;
  }
}

void ManualExecutor::Advance(absl::Duration by) {
  const absl::Duration until = clock_.Monotonic() + by;
  RunAll();
  while (true) {
    Timer next{};
    {
      absl::MutexLock lock(&mu_);
      const auto first =
          std::min_element(timers_.begin(), timers_.end(), [](const Timer& a, const Timer& b) {
            return std::pair(a.due, a.id) < std::pair(b.due, b.id);
          });
      if (first == timers_.end() || first->due > until) break;
      next = std::move(*first);
      timers_.erase(first);
    }
    if (next.due > clock_.Monotonic()) clock_.Advance(next.due - clock_.Monotonic());
    next.executor->Post(std::move(next.task));
    RunAll();
  }
  clock_.Advance(until - clock_.Monotonic());
  RunAll();
}

}  // namespace skyden::base
