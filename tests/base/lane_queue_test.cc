// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/lane_queue.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace skyden::base {
namespace {

constexpr Lane kA{1, 1};
constexpr Lane kB{1, 2};
constexpr Lane kC{2, 1};

// Takes one after another, each of which is over at once.
std::string InOrder(LaneQueue<char>& queue) {
  std::string order;
  while (auto taken = queue.Take()) {
    order.push_back(taken->item);
    queue.Done(taken->lane);
  }
  return order;
}

TEST_CASE("lanes take turns, and each keeps its own order", "[base]") {
  LaneQueue<char> queue(8);
  for (const char c : std::string("1234")) queue.Push(kA, c);
  for (const char c : std::string("ab")) queue.Push(kB, c);
  queue.Push(kC, 'x');
  REQUIRE(queue.size() == 7);
  REQUIRE(InOrder(queue) == "1ax2b34");
  REQUIRE(queue.size() == 0);
  REQUIRE(queue.lanes() == 0);
}

TEST_CASE("who comes next waits for one of each lane and not for all of a long one", "[base]") {
  LaneQueue<char> queue(8);
  for (int i = 0; i < 1000; ++i) queue.Push(kA, '.');
  queue.Push(kB, 'b');
  REQUIRE(queue.Take()->item == '.');
  REQUIRE(queue.Take()->item == 'b');
}

TEST_CASE("of a lane only so many are under way, and the others go on", "[base]") {
  LaneQueue<char> queue(2);
  for (const char c : std::string("123")) queue.Push(kA, c);
  REQUIRE(queue.Take()->item == '1');
  REQUIRE(queue.Take()->item == '2');
  REQUIRE_FALSE(queue.ready());
  REQUIRE_FALSE(queue.Take().has_value());
  queue.Push(kB, 'b');
  REQUIRE(queue.ready());
  REQUIRE(queue.Take()->item == 'b');
  REQUIRE_FALSE(queue.ready());
  queue.Done(kA);
  REQUIRE(queue.Take()->item == '3');
  queue.Done(kA);
  queue.Done(kA);
  queue.Done(kB);
  REQUIRE(queue.lanes() == 0);
}

// Takes all that a lane may have at once, and gives it back.
size_t TakeAllOf(LaneQueue<char>& queue, const Lane& lane) {
  size_t taken = 0;
  while (queue.Take()) ++taken;
  for (size_t i = 0; i < taken; ++i) queue.Done(lane);
  while (auto rest = queue.Take()) queue.Done(rest->lane);
  return taken;
}

TEST_CASE("of a lane that is not alone fewer are under way", "[base]") {
  LaneQueue<char> queue(4, 2);
  const auto push = [&queue](const Lane& lane, size_t count) {
    for (size_t i = 0; i < count; ++i) queue.Push(lane, '.');
  };
  push(kA, LaneQueue<char>::kAlone);
  InOrder(queue);
  push(kA, 8);
  REQUIRE(TakeAllOf(queue, kA) == 4);
  // One of another kind says nothing about who else is there.
  queue.Push(kC, 'c');
  InOrder(queue);
  push(kA, 8);
  REQUIRE(TakeAllOf(queue, kA) == 4);
  queue.Push(kB, 'b');
  InOrder(queue);
  push(kA, 8);
  REQUIRE(TakeAllOf(queue, kA) == 2);
  push(kA, LaneQueue<char>::kAlone);
  InOrder(queue);
  push(kA, 8);
  REQUIRE(TakeAllOf(queue, kA) == 4);
}

TEST_CASE("a lane that is full and gets more has one turn when one of it is over", "[base]") {
  LaneQueue<char> queue(1);
  queue.Push(kA, '1');
  REQUIRE(queue.Take()->item == '1');
  queue.Push(kA, '2');
  queue.Push(kA, '3');
  REQUIRE_FALSE(queue.ready());
  queue.Done(kA);
  REQUIRE(queue.Take()->item == '2');
  REQUIRE_FALSE(queue.ready());
}

TEST_CASE("the program's own lane takes turns and has no bound", "[base]") {
  LaneQueue<char> queue(1);
  for (const char c : std::string("123")) queue.Push(kOwnLane, c);
  queue.Push(kA, 'a');
  REQUIRE(queue.Take()->item == '1');
  REQUIRE(queue.Take()->item == 'a');
  REQUIRE(queue.Take()->item == '2');
  REQUIRE(queue.Take()->item == '3');
}

TEST_CASE("what is to come last comes when nobody else waits", "[base]") {
  LaneQueue<char> queue(1);
  queue.Push(kLastLane, 'z');
  queue.Push(kA, 'a');
  queue.Push(kLastLane, 'y');
  REQUIRE(queue.ready());
  REQUIRE(InOrder(queue) == "azy");
}

TEST_CASE("one that is handed over begins at once only where nobody waits", "[base]") {
  LaneQueue<char> queue(1);
  REQUIRE(queue.Begin(kA));
  REQUIRE_FALSE(queue.Begin(kA));  // full
  queue.Push(kB, 'b');
  REQUIRE_FALSE(queue.Begin(kC));  // kB waits
  REQUIRE(queue.Take()->item == 'b');
  REQUIRE(queue.Begin(kC));
  queue.Done(kA);
  queue.Push(kA, 'a');
  queue.Done(kB);
  queue.Done(kC);
  REQUIRE(InOrder(queue) == "a");
}

}  // namespace
}  // namespace skyden::base
