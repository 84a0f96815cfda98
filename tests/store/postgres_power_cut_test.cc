// SPDX-License-Identifier: Apache-2.0
// The power goes under a PostgreSQL server at a random call to the file system: while a batch is
// committed, in a checkpoint, during the recovery from the last cut. What was acknowledged is there
// afterwards; where the server does not wait for its disk it is not, which the same cuts show.
#include <cstdlib>

#include "fmt/format.h"
#include "store/postgres/blueprint.h"
#include "tests/skip.h"
#include "tests/store/history.h"
#include "tests/store/postgres_power.h"
#include "tests/store/seed.h"

namespace skyden::store::testing {
namespace {

constexpr int kCutsPerDatabase = 5;
// A start takes some hundreds of calls, a batch about ten, a checkpoint about a hundred.
constexpr uint64_t kReach = 1'500;

// As many as a run of all tests has time for, or SKYDEN_POWER_CUTS.
int Cuts(int usual) {
  const char* const asked = std::getenv("SKYDEN_POWER_CUTS");
  return asked == nullptr ? usual : std::atoi(asked);
}

struct Tally {
  int cuts = 0;
  int in_start = 0;
  int acknowledged = 0;
  int open = 0;
  int with_losses = 0;  // cuts that took something acknowledged
  std::vector<std::string> lost;
  std::vector<std::string> wrong;
};

// What the engine is, and what its server is told.
struct SetUp {
  std::span<const Statement> catalogue = Catalogue();
  postgres::Blueprint::Rows rows = postgres::Blueprint::Rows::kTogether;
  std::vector<std::string> settings;
  postgres::SelfCheckScope::Durability checks = postgres::SelfCheckScope::Durability::kAsked;
};

absl::StatusOr<std::unique_ptr<Store>> Open(const PowerServer& server, const SetUp& set_up) {
  PostgresOptions options;
  options.logins = server.logins();
  options.readers = 2;
  options.silence = absl::Minutes(2);
  options.patience = absl::ZeroDuration();  // who is cut off is told so
  postgres::Blueprint blueprint;
  blueprint.catalogue = set_up.catalogue;
  blueprint.rows = set_up.rows;
  blueprint.checks.durability = set_up.checks;
  return postgres::OpenStore(std::move(options), Registry(), TestSealer(), blueprint);
}

// One database over several cuts. The seed decides everything but what the processes of a server do
// at the same time.
class Victim {
 public:
  Victim(uint64_t seed, PowerServer& server, const SetUp& set_up, Tally& tally)
      : seed_(seed),
        server_(server),
        set_up_(set_up),
        tally_(tally),
        random_(seed),
        history_(seed) {}

  void Suffer() {
    server_.Fresh();
    for (int cut = 0; cut < kCutsPerDatabase; ++cut) {
      // Some meet the start, which is a recovery from the second on.
      const bool early = random_() % 4 == 0;
      const auto at = 1 + static_cast<int64_t>(random_() % (early ? kReach / 10 : kReach));
      if (server_.Start(at)) {
        Live();
      } else {
        ++tally_.in_start;
      }
      if (!server_.happened()) {
        Note(tally_.wrong, "the server ended: " + server_.log());
        return server_.Stop();
      }
      server_.AwaitEnd();
      ++tally_.cuts;
      server_.WriteRemains(random_);
      if (!LookAt()) break;
    }
    tally_.acknowledged += history_.acknowledged();
    tally_.open += history_.open();
  }

 private:
  // Until the power goes.
  void Live() {
    auto store = Open(server_, set_up_);
    if (store.ok() && !set_up_done_) {
      history_ = History(seed_);
      set_up_done_ = history_.SetUp(**store);
    }
    while (store.ok() && set_up_done_ && !server_.happened()) {
      history_.Play(**store, 1 + static_cast<int>(random_() % 8));
    }
    if (!server_.happened()) {
      Note(tally_.wrong, "it did not get on: " + store.status().ToString());
    }
  }

