// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/executor.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"

namespace skyden::base {
namespace {

TEST_CASE("a strand runs its tasks one at a time and in order", "[base]") {
  WorkerPool pool("test", 4);
  Strand strand(pool);
  std::atomic<int> inside{0};
  std::atomic<bool> overlapped{false};
  std::vector<int> order;  // written by the strand alone
  absl::Notification done;
  for (int i = 0; i < 1000; ++i) {
    strand.Post([&, i] {
      if (inside.fetch_add(1) != 0) overlapped = true;
      order.push_back(i);
      inside.fetch_sub(1);
      if (i == 999) done.Notify();
    });
  }
  done.WaitForNotification();
  REQUIRE_FALSE(overlapped);
  REQUIRE(order.size() == 1000);
  for (int i = 0; i < 1000; ++i) REQUIRE(order[static_cast<size_t>(i)] == i);
}

TEST_CASE("a busy strand lets another one on the same thread run", "[base]") {
  FakeClock clock;
  ManualExecutor executor(clock);
  Strand busy(executor);
  Strand other(executor);
  int busy_ran = 0;
  int busy_ran_before_other = -1;
  for (int i = 0; i < 100; ++i) busy.Post([&] { ++busy_ran; });
  other.Post([&] { busy_ran_before_other = busy_ran; });
  executor.RunAll();
  REQUIRE(busy_ran == 100);
  REQUIRE(busy_ran_before_other > 0);
  REQUIRE(busy_ran_before_other < 100);
}

TEST_CASE("a pool runs what is queued before it ends", "[base]") {
  std::atomic<int> ran{0};
  {
    WorkerPool pool("test", 2);
    for (int i = 0; i < 100; ++i) pool.Post([&] { ++ran; });
  }
  REQUIRE(ran == 100);
}

TEST_CASE("a lane never has all threads, so that another one finds one", "[base]") {
  WorkerPool pool("test", 8);
  absl::Notification other_ran, release;
  for (int i = 0; i < 100; ++i) {
    pool.PostIn({1, 1}, [&] { release.WaitForNotification(); });
  }
  pool.PostIn({1, 2}, [&] { other_ran.Notify(); });
  other_ran.WaitForNotification();  // while the hundred still stand
  release.Notify();
}

TEST_CASE("what a task hands over runs once, after it, whatever it waits behind", "[base]") {
  std::vector<int> order;  // one thread
  {
    WorkerPool pool("test", 1);
    absl::Notification begin;
    pool.PostIn({1, 1}, [&] {
      begin.WaitForNotification();
      pool.HandOver({1, 2}, [&] {
        order.push_back(2);
        pool.HandOver({1, 2}, [&] { order.push_back(4); });
      });
      order.push_back(1);
    });
    pool.PostIn({1, 2}, [&] { order.push_back(3); });
    begin.Notify();
  }
  REQUIRE(order.size() == 4);
  REQUIRE(order[0] == 1);
  REQUIRE(order[3] == 4);
}

TEST_CASE("a strand that moved posts in its new lane", "[base]") {
  class Noted final : public Executor {
   public:
    void Post(Task task) override { PostIn(kOwnLane, std::move(task)); }
    void PostIn(const Lane& lane, Task task) override {
      lanes.push_back(lane);
      task();
    }
    std::vector<Lane> lanes;
  } executor;
  const Strand strand(executor, {1, 1});
  Strand(strand).Post([] {});
  strand.MoveTo({1, 2});
  Strand(strand).Post([] {});
  REQUIRE(executor.lanes == std::vector<Lane>{{1, 1}, {1, 2}});
}

TEST_CASE("manual timers fire in order of their due time and not once cancelled", "[base]") {
  FakeClock clock;
  ManualExecutor executor(clock);
  std::vector<int> fired;
  executor.After(absl::Seconds(2), executor, [&] { fired.push_back(2); });
  executor.After(absl::Seconds(1), executor, [&] { fired.push_back(1); });
  const Timers::Id never = executor.After(absl::Seconds(1), executor, [&] { fired.push_back(9); });
  REQUIRE(executor.Cancel(never));
  REQUIRE_FALSE(executor.Cancel(never));
  executor.Advance(absl::Milliseconds(999));
  REQUIRE(fired.empty());
  executor.Advance(absl::Seconds(5));
  REQUIRE(fired == std::vector<int>{1, 2});
}

TEST_CASE("real timers post to the executor, and a cancelled one does not", "[base]") {
  WorkerPool pool("test", 1);
  const std::unique_ptr<Timers> timers = MakeTimers();
  absl::Notification fired;
  const Timers::Id never = timers->After(absl::Hours(1), pool, [] {});
  timers->After(absl::ZeroDuration(), pool, [&] { fired.Notify(); });
  fired.WaitForNotification();
  REQUIRE(timers->Cancel(never));
}

// Says when a Post begins, and lets it end when told to.
class SlowExecutor final : public Executor {
 public:
  void Post(Task) override {
    begun.Notify();
    go_on.WaitForNotification();
    ended = true;
  }
  absl::Notification begun, go_on;
  std::atomic<bool> ended{false};
};

TEST_CASE("closed timers post no more, and not any longer either", "[base]") {
  const std::unique_ptr<Timers> timers = MakeTimers();
  const auto owned = std::make_shared<int>(0);
  {
    SlowExecutor slow;
    timers->After(absl::ZeroDuration(), slow, [] {});
    timers->After(absl::Hours(1), slow, [owned] {});
    slow.begun.WaitForNotification();
    std::thread other([&slow] { slow.go_on.Notify(); });
    timers->Close();  // waits for the Post that has begun
    CHECK(slow.ended);
    timers->After(absl::ZeroDuration(), slow, [owned] {});
    other.join();
  }
  CHECK(owned.use_count() == 1);  // what would have run is gone, and so is its executor
  CHECK_FALSE(timers->Cancel(2));
  timers->Close();
}

TEST_CASE("so do manual ones", "[base]") {
  FakeClock clock;
  ManualExecutor executor(clock);
  bool ran = false;
  executor.After(absl::Seconds(1), executor, [&ran] { ran = true; });
  executor.Close();
  executor.After(absl::Seconds(1), executor, [&ran] { ran = true; });
  executor.Advance(absl::Seconds(5));
  CHECK_FALSE(ran);
}

}  // namespace
}  // namespace skyden::base
