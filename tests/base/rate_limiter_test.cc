// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/rate_limiter.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/base/retry_after.h"

namespace skyden::base {

TEST_CASE("a bucket gives its burst, then as much as flows in", "[base]") {
  FakeClock clock;
  RateLimiter limiter(clock, {2, 4, 1024});
  for (int i = 0; i < 4; ++i) CHECK(limiter.Take("a") == absl::ZeroDuration());
  CHECK(limiter.Take("a") == absl::Milliseconds(500));
  CHECK(limiter.Take("b") == absl::ZeroDuration());
  clock.Advance(absl::Milliseconds(500));
  CHECK(limiter.Take("a") == absl::ZeroDuration());
  CHECK(limiter.Take("a") > absl::ZeroDuration());
  clock.Advance(absl::Hours(1));
  for (int i = 0; i < 4; ++i) CHECK(limiter.Take("a") == absl::ZeroDuration());
  CHECK(limiter.Take("a") > absl::ZeroDuration());
}

TEST_CASE("of a rate that is shared each gives its part", "[base]") {
  FakeClock clock;
  RateLimiter limiter(clock, {3, 6, 1024});
  limiter.ShareWith(3);
  CHECK(limiter.Take("a") == absl::ZeroDuration());
  CHECK(limiter.Take("a") == absl::ZeroDuration());
  CHECK(limiter.Take("a") == absl::Seconds(1));
  clock.Advance(absl::Seconds(1));
  CHECK(limiter.Take("a") == absl::ZeroDuration());
  CHECK(limiter.Take("a") > absl::ZeroDuration());
  // However many they are, one at a time gets through.
  limiter.ShareWith(100);
  CHECK(limiter.Take("b") == absl::ZeroDuration());
  CHECK(limiter.Take("b") > absl::ZeroDuration());
  // The others are gone: all of it is given here, as it flows in.
  limiter.ShareWith(1);
  CHECK(limiter.Take("c") == absl::ZeroDuration());
  for (int i = 0; i < 5; ++i) CHECK(limiter.Take("c") == absl::ZeroDuration());
  CHECK(limiter.Take("c") > absl::ZeroDuration());
}

TEST_CASE("without a rate nobody is held back", "[base]") {
  FakeClock clock;
  RateLimiter limiter(clock, {});
  for (int i = 0; i < 1000; ++i) CHECK(limiter.Take("a") == absl::ZeroDuration());
}

TEST_CASE("who is held back is not forgotten for the many who are not", "[base]") {
  FakeClock clock;
  RateLimiter limiter(clock, {0.001, 5, 256});
  while (limiter.Take("bad") == absl::ZeroDuration()) {
  }
  for (int i = 0; i < 10'000; ++i) limiter.Take("other" + std::to_string(i));
  CHECK(limiter.Take("bad") > absl::ZeroDuration());
}

TEST_CASE("a status carries when to come again, in whole seconds", "[base]") {
  const auto status = absl::ResourceExhaustedError("later");
  CHECK(!RetryAfterOf(status).has_value());
  CHECK(RetryAfterOf(WithRetryAfter(status, absl::Milliseconds(1))) == absl::Seconds(1));
  CHECK(RetryAfterOf(WithRetryAfter(status, absl::Milliseconds(2500))) == absl::Seconds(3));
}

}  // namespace skyden::base
