// SPDX-License-Identifier: Apache-2.0
// The power goes at a random call to the file system, in any phase: while the schema is made, in
// the middle of a batch, in a checkpoint, during the recovery from the last cut. Killing the
// process would prove nothing: what it wrote stays in the system's cache.
#include "tests/store/power_cut.h"

#include <filesystem>

#include "fmt/format.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/history.h"
#include "tests/store/seed.h"

namespace skyden::store::testing {
namespace {

using Synchronous = SqliteOptions::Synchronous;

constexpr int kCutsPerDatabase = 5;

absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& directory, const std::string& vfs,
                                            Synchronous synchronous) {
  sqlite::Blueprint blueprint;
  blueprint.checkpoint_pages = 40;  // every few batches, so that cuts meet checkpoints as well
  blueprint.checkpoint_pages_max = 120;
  blueprint.ballast_bytes = 0;
  SqliteOptions options;
  options.directory = directory;
  options.readers = 2;
  options.vfs = vfs;
  options.synchronous = synchronous;
  return sqlite::OpenStore(std::move(options), Registry(), TestSealer(), blueprint);
}

struct Tally {
  int cuts = 0;
  int in_set_up = 0;
  int acknowledged = 0;
  int open = 0;
  int with_losses = 0;  // cuts that took something acknowledged
  std::vector<std::string> lost;
  std::vector<std::string> wrong;

  void Add(uint64_t seed, const History::Verdict& verdict) {
    with_losses += verdict.lost.empty() ? 0 : 1;
    for (const auto& what : verdict.lost) lost.push_back(fmt::format("seed {}: {}", seed, what));
    for (const auto& what : verdict.wrong) wrong.push_back(fmt::format("seed {}: {}", seed, what));
  }
};

// How many calls it takes until a history can begin. Each migration adds some.
int64_t CallsOfSetUp() {
  const TempDir directory;
  PowerCut never(INT64_MAX);
  const FaultVfs vfs(never);
  auto store = Open(directory.path(), vfs.name(), Synchronous::kFull);
  REQUIRE(store.ok());
  REQUIRE(History(1).SetUp(**store));
  return never.calls();
}

// One database over several cuts, each within `reach` calls. The seed decides everything.
class Victim {
 public:
  Victim(uint64_t seed, int64_t reach, Synchronous synchronous, Tally& tally)
      : seed_(seed),
        reach_(reach),
        synchronous_(synchronous),
        tally_(tally),
        random_(seed),
        history_(seed) {}

  void Suffer() {
    auto directory = std::make_unique<TempDir>();
    for (int cut = 0; cut < kCutsPerDatabase; ++cut) {
      PowerCut power(1 + static_cast<int64_t>(random_() % static_cast<uint64_t>(reach_)));
      {
        const FaultVfs vfs(power);
        Live(directory->path(), vfs.name(), power);
      }
      ++tally_.cuts;
      auto remains = std::make_unique<TempDir>();
      power.WriteRemains(directory->path(), remains->path(), random_);
      directory = std::move(remains);
      LookAt(directory->path());
    }
    tally_.acknowledged += history_.acknowledged();
    tally_.open += history_.open();
  }

 private:
  // Until the power goes. It may go in the first call.
  void Live(const std::string& directory, const std::string& vfs, const PowerCut& power) {
    auto store = Open(directory, vfs, synchronous_);
    if (!store.ok()) {
      if (!power.happened()) tally_.wrong.push_back(store.status().ToString());
      return;
    }
    if (!set_up_) {
      history_ = History(seed_);
      set_up_ = history_.SetUp(**store);
    }
    while (set_up_ && !power.happened()) {
      history_.Play(**store, 1 + static_cast<int>(random_() % 8));
    }
  }

  // With a disk that works. What is there is then what the next life begins with: the recovery
  // itself is cut in a copy that nobody looked at.
  void LookAt(const std::string& directory) {
    const TempDir copy;
    for (const auto& file : std::filesystem::directory_iterator(directory)) {
      std::filesystem::copy(file.path(), copy / file.path().filename().string());
    }
    PowerCut never(INT64_MAX);
    const FaultVfs vfs(never);
    {
      auto store = Open(copy.path(), vfs.name(), synchronous_);
      if (!store.ok()) {
        tally_.wrong.push_back(fmt::format("seed {}: {}", seed_, store.status().ToString()));
      } else if (set_up_) {
        const History::Verdict verdict = history_.Check(**store);
        tally_.Add(seed_, verdict);
        // What was lost may be what all else stands on.
        if (!verdict.lost.empty()) StartOver(directory);
      } else {
        ++tally_.in_set_up;
        StartOver(directory);  // its control planes may be there or not
      }
    }
    const std::string broken = IntegrityOf(copy / "skyden.db");
    if (!broken.empty()) tally_.wrong.push_back(fmt::format("seed {}: {}", seed_, broken));
  }

  // With a new database, in which everything is made again.
  void StartOver(const std::string& directory) {
    set_up_ = false;
    std::filesystem::remove_all(directory);
    std::filesystem::create_directory(directory);
  }

  const uint64_t seed_;
  const int64_t reach_;
  const Synchronous synchronous_;
  Tally& tally_;
  std::mt19937_64 random_;
  History history_;
  bool set_up_ = false;
};

Tally CutPower(Synchronous synchronous, int cuts) {
  Tally tally;
  const uint64_t first = Seed(1);
  // Far enough that most cuts meet a database at work.
  const int64_t reach = 4 * CallsOfSetUp();
  while (tally.cuts < cuts) {
    const uint64_t seed = first + static_cast<uint64_t>(tally.cuts);
    Victim(seed, reach, synchronous, tally).Suffer();
  }
  std::printf(
      "%d cuts within %lld calls (%d while setting up), %d acknowledged requests, %d left open; "
      "%d cuts lost something, %zu other complaints\n",
      tally.cuts, static_cast<long long>(reach), tally.in_set_up, tally.acknowledged, tally.open,
      tally.with_losses, tally.wrong.size());
  return tally;
}

void NothingOf(const std::vector<std::string>& complaints) {
  for (const std::string& complaint : complaints) FAIL_CHECK(complaint);
}

TEST_CASE("a power cut takes nothing that was acknowledged and leaves no half request",
          "[store][power]") {
  const Tally tally = CutPower(Synchronous::kFull, 400);
  NothingOf(tally.lost);
  NothingOf(tally.wrong);
  CHECK(tally.acknowledged > 2 * tally.cuts);
  CHECK(tally.open > tally.cuts / 2);
  CHECK(tally.in_set_up < tally.cuts / 4);
}

TEST_CASE("the same cuts take acknowledged writes when commits do not wait for the disk",
          "[store][power]") {
  const Tally tally = CutPower(Synchronous::kNormal, 200);
  CHECK(tally.with_losses > tally.cuts / 8);
  NothingOf(tally.wrong);  // in order and whole, even so
}

}  // namespace
}  // namespace skyden::store::testing
