// SPDX-License-Identifier: Apache-2.0
// One io thread: its reactor, the sessions that live on it, and their deadlines.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/executor.h"
#include "skyden/http/io_threads.h"

namespace skyden::http {

namespace asio = boost::asio;
// With the executor's type spelled out, an operation costs no type-erased calls.
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Session;

// Members marked "loop thread" are called on the loop's own thread only; the rest is thread-safe.
// Sessions share ownership of their loop, so that its reactor outlives their sockets.
class Loop final : public std::enable_shared_from_this<Loop> {
 public:
  Loop();
  void Start();
  // Closes all sessions, ends the thread, joins it. What is posted afterwards is dropped.
  void Stop();

  asio::io_context& context() { return context_; }
  bool OnThisThread() const { return std::this_thread::get_id() == thread_id_.load(); }

  void Post(base::Task task) ABSL_LOCKS_EXCLUDED(mu_);
  // Has `session` send the answer it was given. Cheaper than Post: many wake the thread once.
  void PostAnswered(std::shared_ptr<Session> session) ABSL_LOCKS_EXCLUDED(mu_);

  void Add(std::shared_ptr<Session> session);  // loop thread
  void Remove(Session* session);               // loop thread
  // Makes sure that somebody looks at the deadlines at `at`. Loop thread.
  void WakeAt(SteadyTime at);
  // Calls `fn` for every session; it may remove sessions. Loop thread.
  template <class Fn>
  void ForEach(Fn fn) {
    std::vector<std::shared_ptr<Session>> all;
    all.reserve(sessions_.size());
    for (const auto& [raw, session] : sessions_) all.push_back(session);
    for (const auto& session : all) fn(*session);
  }

 private:
  void Run();
  void RunPosted() ABSL_LOCKS_EXCLUDED(mu_);
  void CheckDeadlines();

  asio::io_context context_{1};
  asio::steady_timer timer_{context_};
  SteadyTime timer_at_ = SteadyTime::max();
  absl::flat_hash_map<Session*, std::shared_ptr<Session>> sessions_;
  std::thread thread_;
  std::atomic<std::thread::id> thread_id_{};

  absl::Mutex mu_;
  std::vector<base::Task> posted_ ABSL_GUARDED_BY(mu_);
  std::vector<std::shared_ptr<Session>> answered_ ABSL_GUARDED_BY(mu_);
  bool scheduled_ ABSL_GUARDED_BY(mu_) = false;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
};

class IoThreads::Impl {
 public:
  explicit Impl(int threads);
  ~Impl();
  const std::vector<std::shared_ptr<Loop>>& loops() const { return loops_; }

 private:
  std::vector<std::shared_ptr<Loop>> loops_;
};

}  // namespace skyden::http
