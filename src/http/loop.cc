// SPDX-License-Identifier: Apache-2.0
// A connection belongs to one loop for life, so sessions need no locks. Deadlines are not timers
// of their own: each session holds one point in time, and one timer per loop fires at the earliest
// of those seen, looks at all, and sets itself again. Deadlines mostly move back, so it fires
// rarely; without sessions it does not fire at all.
#include "http/loop.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "http/session.h"
#include "skyden/base/check.h"
#include "skyden/telemetry/log.h"

namespace skyden::http {
namespace {

constexpr auto kDeadlineGrain = std::chrono::milliseconds(50);

}  // namespace

Loop::Loop() = default;

void Loop::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Loop::Run() {
  thread_id_.store(std::this_thread::get_id());
  base::ForbidBlockingOnThisThread();
  auto work = asio::make_work_guard(context_);
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& e) {  // from a library: ours do not throw
      telemetry::Log(telemetry::Level::error, "exception on an io thread", {{"what", e.what()}});
#ifndef NDEBUG
      base::CheckFailed("no exception reaches an io thread", __FILE__, __LINE__);
#endif
    }
  }
}

void Loop::Stop() {
  if (thread_.joinable()) {
    Post([this] {
      ForEach([](Session& session) { session.CloseNow(); });
      timer_.cancel();
      context_.stop();
    });
    thread_.join();
  }
  {
    absl::MutexLock lock(&mu_);
    stopped_ = true;
    posted_.clear();
    answered_.clear();
  }
  // Cancelled operations still hold their sessions: let them go.
  context_.restart();
  context_.poll();
}

void Loop::Post(base::Task task) {
  {
    absl::MutexLock lock(&mu_);
    if (stopped_) return;
    posted_.push_back(std::move(task));
    if (std::exchange(scheduled_, true)) return;
  }
  asio::post(context_, [this] { RunPosted(); });
}

void Loop::PostAnswered(std::shared_ptr<Session> session) {
  {
    absl::MutexLock lock(&mu_);
    if (stopped_) return;
    answered_.push_back(std::move(session));
    if (std::exchange(scheduled_, true)) return;
  }
  asio::post(context_, [this] { RunPosted(); });
}

void Loop::RunPosted() {
  std::vector<base::Task> posted;
  std::vector<std::shared_ptr<Session>> answered;
  {
    absl::MutexLock lock(&mu_);
    posted.swap(posted_);
    answered.swap(answered_);
    scheduled_ = false;
  }
  for (auto& session : answered) session->SendAnswer();
  for (auto& task : posted) task();
}

void Loop::Add(std::shared_ptr<Session> session) {
  Session* raw = session.get();
  sessions_.emplace(raw, std::move(session));
}

void Loop::Remove(Session* session) { sessions_.erase(session); }

void Loop::WakeAt(SteadyTime at) {
  if (at >= timer_at_) return;
  timer_at_ = at;
  timer_.expires_at(at + kDeadlineGrain);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) CheckDeadlines();
  });
}

void Loop::CheckDeadlines() {
  const auto now = std::chrono::steady_clock::now();
  timer_at_ = SteadyTime::max();
  ForEach([now](Session& session) {
    if (session.deadline() <= now) session.OnDeadline();
  });
  auto next = SteadyTime::max();
  for (const auto& [raw, session] : sessions_) next = std::min(next, session->deadline());
  if (next != SteadyTime::max()) WakeAt(next);
}

IoThreads::Impl::Impl(int threads) {
  for (int i = 0; i < std::max(threads, 1); ++i) loops_.push_back(std::make_shared<Loop>());
  for (auto& loop : loops_) loop->Start();
}

IoThreads::Impl::~Impl() {
  for (auto& loop : loops_) loop->Stop();
}

IoThreads::IoThreads(int threads) : impl_(std::make_unique<Impl>(threads)) {}
IoThreads::~IoThreads() = default;

}  // namespace skyden::http
