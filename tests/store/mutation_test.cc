// SPDX-License-Identifier: Apache-2.0
// Takes every predicate, guard and view condition out in turn. The prover must object, or the same
// script must go differently (an answer, a row left in the file, a process that stops itself).
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "fmt/format.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/mutants.h"
#include "tests/store/prover.h"
#include "tests/store/raw_database.h"
#include "tests/store/script.h"

namespace skyden::store::testing {
namespace {

constexpr uint64_t kSeed = 4711;
constexpr int kSteps = 600;  // of each of three tenants

sqlite::Blueprint Small(sqlite::Blueprint blueprint) {
  blueprint.tombstones_per_type_max = 2;
  blueprint.removals_per_batch = 4;
  blueprint.checkpoint_pages = 64;
  blueprint.ballast_bytes = 0;
  return blueprint;
}

// Runs three tenants of two organizations and writes down all they hear and what is left on disk.
std::string Play(const sqlite::Blueprint& blueprint) {
  SqliteOptions options;
  options.readers = 2;
  options.synchronous = SqliteOptions::Synchronous::kNormal;  // nothing here ends suddenly
  SqliteEngine engine(Small(blueprint), std::move(options));
  Store& store = engine.store();
  const auto first = NewOrganization(store, 1);
  const auto second = NewOrganization(store, 2);
  std::vector<Script> scripts;
  scripts.emplace_back(store, first, NewControlPlane(store, first, 1), kSeed, 1'000'000);
  scripts.emplace_back(store, first, NewControlPlane(store, first, 2), kSeed + 1, 2'000'000);
  scripts.emplace_back(store, second, NewControlPlane(store, second, 3), kSeed, 3'000'000);
  for (int i = 0; i < kSteps; ++i) {
    for (Script& script : scripts) script.Step();
  }
  std::string out;
  for (Script& script : scripts) {
    script.ReadAll();
    out += script.transcript();
  }
  // Only here: two of the scripts share an organization, and would see each other's entries go.
  std::vector<AuditChainRef> chains;
  store
      .ReadDirectory(second,
                     [&](DirectoryReadTx& tx) -> absl::Status {
                       chains = tx.ListAuditChains().value_or(chains);
                       for (const AuditChainRef& each : chains) {
                         out += fmt::format("chain of {}\n", each.control_plane.str());
                         for (const uint64_t place : {20, 60, 100}) {
                           const auto entry = tx.FindAuditUpTo(each.chain, place);
                           if (!entry.ok() || !entry->has_value()) continue;
                           out += fmt::format("up to {}: {}\n", place, (*entry)->sequence);
                         }
                         const auto marks = tx.ListAuditMarks(each.chain);
                         if (!marks.ok()) return marks.status();
                         for (const AuditMark& mark : *marks) {
                           out += fmt::format("mark {} {}\n", mark.name, mark.sequence);
                         }
                       }
                       return absl::OkStatus();
                     })
      .IgnoreError();
  const auto prune = [&](DirectoryTx& tx) -> absl::Status {
    for (const AuditChainRef& each : chains) {
      const auto removed = tx.PruneAudit(each.chain, /*through=*/20, /*at_most=*/10);
      if (!removed.ok()) return removed.status();
      out += fmt::format("removed {}\n", *removed);
    }
    return absl::OkStatus();
  };
  store.WriteDirectory(second, prune).IgnoreError();
  store
      .ReadDirectory(second,
                     [&out](DirectoryReadTx& tx) -> absl::Status {
                       for (const uint64_t bytes : {300, 3000, 30000}) {
                         out += fmt::format("beyond {}\n", tx.FindAuditBeyond(bytes).value_or(0));
                       }
                       return absl::OkStatus();
                     })
      .IgnoreError();
  AuditQuery earlier;
  earlier.limit = 3;
  for (earlier.beyond = 30; *earlier.beyond < 60; *earlier.beyond += 7) {
    store
        .ReadDirectory(second,
                       [&](DirectoryReadTx& tx) -> absl::Status {
                         const auto page = tx.ListAudit(earlier);
                         if (!page.ok()) return page.status();
                         for (const AuditEntry& entry : page->entries) {
                           out += fmt::format("before {}: {}\n", *earlier.beyond, entry.place);
                         }
                         return absl::OkStatus();
                       })
        .IgnoreError();
  }
  AuditQuery later;
  later.order = AuditQuery::Order::kOldestFirst;
  later.limit = 3;
  for (later.beyond = 21; *later.beyond < 60; *later.beyond += 7) {
    store
        .ReadDirectory(second,
                       [&](DirectoryReadTx& tx) -> absl::Status {
                         const auto page = tx.ListAudit(later);
                         if (!page.ok()) return page.status();
                         for (const AuditEntry& entry : page->entries) {
                           out += fmt::format("audit {}\n", entry.sequence);
                         }
                         return absl::OkStatus();
                       })
        .IgnoreError();
  }
  // One that has entries of a control plane and none of its own.
  const auto third = NewOrganization(store, 3);
  const auto inside = NewControlPlane(store, third, 5);
  const auto tell = [](WriteTx& tx) {
    tx.Audit({absl::UnixEpoch(), "test.note", "Thing", "x", ""});
    return absl::OkStatus();
  };
  store.Write(inside, tell).IgnoreError();
  const auto count = [&out](DirectoryReadTx& tx) -> absl::Status {
    const auto there = tx.ListAuditChains();
    if (there.ok()) out += fmt::format("{} chains\n", there->size());
    return there.status();
  };
  store.ReadDirectory(third, count).IgnoreError();
  // Each write is followed by a step of removing what deleted control planes left.
  const auto last = NewControlPlane(store, second, 4);
  for (int i = 0; i < 100; ++i) {
    store.Write(last, [](WriteTx&) { return absl::OkStatus(); }).IgnoreError();
  }
  engine.Close();
  return out + Dump(engine.database());
}

// In a process of its own: a fence that holds may end it.
std::optional<size_t> HashOfPlay(const sqlite::Blueprint& blueprint) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::fflush(nullptr);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    freopen("/dev/null", "w", stderr);
    freopen("/dev/null", "w", stdout);
    size_t hash = 0;
    try {
      hash = std::hash<std::string>{}(Play(blueprint));
    } catch (...) {  // a failed REQUIRE
      _exit(1);
    }
    const bool told = write(ends[1], &hash, sizeof hash) == sizeof hash;
    _exit(told ? 0 : 1);
  }
  close(ends[1]);
  size_t hash = 0;
  const bool heard = read(ends[0], &hash, sizeof hash) == sizeof hash;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!heard || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return hash;
}

TEST_CASE("every predicate, guard and view condition that is taken out is noticed",
          "[store][mutation]") {
  const sqlite::Blueprint whole;
  REQUIRE(Prove(whole).empty());
  const std::optional<size_t> expected = HashOfPlay(whole);
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
