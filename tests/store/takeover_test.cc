// SPDX-License-Identifier: Apache-2.0
// From the embedded engine to PostgreSQL, on real databases of both.
#include "skyden/store/takeover.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "skyden/store/directory_tx.h"
#include "skyden/store/sqlite_store.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/history.h"
#include "tests/store/postgres_engine.h"
#include "tests/store/script.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {
namespace {

namespace fs = std::filesystem;

using Progress = std::function<void(const std::string&, uint64_t)>;

// A database of the embedded engine that was worked with, and one to take it over into.
class Move {
 public:
  explicit Move(uint64_t seed = 1) : history_(seed) {
    REQUIRE(history_.SetUp(from_.store()));
    history_.Play(from_.store(), 150);
    // The rest of what can be done, the audit with it.
    const auto organization = NewOrganization(from_.store(), 900);
    const auto scope = NewControlPlane(from_.store(), organization, 900);
    Script script(from_.store(), organization, scope, seed, 100'000);
    for (int n = 0; n < 200; ++n) script.Step();
    from_.Close();
  }

  absl::StatusOr<TakenOver> Run(
      const std::string& user = "skyden_migrate",
      const Progress& on_progress = [](const std::string&, uint64_t) {}) {
    const auto held = HoldDatabase(from_.directory());
    INFO(held.status());
    REQUIRE(held.ok());
    return TakeOver(from_.directory(), **held, PostgresConnection(user, to_.name()), on_progress);
  }
  void PutBack() {
    for (const char* name : {"skyden.db", "skyden.state"}) {
      fs::rename(from_.directory() + "/" + name + ".taken-over", from_.directory() + "/" + name);
    }
  }
  bool IsSetAside() const {
    return !fs::exists(from_.database()) && fs::exists(from_.database() + ".taken-over");
  }
  // The new home, opened.
  std::unique_ptr<Store> Open() {
    PostgresOptions options;
    options.logins = to_.logins();
    postgres::Blueprint blueprint;
    blueprint.checks.durability = postgres::SelfCheckScope::Durability::kNotAsked;
    auto opened =
        postgres::OpenStore(std::move(options), Registry(), TestSealer(), std::move(blueprint));
    INFO(opened.status());
    REQUIRE(opened.ok());
    return *std::move(opened);
  }
  void CheckHistory(Store& store) {
    const History::Verdict verdict = history_.Check(store);
    CHECK(verdict.lost.empty());
    CHECK(verdict.wrong.empty());
  }

  SqliteEngine& from() { return from_; }
  const PostgresDatabase& to() const { return to_; }
  History& history() { return history_; }

 private:
  SqliteEngine from_;
  PostgresDatabase to_;
  History history_;
};

int64_t Rows(const Move& move, const std::string& table) {
  return AskSuperuser(move.to().name(), "SELECT count(*) FROM skyden." + table);
}

TEST_CASE("everything is taken over, and work goes on", "[store][takeover]") {
  Move move;
  const auto taken = move.Run();
  INFO(taken.status());
  REQUIRE(taken.ok());
  CHECK_FALSE(taken->was_there);
  CHECK(move.IsSetAside());
  std::map<std::string, TakenTable> tables;
  for (const TakenTable& table : taken->tables) tables[table.name] = table;
  for (const char* name :
       {"organization", "control_plane", "account", "assigned_role", "team_member", "token",
        "resource", "resource_count", "usage", "tenant_state", "audit", "audit_mark",
        "audit_destination", "audit_webhook"}) {
    INFO(name);
    CHECK(tables[name].rows > 0);
    CHECK(tables[name].sha256.size() == 64);
    CHECK(Rows(move, name) == static_cast<int64_t>(tables[name].rows));
  }
  // What SQLite says of its own files is not true here.
  CHECK(Rows(move, "database") == static_cast<int64_t>(tables["database"].rows));
  const auto store = move.Open();
  move.CheckHistory(*store);
  move.history().Play(*store, 150);
  move.CheckHistory(*store);
}

TEST_CASE("a key that was given out once is not given again", "[store][takeover]") {
  SqliteEngine from;
  const auto organization = NewOrganization(from.store(), 1);
  const auto kept = NewControlPlane(from.store(), organization, 1);
  const auto gone = NewControlPlane(from.store(), organization, 2);
  REQUIRE(from.store()
              .WriteDirectory(organization,
                              [&](DirectoryTx& tx) {
                                return tx.DeleteControlPlane(gone.control_plane()).status();
                              })
              .ok());
  from.Reopen();  // removes what the control plane left
  from.Close();
  const PostgresDatabase to;
  const auto held = HoldDatabase(from.directory());
  REQUIRE(held.ok());
  const auto taken =
      TakeOver(from.directory(), **held, PostgresConnection("skyden_migrate", to.name()),
               [](const std::string&, uint64_t) {});
  INFO(taken.status());
  REQUIRE(taken.ok());
  PostgresOptions options;
  options.logins = to.logins();
  postgres::Blueprint blueprint;
  blueprint.checks.durability = postgres::SelfCheckScope::Durability::kNotAsked;
  auto store = postgres::OpenStore(std::move(options), Registry(), TestSealer(), blueprint);
  REQUIRE(store.ok());
  const auto next = NewControlPlane(**store, organization, 3);
  CHECK(next.tenant() > gone.tenant());
  CHECK(NewOrganization(**store, 2).organization() > organization.organization());
}

TEST_CASE("what is cut short leaves nothing, and goes well the next time", "[store][takeover]") {
  Move move;
  const auto cut = move.Run("skyden_migrate", [&](const std::string& table, uint64_t) {
    if (table != "resource") return;
    AsSuperuser(move.to().name(),
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = 'skyden_migrate'");
  });
  CHECK(absl::IsUnavailable(cut.status()));
  CHECK(fs::exists(move.from().database()));
  CHECK(Rows(move, "organization") == 0);
  CHECK(move.Run().ok());
  move.CheckHistory(*move.Open());
}

TEST_CASE("what was taken over is found there again, and nothing else is", "[store][takeover]") {
  Move move;
  REQUIRE(move.Run().ok());
  move.PutBack();  // whoever ran it did not live to set it aside
  const auto again = move.Run();
  INFO(again.status());
  REQUIRE(again.ok());
  CHECK(again->was_there);
  CHECK(move.IsSetAside());
  move.PutBack();
  AsSuperuser(move.to().name(), "UPDATE skyden.resource SET spec = '{}' || spec");
  const auto other = move.Run();
  CHECK(absl::IsFailedPrecondition(other.status()));
  CHECK_THAT(std::string(other.status().message()), Catch::Contains("resource"));
  CHECK_FALSE(move.IsSetAside());
}

TEST_CASE("what is read back otherwise is not kept", "[store][takeover]") {
  Move move;
  AsSuperuser(move.to().name(),
              "CREATE FUNCTION skyden.bend() RETURNS trigger LANGUAGE plpgsql AS"
              " $$BEGIN NEW.labels = '\\x00'; RETURN NEW; END$$;"
              "CREATE TRIGGER bend BEFORE INSERT ON skyden.resource FOR EACH ROW"
              " EXECUTE FUNCTION skyden.bend()");
  const auto bent = move.Run();
  CHECK(absl::IsDataLoss(bent.status()));
  CHECK(Rows(move, "resource") == 0);
  CHECK(fs::exists(move.from().database()));
}

TEST_CASE("a database that is not fit to be filled is refused", "[store][takeover]") {
  Move move;
  CHECK(absl::IsPermissionDenied(move.Run("skyden_app").status()));
  {
    const auto serving = move.Open();
    CHECK(absl::IsUnavailable(move.Run().status()));
  }
  AsSuperuser(move.to().name(), "UPDATE skyden.schema_version SET version = version - 1");
  CHECK(absl::IsFailedPrecondition(move.Run().status()));
  AsSuperuser(move.to().name(), "UPDATE skyden.schema_version SET version = version + 1");
  AsSuperuser(move.to().name(), "ALTER TABLE skyden.quota ADD COLUMN other bigint");
  CHECK(absl::IsFailedPrecondition(move.Run().status()));
  AsSuperuser(move.to().name(), "ALTER TABLE skyden.quota DROP COLUMN other");
  CHECK(fs::exists(move.from().database()));
  CHECK(move.Run().ok());
  move.CheckHistory(*move.Open());  // which looks whether the fences stand
}

}  // namespace
}  // namespace skyden::store::testing
