// SPDX-License-Identifier: Apache-2.0
#include "kds/flight_budget.h"

#include <catch2/catch.hpp>

using namespace skyden::kds;

namespace {

struct Sender final : FlightSender {
  void OnRoom() override { ++rooms; }
  void OnEvicted() override { ++evictions; }
  int rooms = 0;
  int evictions = 0;
};

constexpr size_t kBig = 10'000;
const absl::Duration kStart;

}  // namespace

TEST_CASE("what zones share counts once", "[kds]") {
  FlightBudget budget(15'000);
  const auto sender = std::make_shared<Sender>();
  int payload = 0;
  FlightBudget::Ticket first, second;
  REQUIRE(budget.Take(&payload, kBig, sender, kStart, first));
  REQUIRE(budget.Take(&payload, kBig, sender, kStart, second));
  CHECK(budget.bytes() == kBig);
  first.Release();
  CHECK(budget.bytes() == kBig);
  second = {};
  CHECK(budget.bytes() == 0);
}

TEST_CASE("who found no room is told when there is some", "[kds]") {
  FlightBudget budget(15'000);
  const auto holder = std::make_shared<Sender>();
  const auto waiter = std::make_shared<Sender>();
  int a = 0, b = 0;
  FlightBudget::Ticket held, wanted;
  REQUIRE(budget.Take(&a, kBig, holder, kStart, held));
  CHECK_FALSE(budget.Take(&b, kBig, waiter, kStart, wanted));
  CHECK(waiter->rooms == 0);
  held.Release();
  CHECK(waiter->rooms == 1);
  CHECK(budget.Take(&b, kBig, waiter, kStart, wanted));
}

TEST_CASE("who holds room that others need and gets nothing done is evicted", "[kds]") {
  FlightBudget budget(15'000);
  const auto holder = std::make_shared<Sender>();
  const auto waiter = std::make_shared<Sender>();
  int a = 0, b = 0;
  FlightBudget::Ticket held, wanted;
  REQUIRE(budget.Take(&a, kBig, holder, kStart, held));
  CHECK_FALSE(budget.Take(&b, kBig, waiter, kStart + absl::Seconds(4), wanted));
  CHECK(holder->evictions == 0);
  CHECK_FALSE(budget.Take(&b, kBig, waiter, kStart + absl::Seconds(5), wanted));
  CHECK(holder->evictions == 1);
}

TEST_CASE("one message always fits, and small ones need no room", "[kds]") {
  FlightBudget budget(1000);
  const auto sender = std::make_shared<Sender>();
  int a = 0, b = 0;
  FlightBudget::Ticket large, small;
  CHECK(budget.Take(&a, kBig, sender, kStart, large));
  CHECK(budget.Take(&b, FlightBudget::kFreeBytes, sender, kStart, small));
  CHECK(budget.bytes() == kBig);
}
