// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <random>

#include "store/sqlite/connection.h"
#include "store/sqlite/migrate.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {
namespace {

using sqlite::Access;
using sqlite::Connection;

struct Sealed {
  explicit Sealed(Access access) {
    const auto files = sqlite::DatabaseFiles::Hold(dir.path(), {});
    REQUIRE(files.ok());
    REQUIRE(sqlite::Migrate(**files, {}, TestSealer(), sqlite::EmbeddedMigrations()).ok());
    auto db = sqlite::OpenDatabase(dir / "skyden.db", "", access);
    REQUIRE(db.ok());
    REQUIRE(sqlite::ApplySettings(db->get(), access, sqlite::Durability::kFull).ok());
    auto made =
        Connection::Create(*std::move(db), access, Catalogue(), sqlite::Controls(), counters);
    INFO(made.status());
    REQUIRE(made.ok());
    connection = *std::move(made);
  }
  TempDir dir;
  sqlite::StatementCounters counters;
  std::unique_ptr<Connection> connection;
};

// The result of trying to run `sql`: what preparing it said, or what running it said.
int Try(sqlite3* db, const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  int rc = sqlite3_prepare_v2(db, sql.c_str(), static_cast<int>(sql.size()), &raw, nullptr);
  if (rc == SQLITE_OK && raw != nullptr) rc = sqlite3_step(raw);
  sqlite3_finalize(raw);
  return raw == nullptr && rc == SQLITE_OK ? SQLITE_EMPTY : rc & 0xff;
}

TEST_CASE("a sealed connection compiles nothing more", "[store][sealed]") {
  Sealed sealed(GENERATE(Access::kWriter, Access::kReader));
  for (const char* sql : {"SELECT 1",
                          "VALUES (1)",
                          "SELECT * FROM resource",
                          "SELECT * FROM v_resource",
                          "SELECT current_tenant()",
                          "SELECT name FROM sqlite_schema",
                          "WITH v_resource AS (SELECT * FROM resource) SELECT * FROM v_resource",
                          "WITH resource AS (SELECT 1) SELECT * FROM resource",
                          "EXPLAIN SELECT 1",
                          "EXPLAIN QUERY PLAN SELECT * FROM resource",
                          "INSERT INTO resource (tenant) VALUES (1)",
                          "REPLACE INTO resource (tenant) VALUES (1)",
                          "UPDATE resource SET tenant = 1",
                          "DELETE FROM resource",
                          "DROP TABLE resource",
                          "DROP TRIGGER resource_insert",
                          "CREATE TABLE t (x)",
                          "CREATE TEMP TABLE t (x)",
                          "CREATE VIEW t AS SELECT 1",
                          "CREATE TEMP VIEW v_resource AS SELECT * FROM resource",
                          "CREATE TRIGGER t BEFORE INSERT ON resource BEGIN SELECT 1; END",
                          "ALTER TABLE resource RENAME TO r",
                          "PRAGMA writable_schema = ON",
                          "PRAGMA recursive_triggers = OFF",
                          "PRAGMA journal_mode = DELETE",
                          "PRAGMA table_list",
                          "ATTACH ':memory:' AS other",
                          "DETACH main",
                          "VACUUM",
                          "VACUUM INTO 'x'",
                          "REINDEX resource",
                          "ANALYZE",
                          "BEGIN",
                          "COMMIT",
                          "SAVEPOINT x",
                          "SELECT load_extension('x')",
                          "SELECT * FROM pragma_table_list"}) {
    INFO(sql);
    CHECK(Try(sealed.connection->handle(), sql) == SQLITE_AUTH);
  }
  CHECK(sqlite3_limit(sealed.connection->handle(), SQLITE_LIMIT_ATTACHED, -1) == 0);
}

TEST_CASE("ten thousand strings of SQL, right or wrong, run nothing on a sealed connection",
          "[store][sealed]") {
  constexpr unsigned kSeed = 977;
  constexpr int kStrings = 10'000;
  std::printf("seed %u\n", kSeed);
  Sealed sealed(Access::kWriter);
  const std::vector<std::string> words = {"SELECT",
                                          "*",
                                          "FROM",
                                          "resource",
                                          "v_resource",
                                          "WHERE",
                                          "tenant",
                                          "=",
                                          "1",
                                          "WITH",
                                          "AS",
                                          "(",
                                          ")",
                                          ",",
                                          "UNION",
                                          "INSERT",
                                          "INTO",
                                          "OR",
                                          "REPLACE",
                                          "VALUES",
                                          "DELETE",
                                          "SET",
                                          "UPDATE",
                                          "PRAGMA",
                                          "ATTACH",
                                          "'x'",
                                          ";",
                                          "--",
                                          "tenant_state",
                                          "BEGIN",
                                          "COMMIT",
                                          "CREATE",
                                          "TEMP",
                                          "VIEW",
                                          "DROP",
                                          "TRIGGER",
                                          "current_tenant()",
                                          "RETURNING",
                                          "token",
                                          "LIMIT"};
  // Half are made of words; half are real statements with a piece cut out or put in.
  std::vector<std::string> real;
  for (const Statement& s : Catalogue()) real.emplace_back(s.text);
  for (const sqlite::ControlStatement& s : sqlite::Controls()) real.emplace_back(s.text);
  std::mt19937 random(kSeed);
  const auto below = [&random](size_t n) { return static_cast<size_t>(random() % n); };
  int compiled_elsewhere = 0;
  sqlite3* open = nullptr;
  REQUIRE(sqlite3_open(":memory:", &open) == SQLITE_OK);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> plain(open, &sqlite3_close);
  for (int i = 0; i < kStrings; ++i) {
    std::string sql;
    if (i % 2 == 0) {
      for (size_t n = 1 + below(12); n > 0; --n) sql += words[below(words.size())] + " ";
    } else {
      sql = real[below(real.size())];
      if (below(3) != 0) sql.insert(below(sql.size()), " " + words[below(words.size())] + " ");
    }
    const int rc = Try(sealed.connection->handle(), sql);
    const bool ran = rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE;
    if (ran) FAIL("ran: " << sql);
    compiled_elsewhere += rc == SQLITE_AUTH;
  }
  CHECK(compiled_elsewhere > kStrings / 10);  // many would have run, had nothing forbidden it
}

TEST_CASE("no statement runs while its owner is not bound", "[store][sealed]") {
  Sealed sealed(Access::kWriter);
  Connection& c = *sealed.connection;
  const auto get = [&c](const Binding& as) { return c.Run(as, StatementId::kGetRevision); };
  CHECK_FALSE(get({}).ok());
  CHECK_FALSE(get({1, 0, false}).ok());
  CHECK_FALSE(get({0, 1, false}).ok());
  CHECK_FALSE(get({0, 0, true}).ok());
  CHECK(get({1, 1, false}).ok());
  CHECK_FALSE(c.Run({1, 1, false}, StatementId::kSystemListOrganizations).ok());
  CHECK(c.Run({0, 0, true}, StatementId::kSystemListOrganizations).ok());
  CHECK_FALSE(get({}).ok());  // nothing is left bound
}

TEST_CASE("a row of another owner ends the process", "[store][sealed]") {
  // A view without its condition: only the check of each row is left.
  const auto all = sqlite::EmbeddedMigrations();
  std::vector<Migration> migrations(all.begin(), all.end());
  std::string sql(migrations[0].sql);
  const std::string condition = " FROM resource WHERE tenant = current_tenant()";
  const size_t at = sql.find(condition);
  REQUIRE(at != std::string::npos);
  sql.replace(at, condition.size(), " FROM resource");
  migrations[0].sql = sql;
  sqlite::Blueprint blueprint;
  blueprint.migrations = migrations;
  std::fflush(nullptr);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::freopen("/dev/null", "w", stderr);
    std::signal(SIGABRT, SIG_DFL);  // the test framework has a handler of its own
    SqliteEngine engine(blueprint);
    const auto organization = NewOrganization(engine.store(), 1);
    const auto mine = NewControlPlane(engine.store(), organization, 1);
    const auto theirs = NewControlPlane(engine.store(), organization, 2);
    Put(engine.store(), theirs, NewResource("MeshTimeout", "m", "theirs"));
    List(engine.store(), mine, "MeshTimeout");
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

}  // namespace
}  // namespace skyden::store::testing
