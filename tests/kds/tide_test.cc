// SPDX-License-Identifier: Apache-2.0
#include "kds/tide.h"

#include <catch2/catch.hpp>

using skyden::kds::Tide;

TEST_CASE("memory is given back when many connections have gone, and once for each that has",
          "[kds]") {
  Tide tide;
  const size_t some = Tide::kWorthwhile;
  CHECK_FALSE(tide.HasGoneOut(0));
  CHECK_FALSE(tide.HasGoneOut(some - 1));
  CHECK_FALSE(tide.HasGoneOut(0));  // too few to be worth it
  CHECK_FALSE(tide.HasGoneOut(10 * some));
  CHECK_FALSE(tide.HasGoneOut(9 * some + 1));
  CHECK(tide.HasGoneOut(9 * some));
  CHECK_FALSE(tide.HasGoneOut(9 * some));
  CHECK_FALSE(tide.HasGoneOut(8 * some + 1));
  CHECK(tide.HasGoneOut(0));
  CHECK_FALSE(tide.HasGoneOut(0));
  // A new tide counts from where it stands.
  CHECK_FALSE(tide.HasGoneOut(2 * some));
  CHECK(tide.HasGoneOut(some));
}
