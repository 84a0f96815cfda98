// SPDX-License-Identifier: Apache-2.0
// One thread and what lives on it: descriptors that are looked at, tasks that are posted, and a
// time at which everybody is asked whether something is due.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "rpc/http2_memory.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/rpc/loops.h"

namespace skyden::rpc {

// Lives on a loop, which shares it from Add to Remove. All of it is called on the loop's thread.
class Watched {
 public:
  virtual ~Watched() = default;
  virtual int fd() const = 0;
  virtual void OnReady(uint32_t events) = 0;  // of epoll
  // After a turn's events and tasks, when it was asked for by Loop::FlushLater.
  virtual void Flush() {}
  virtual absl::Duration due() const { return absl::InfiniteDuration(); }
  virtual void OnDue(absl::Duration) {}
  // The loop ends.
  virtual void Close() = 0;

  bool flush_later = false;  // the loop's
};

// Memory that the connections of a loop use in turn, never for longer than a call.
struct Scratch {
  static constexpr size_t kBytes = 64u << 10;
  std::unique_ptr<char[]> data = std::make_unique<char[]>(kBytes);
};

// "loop": on its thread only. The rest is thread-safe. Handles share it, so that it outlives them.
class Loop final {
 public:
  explicit Loop(int index);
  ~Loop();
  // Closes what is left on it, and joins. What is posted afterwards is dropped.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs later, after what was posted before. Dropped when the loop has ended.
  void Post(base::Task task) ABSL_LOCKS_EXCLUDED(mu_);
  bool OnThisThread() const { return std::this_thread::get_id() == thread_id_.load(); }

  // loop. False when the kernel watches no more.
  bool Add(std::shared_ptr<Watched> watched, uint32_t events);
  void Change(Watched& watched, uint32_t events);
  void Remove(Watched& watched);
  void FlushLater(Watched& watched);
  // Somebody's due() may have come nearer than `at`.
  void WakeAt(absl::Duration at) { wake_at_ = std::min(wake_at_, at); }
  absl::Duration now() const { return now_; }  // of this turn; steady
  char* scratch() { return scratch_.data.get(); }
  Http2Memory& http2_memory() { return http2_memory_; }
  template <class Fn>
  void ForEach(Fn fn) {
    std::vector<std::shared_ptr<Watched>> all;
    all.reserve(watched_.size());
    for (const auto& [raw, shared] : watched_) all.push_back(shared);
    for (const auto& one : all) fn(*one);
  }

 private:
  void Run();
  void Wait();
  void RunPosted() ABSL_LOCKS_EXCLUDED(mu_);
  void FlushAll();
  void CheckDue();
  int WaitMs() ABSL_LOCKS_EXCLUDED(mu_);

  const int epoll_;
  const int wake_;
  const int index_;
  const base::RealClock clock_;
  absl::Duration now_;
  absl::Duration wake_at_ = absl::InfiniteDuration();
  absl::Duration looked_at_;
  bool stop_ = false;
  Scratch scratch_;
  Http2Memory http2_memory_;
  absl::flat_hash_map<Watched*, std::shared_ptr<Watched>> watched_;
  std::vector<std::shared_ptr<Watched>> gone_;  // may still be named by events of this turn
  std::vector<std::shared_ptr<Watched>> flush_;
  std::thread thread_;
  std::atomic<std::thread::id> thread_id_{};

  absl::Mutex mu_;
  std::vector<base::Task> posted_ ABSL_GUARDED_BY(mu_);
  bool awake_ ABSL_GUARDED_BY(mu_) = false;  // it will look at posted_ before it waits
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
};

class Loops::Impl {
 public:
  explicit Impl(int threads);
  ~Impl();
  const std::vector<std::shared_ptr<Loop>>& all() const { return loops_; }

 private:
  std::vector<std::shared_ptr<Loop>> loops_;
};

}  // namespace skyden::rpc
