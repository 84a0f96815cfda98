// SPDX-License-Identifier: Apache-2.0
// A turn: wait, hand out what is ready, run what was posted, flush who has something to say. Who is
// posted to by many threads in one turn wakes once and writes once. Deadlines are as in http: each
// has one point in time, one alarm per loop looks at all.
#include "rpc/loop.h"

#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/synchronization/notification.h"
#include "fmt/format.h"
#include "skyden/base/check.h"

namespace skyden::rpc {
namespace {

constexpr int kEvents = 256;
// Between two looks at all deadlines.
constexpr absl::Duration kGrain = absl::Milliseconds(50);

}  // namespace

Loop::Loop(int index)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      index_(index) {
  SKYDEN_CHECK(epoll_ >= 0 && wake_ >= 0);
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;
  SKYDEN_CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) == 0);
  thread_ = std::thread([this] { Run(); });
}

Loop::~Loop() {
  close(wake_);
  close(epoll_);
}

void Loop::Stop() {
  Post([this] {
    ForEach([](Watched& watched) { watched.Close(); });
    stop_ = true;
  });
  thread_.join();
  std::vector<base::Task> dropped;
  {
    absl::MutexLock lock(&mu_);
    stopped_ = true;
    dropped.swap(posted_);
  }
}

void Loop::Post(base::Task task) {
  {
    absl::MutexLock lock(&mu_);
    if (stopped_) return;
    posted_.push_back(std::move(task));
    if (std::exchange(awake_, true)) return;
  }
  if (OnThisThread()) return;
  const uint64_t one = 1;
  // It cannot fail: the counter is far from full.
  SKYDEN_CHECK(write(wake_, &one, sizeof(one)) == sizeof(one));
}

bool Loop::Add(std::shared_ptr<Watched> watched, uint32_t events) {
  Watched* const raw = watched.get();
  epoll_event event = {};
  event.events = events;
  event.data.ptr = raw;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, raw->fd(), &event) != 0) return false;
  watched_.emplace(raw, std::move(watched));
  return true;
}

void Loop::Change(Watched& watched, uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.ptr = &watched;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, watched.fd(), &event);
}

void Loop::Remove(Watched& watched) {
  const auto found = watched_.find(&watched);
  if (found == watched_.end()) return;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, watched.fd(), nullptr);
  gone_.push_back(std::move(found->second));
  watched_.erase(found);
}

void Loop::FlushLater(Watched& watched) {
  if (std::exchange(watched.flush_later, true)) return;
  const auto found = watched_.find(&watched);
  if (found != watched_.end()) flush_.push_back(found->second);
}

void Loop::Run() {
  thread_id_.store(std::this_thread::get_id());
  pthread_setname_np(pthread_self(), fmt::format("rpc-{}", index_).c_str());
  base::ForbidBlockingOnThisThread();
  // OpenSSL writes to sockets that may be closed, and cannot say that it wants no signal for that.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  now_ = clock_.Monotonic();
  while (!stop_) {
    Wait();
    RunPosted();
    FlushAll();
    if (now_ >= wake_at_) CheckDue();
    gone_.clear();
  }
  flush_.clear();
  watched_.clear();
}

int Loop::WaitMs() {
  if (!flush_.empty()) return 0;
  {
    absl::MutexLock lock(&mu_);
    if (!posted_.empty()) return 0;
    awake_ = false;
  }
  if (wake_at_ == absl::InfiniteDuration()) return -1;
  const absl::Duration left = std::max(wake_at_ - now_, looked_at_ + kGrain - now_);
  return static_cast<int>(
      std::clamp<int64_t>(absl::ToInt64Milliseconds(left) + 1, 0, 60 * 60 * 1000));
}

void Loop::Wait() {
  epoll_event events[kEvents];
  const int count = epoll_wait(epoll_, events, kEvents, WaitMs());
  SKYDEN_CHECK(count >= 0 || errno == EINTR);
  now_ = clock_.Monotonic();
  {
    absl::MutexLock lock(&mu_);
    awake_ = true;
  }
  for (int i = 0; i < count; ++i) {
    auto* const watched = static_cast<Watched*>(events[i].data.ptr);
    if (watched == nullptr) {
      uint64_t ignored = 0;
      if (read(wake_, &ignored, sizeof(ignored)) < 0) continue;
    } else if (watched_.contains(watched)) {
      watched->OnReady(events[i].events);
    }
  }
}

void Loop::RunPosted() {
  std::vector<base::Task> tasks;
  {
    absl::MutexLock lock(&mu_);
    tasks.swap(posted_);
  }
  for (auto& task : tasks) {
    task();
    task = nullptr;
  }
}

// Who has not said all it has is asked again after the next turn's events.
void Loop::FlushAll() {
  std::vector<std::shared_ptr<Watched>> flush;
  flush.swap(flush_);
  for (const auto& watched : flush) watched->flush_later = false;
  for (const auto& watched : flush) {
    if (watched_.contains(watched.get())) watched->Flush();
  }
}

void Loop::CheckDue() {
  if (now_ - looked_at_ < kGrain) return;
  looked_at_ = now_;
  wake_at_ = absl::InfiniteDuration();
  std::vector<std::shared_ptr<Watched>> due;
  for (const auto& [raw, shared] : watched_) {
    if (raw->due() <= now_) due.push_back(shared);
  }
  for (const auto& watched : due) watched->OnDue(now_);
  for (const auto& [raw, shared] : watched_) WakeAt(raw->due());
}

Loops::Impl::Impl(int threads) {
  for (int i = 0; i < std::max(threads, 1); ++i) loops_.push_back(std::make_shared<Loop>(i));
}

Loops::Impl::~Impl() {
  for (const auto& loop : loops_) loop->Stop();
}

Loops::Loops(int threads) : impl_(std::make_unique<Impl>(threads)) {}
Loops::~Loops() = default;

}  // namespace skyden::rpc
