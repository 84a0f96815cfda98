// SPDX-License-Identifier: Apache-2.0
// The second engine, on the server that tests/postgres/with_cluster.sh runs.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "skyden/store/postgres_store.h"
#include "store/postgres/blueprint.h"
#include "store/postgres/wire.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {

// Whether SKYDEN_TEST_STORE says that stores of tests are to stand there.
bool OnPostgres();
// A connection string for a database of that server.
std::string PostgresConnection(const std::string& user, const std::string& database);
// The same, with patience: a busy machine's server is silent for a while.
postgres::Address PostgresAddress(const std::string& user, const std::string& database);
// Runs a script there as who may do anything; fails the test when it fails.
void AsSuperuser(const std::string& database, const std::string& script);
// The same, and how it went.
absl::Status TrySuperuser(const std::string& database, const std::string& script);
// One number that a query answers, asked as who may do anything.
int64_t AskSuperuser(const std::string& database, const std::string& query);

// SQLSTATE -> how often the server has met it since it began. It has to run with
// log_min_messages=error and "log_line_prefix=%e ".
std::map<std::string, int> LoggedStates();
// Every row of every table of Skyden's there, as lines of text; before those of a table one with
// its name and its first column. kComparable: without what two runs of the same have different
// (sealed bytes, times of the server, what a database says of itself).
enum class DumpOf { kAll, kComparable };
std::string DumpPostgres(const std::string& database, DumpOf what);

// A database of its own, with roles and schema, that goes away with the object.
class PostgresDatabase {
 public:
  PostgresDatabase();
  // A copy of the database `as` (template0: an empty one). It has the rights inside, and none on
  // itself.
  explicit PostgresDatabase(const std::string& as);
  ~PostgresDatabase();
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;
  const std::string& name() const { return name_; }
  PostgresLogins logins() const;

 private:
  std::string name_;
};

// A store that can be closed and opened again.
class PostgresEngine {
 public:
  PostgresEngine() : PostgresEngine(postgres::Blueprint()) {}
  explicit PostgresEngine(const postgres::Blueprint& blueprint, Usage quota = {},
                          absl::Duration patience = absl::Seconds(30), HistoryLimits history = {});
  Store& store() { return *store_; }
  void Close() { store_.reset(); }
  void Reopen();
  const PostgresDatabase& database() const { return database_; }
  // What on_fatal was told.
  absl::Status fatal() const;

 private:
  struct Fatal;
  PostgresDatabase database_;
  postgres::Blueprint blueprint_;
  Usage quota_;
  absl::Duration patience_;
  HistoryLimits history_;
  std::shared_ptr<Fatal> fatal_;
  std::unique_ptr<Store> store_;
};

}  // namespace skyden::store::testing
