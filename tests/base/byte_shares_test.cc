// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/byte_shares.h"

#include <catch2/catch.hpp>

namespace skyden::base {
namespace {

using Rule = ByteShares::Rule;
using Verdict = ByteShares::Verdict;

TEST_CASE("a share ends where it does, and another's goes on", "[base]") {
  ByteShares shares(100, 40);
  CHECK(shares.Take("a", 40) == Verdict::kTaken);
  CHECK(shares.Take("a", 1) == Verdict::kShareIsUsed);
  CHECK(shares.Take("b", 40) == Verdict::kTaken);
  CHECK(shares.Take("c", 21) == Verdict::kAllIsUsed);
  CHECK(shares.Take("c", 20) == Verdict::kTaken);
  CHECK(shares.total() == 100);
  shares.Give("a", 40);
  CHECK(shares.Take("a", 40) == Verdict::kTaken);
}

TEST_CASE("whoever holds nothing may take one thing that is larger than its share", "[base]") {
  ByteShares shares(100, 40);
  CHECK(shares.Take("a", 90, Rule::kStrict) == Verdict::kShareIsUsed);
  CHECK(shares.Take("a", 90, Rule::kOneAtLeast) == Verdict::kTaken);
  CHECK(shares.Take("a", 1, Rule::kOneAtLeast) == Verdict::kShareIsUsed);
  CHECK(shares.Take("b", 30, Rule::kOneAtLeast) == Verdict::kTaken);  // there was room when it came
  CHECK(shares.Take("c", 1, Rule::kOneAtLeast) == Verdict::kAllIsUsed);
}

TEST_CASE("what is held grows, and goes back with its holder", "[base]") {
  ByteShares shares(100, 40);
  {
    HeldBytes held;
    CHECK(held.GrowTo(1000) == Verdict::kTaken);  // of nobody's share yet
    held.Begin(shares, "a");
    CHECK(held.GrowTo(10) == Verdict::kTaken);
    CHECK(held.GrowTo(30) == Verdict::kTaken);
    CHECK(held.GrowTo(20) == Verdict::kTaken);
    CHECK(shares.total() == 30);
    CHECK(held.GrowTo(41) == Verdict::kShareIsUsed);
    CHECK(shares.total() == 30);
    held.Begin(shares, "b");
    CHECK(shares.total() == 0);
    CHECK(held.GrowTo(5) == Verdict::kTaken);
  }
  CHECK(shares.total() == 0);
}

}  // namespace
}  // namespace skyden::base
