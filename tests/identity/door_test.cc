// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/door.h"

#include <catch2/catch.hpp>

#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"

namespace skyden::identity {

TEST_CASE("an address and a token knock as often as they may", "[identity]") {
  base::FakeClock clock;
  Door door(clock, {.per_address = 4, .per_token = 1});
  CHECK(door.Admit("10.0.0.1", "t1").ok());
  CHECK(door.Admit("10.0.0.1", "t1").ok());
  const absl::Status later = door.Admit("10.0.0.1", "t1");
  CHECK(absl::IsResourceExhausted(later));
  CHECK(base::RetryAfterOf(later) == absl::Seconds(1));
  for (int i = 0; i < 5; ++i) CHECK(door.Admit("10.0.0.1", "").ok());
  CHECK(absl::IsResourceExhausted(door.Admit("10.0.0.1", "")));
  CHECK(door.Admit("10.0.0.2", "").ok());
}

TEST_CASE("with several daemons each lets in its part", "[identity]") {
  base::FakeClock clock;
  Door door(clock, {.per_address = 4, .per_token = 2});
  door.ShareWith(2);
  for (int i = 0; i < 4; ++i) CHECK(door.Admit("10.0.0.1", "").ok());
  CHECK(absl::IsResourceExhausted(door.Admit("10.0.0.1", "")));
  for (int i = 0; i < 2; ++i) CHECK(door.Admit("10.0.0.2", "t").ok());
  CHECK(absl::IsResourceExhausted(door.Admit("10.0.0.2", "t")));
  int refused = 0;
  while (door.AfterRefusal("10.0.0.3").ok()) ++refused;
  CHECK(refused == static_cast<int>(base::limits::kFailedSignInsBurst) / 2);
}

TEST_CASE("a token is the same one however it is spelled", "[identity]") {
  base::FakeClock clock;
  Door door(clock, {.per_token = 1});
  CHECK(door.Admit("10.0.0.1", "Bearer t1").ok());
  CHECK(door.Admit("10.0.0.2", "bearer  t1 ").ok());
  for (const char* spelled :
       {"t1", " t1", "BEARER t1", "Bearer\tt1", "bearer   t1", "Bearer t1\t"}) {
    CAPTURE(spelled);
    CHECK(absl::IsResourceExhausted(door.Admit("10.0.0.3", spelled)));
  }
  CHECK(door.Admit("10.0.0.3", "Bearer t2").ok());
  CHECK(door.Admit("10.0.0.3", "Bearer a.b.cA").ok());
  CHECK(door.Admit("10.0.0.3", "a.b.cB").ok());
  CHECK(absl::IsResourceExhausted(door.Admit("10.0.0.3", "a.b.cC")));
  CHECK(door.Admit("10.0.0.3", "a.c.cA").ok());
  // No token at all is nobody's.
  for (int i = 0; i < 5; ++i) CHECK(door.Admit("10.0.0.3", "Bearer ").ok());
}

TEST_CASE("one bad credential after another has to wait", "[identity]") {
  base::FakeClock clock;
  Door door(clock, {});
  for (int i = 0; i < static_cast<int>(base::limits::kFailedSignInsBurst); ++i) {
    CHECK(door.AfterRefusal("10.0.0.1").ok());
  }
  CHECK(absl::IsResourceExhausted(door.AfterRefusal("10.0.0.1")));
  CHECK(door.AfterRefusal("10.0.0.2").ok());
  clock.Advance(absl::Seconds(1));
  CHECK(door.AfterRefusal("10.0.0.1").ok());
  CHECK(absl::IsResourceExhausted(door.AfterRefusal("10.0.0.1")));
}

}  // namespace skyden::identity
