// SPDX-License-Identifier: Apache-2.0
// Takes every predicate, guard and view condition out in turn. The prover must object, or the same
// script must go differently (an answer, a row left in the file, a process that stops itself).
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "tests/store/play.h"
#include "tests/store/prover.h"
#include "tests/store/raw_database.h"
#include "tests/store/sqlite_mutants.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {
namespace {

constexpr int kSteps = 600;  // of each of three tenants

sqlite::Blueprint Small(sqlite::Blueprint blueprint) {
  blueprint.tombstones_per_type_max = 2;
  blueprint.removals_per_batch = 4;
  blueprint.checkpoint_pages = 64;
  blueprint.ballast_bytes = 0;
  return blueprint;
}

// All that three tenants hear, and what is left on disk, as a number.
std::optional<std::string> HashOfPlay(const sqlite::Blueprint& blueprint) {
  return Apart([&blueprint] {
    SqliteOptions options;
    options.readers = 2;
    static const base::FakeClock still(absl::FromUnixSeconds(300));
    options.history = {.bytes_max = 32u << 10, .clock = &still};
    options.synchronous = SqliteOptions::Synchronous::kNormal;  // nothing here ends suddenly
    SqliteEngine engine(Small(blueprint), std::move(options));
    std::string all;
    for (const std::string& told : Play(engine.store(), kSteps)) all += told;
    engine.Close();
    return std::to_string(std::hash<std::string>{}(all + Dump(engine.database())));
  });
}

TEST_CASE("every predicate, guard and view condition that is taken out is noticed",
          "[store][mutation]") {
  const sqlite::Blueprint whole;
  REQUIRE(Prove(whole).empty());
  const std::optional<std::string> expected = HashOfPlay(whole);
  REQUIRE(expected.has_value());
  REQUIRE(HashOfPlay(whole) == expected);  // the script itself does not wobble

  // With SKYDEN_PLAY_ALL_MUTANTS=1 those that the prover objects to are played as well.
  const bool play_all = std::getenv("SKYDEN_PLAY_ALL_MUTANTS") != nullptr;
  const std::vector<Mutant> mutants = AllMutants(whole);
  int by_prover = 0;
  int at_run_time = 0;
  int by_both = 0;
  std::vector<std::string> survivors;
  std::vector<std::string> unproved;
  for (const Mutant& mutant : mutants) {
    WithMutant(whole, mutant, [&](const sqlite::Blueprint& changed) {
      const bool proved = !Prove(changed).empty();
      const bool seen = (!proved || play_all) && HashOfPlay(changed) != expected;
      by_prover += proved;
      at_run_time += seen;
      by_both += proved && seen;
      if (!proved && !seen) survivors.push_back(mutant.what);
      if (mutant.guards_owner && !proved) unproved.push_back(mutant.what);
    });
  }
  std::printf("%zu mutants: %d objected to by the prover, %d seen at run time, %d both\n",
              mutants.size(), by_prover, at_run_time, by_both);
  for (const std::string& what : unproved) std::printf("  at run time only: %s\n", what.c_str());
  for (const std::string& survivor : survivors) {
    UNSCOPED_INFO("survived: " << survivor);
    CHECK(survivor.empty());
  }
  CHECK(mutants.size() > 100);
}

}  // namespace
}  // namespace skyden::store::testing
