// SPDX-License-Identifier: Apache-2.0
// Seeds of tests that throw dice.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace skyden::store::testing {

// `fixed`, or SKYDEN_TEST_SEED when it is set. Printed, so that a run can be had again.
inline uint64_t Seed(uint64_t fixed) {
  const char* given = std::getenv("SKYDEN_TEST_SEED");
  const uint64_t seed = given == nullptr ? fixed : std::strtoull(given, nullptr, 10);
  std::printf("SKYDEN_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace skyden::store::testing