  // With a disk that works. False when nothing more can come of this database: its control planes
  // may be there or not, or something was lost.
  bool LookAt() {
    if (!server_.Start(0)) {
      Note(tally_.lost, "no start: " + server_.log());
      ++tally_.with_losses;
      return false;
    }
    bool goes_on = set_up_done_;
    if (set_up_done_) {
      auto store = Open(server_, set_up_);
      if (!store.ok()) {
        Note(tally_.lost, store.status().ToString());
        ++tally_.with_losses;
        goes_on = false;
      } else {
        const History::Verdict verdict = history_.Check(**store);
        for (const auto& what : verdict.lost) Note(tally_.lost, what);
        for (const auto& what : verdict.wrong) Note(tally_.wrong, what);
        tally_.with_losses += verdict.lost.empty() ? 0 : 1;
        goes_on = verdict.lost.empty();  // what was lost may be what all else stands on
      }
    }
    server_.Stop();
    return goes_on;
  }

  void Note(std::vector<std::string>& list, const std::string& what) const {
    list.push_back(fmt::format("seed {}: {}", seed_, what));
  }

  const uint64_t seed_;
  PowerServer& server_;
  const SetUp& set_up_;
  Tally& tally_;
  std::mt19937_64 random_;
  History history_;
  bool set_up_done_ = false;
};

Tally CutPower(const SetUp& set_up, int cuts, uint64_t first) {
  Tally tally;
  PowerServer server(set_up.settings);
  for (uint64_t seed = Seed(first); tally.cuts < cuts && tally.wrong.size() < 10; ++seed) {
    Victim(seed, server, set_up, tally).Suffer();
  }
  std::printf(
      "%d cuts (%d before the server answered), %d acknowledged requests, %d left open; %d cuts "
      "lost"
      " something, %zu other complaints\n",
      tally.cuts, tally.in_start, tally.acknowledged, tally.open, tally.with_losses,
      tally.wrong.size());
  return tally;
}

void NothingOf(const std::vector<std::string>& complaints) {
  for (const std::string& complaint : complaints) FAIL_CHECK(complaint);
}

bool Skips() {
  if (PowerServer::IsThere()) return false;
  if (std::getenv("SKYDEN_POSTGRES_MUST_RUN") != nullptr) FAIL("no PostgreSQL server");
  Skip("no PostgreSQL server (Debian: postgresql-15)");
  return true;
}

TEST_CASE("a power cut under the server takes nothing that was acknowledged",
          "[store][postgres][power]") {
  if (Skips()) return;
  const Tally tally = CutPower({}, Cuts(30), 1);
  NothingOf(tally.lost);
  NothingOf(tally.wrong);
  CHECK(tally.acknowledged > 2 * tally.cuts);
  CHECK(tally.open > tally.cuts / 4);
}

// Each session asks for it itself.
TEST_CASE("nor does it where the server's setting says not to wait", "[store][postgres][power]") {
  if (Skips()) return;
  SetUp set_up;
  set_up.settings = {"synchronous_commit=off"};
  const Tally tally = CutPower(set_up, Cuts(10), 1'000);
  NothingOf(tally.lost);
  NothingOf(tally.wrong);
}

TEST_CASE("the same cuts take acknowledged writes from a server that never syncs",
          "[store][postgres][power]") {
  if (Skips()) return;
  SetUp set_up;
  set_up.settings = {"fsync=off"};
  set_up.checks = postgres::SelfCheckScope::Durability::kNotAsked;
  const Tally tally = CutPower(set_up, Cuts(10), 2'000);
  CHECK(tally.with_losses > tally.cuts / 4);
}

TEST_CASE("the same cuts take acknowledged writes when commits do not wait",
          "[store][postgres][power]") {
  if (Skips()) return;
  std::vector<Statement> catalogue(Catalogue().begin(), Catalogue().end());
  std::string_view& text = catalogue[static_cast<size_t>(StatementId::kSetRevision)].text;
  const std::string waits_not =
      std::string(text) + " AND pg_catalog.set_config('synchronous_commit', 'off', true) = 'off'";
  text = waits_not;
  SetUp set_up;
  set_up.catalogue = catalogue;
  set_up.rows = postgres::Blueprint::Rows::kOneByOne;  // by that text
  const Tally tally = CutPower(set_up, Cuts(10), 3'000);
  NothingOf(tally.wrong);
  CHECK(tally.with_losses > tally.cuts / 4);
}

}  // namespace
}  // namespace skyden::store::testing
