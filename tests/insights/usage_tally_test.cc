// SPDX-License-Identifier: Apache-2.0
#include "insights/usage_tally.h"

#include <catch2/catch.hpp>

namespace skyden::insights {
namespace {

constexpr store::Hour kHour = 400'000;
constexpr model::TenantKey kTenant{7};

// So long after the hour began; the steady clock began an hour before.
Moment At(absl::Duration after) { return {store::BeginOf(kHour) + after, absl::Hours(1) + after}; }

store::Metered Sum(const std::vector<store::MeteredHour>& hours) {
  store::Metered sum;
  for (const store::MeteredHour& hour : hours) sum.Add(hour.used);
  return sum;
}

}  // namespace

TEST_CASE("what is online counts from when it came until it went", "[insights][usage]") {
  UsageTally tally;
  tally.Change(At(absl::Seconds(10)), At(absl::Seconds(4)).steady, {2, 5});
  tally.Change(At(absl::Seconds(30)), At(absl::Seconds(24)).steady, {1, 0});
  tally.Change(At(absl::Seconds(50)), At(absl::Seconds(50)).steady, {});
  tally.CountUntil(At(absl::Minutes(30)));
  const auto taken = tally.Take(kTenant);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].tenant == kTenant);
  CHECK(taken[0].hour == kHour);
  CHECK(taken[0].used == store::Metered{2 * 20 + 26, 5 * 20, 0, 0});
  CHECK(tally.is_idle());
  CHECK(tally.Take(kTenant).empty());
}

TEST_CASE("what lasts over the end of an hour counts in both", "[insights][usage]") {
  UsageTally tally;
  tally.Change(At(absl::Minutes(50)), At(absl::Minutes(50)).steady, {1, 2});
  tally.CountUntil(At(absl::Minutes(135)));
  const auto taken = tally.Take(kTenant);
  REQUIRE(taken.size() == 3);
  CHECK(taken[0].used == store::Metered{600, 1200, 0, 0});
  CHECK(taken[1].hour == kHour + 1);
  CHECK(taken[1].used == store::Metered{3600, 7200, 0, 0});
  CHECK(taken[2].used == store::Metered{900, 1800, 0, 0});
}

TEST_CASE("a clock that is set makes nothing longer", "[insights][usage]") {
  UsageTally tally;
  tally.Change(At(absl::Minutes(1)), At(absl::Minutes(1)).steady, {1, 1});
  Moment set = At(absl::Minutes(3));
  set.wall += absl::Hours(24 * 365);
  tally.CountUntil(set);
  CHECK(Sum(tally.Take(kTenant)) == store::Metered{120, 120, 0, 0});
  set = At(absl::Minutes(4));
  set.wall -= absl::Hours(5);
  tally.CountUntil(set);
  CHECK(Sum(tally.Take(kTenant)) == store::Metered{60, 60, 0, 0});
}

TEST_CASE("parts of a second count with the next time", "[insights][usage]") {
  UsageTally tally;
  tally.Change(At({}), At({}).steady, {1, 3});
  store::Metered sum;
  for (int i = 1; i <= 10; ++i) {
    tally.CountUntil(At(absl::Milliseconds(i * 1300)));
    sum.Add(Sum(tally.Take(kTenant)));
  }
  CHECK(sum == store::Metered{13, 39, 0, 0});
}

TEST_CASE("what was not heard of in order counts once", "[insights][usage]") {
  UsageTally tally;
  tally.Change(At(absl::Seconds(20)), At(absl::Seconds(10)).steady, {1, 0});
  tally.CountUntil(At(absl::Seconds(30)));
  // Heard of before what was counted by now: it counts from there.
  tally.Change(At(absl::Seconds(40)), At(absl::Seconds(25)).steady, {3, 0});
  tally.CountUntil(At(absl::Seconds(50)));
  CHECK(Sum(tally.Take(kTenant)) == store::Metered{20 + 60, 0, 0, 0});
}

TEST_CASE("what could not be put down is there the next time", "[insights][usage]") {
  UsageTally tally;
  tally.AddWritten(kHour, 2, 100);
  tally.Change(At({}), At({}).steady, {1, 1});
  tally.CountUntil(At(absl::Seconds(5)));
  const auto taken = tally.Take(kTenant);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].used == store::Metered{5, 5, 2, 100});
  tally.PutBack(taken[0]);
  tally.AddWritten(kHour, 1, 1);
  CHECK(Sum(tally.Take(kTenant)) == store::Metered{5, 5, 3, 101});
}

}  // namespace skyden::insights
