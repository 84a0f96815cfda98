// SPDX-License-Identifier: Apache-2.0
#include "kds/tide.h"

#include <catch2/catch.hpp>

#include "kds/live_count.h"

using skyden::kds::Tide;

TEST_CASE("memory is given back when many connections have gone, and again a while later",
          "[kds]") {
  Tide tide;
  const size_t some = Tide::kWorthwhile;
  const auto is = [&tide](size_t connections) { return tide.HasGoneOut(connections, connections); };
  CHECK_FALSE(is(0));
  CHECK_FALSE(is(some - 1));
  CHECK_FALSE(is(0));  // too few to be worth it
  CHECK_FALSE(is(10 * some));
  CHECK_FALSE(is(9 * some + 1));
  CHECK(is(9 * some));
  CHECK(is(9 * some));  // what they said last
  CHECK_FALSE(is(9 * some));
  CHECK_FALSE(is(8 * some + 1));
  CHECK(is(0));
  CHECK(is(0));
  CHECK_FALSE(is(0));
  // A new tide counts from where it stands.
  CHECK_FALSE(is(2 * some));
  CHECK(is(some));
}

TEST_CASE("those who came and went between two looks have left something, too", "[kds]") {
  Tide tide;
  CHECK_FALSE(tide.HasGoneOut(0, 0));
  CHECK(tide.HasGoneOut(1000, 0));

  skyden::kds::LiveCount live;
  CHECK(live.TakePeak() == 0);
  {
    const skyden::kds::LiveOne one(live);
    const skyden::kds::LiveOne other(live);
  }
  const skyden::kds::LiveOne stays(live);
  CHECK(live.TakePeak() == 2);
  CHECK(live.TakePeak() == 1);
}
