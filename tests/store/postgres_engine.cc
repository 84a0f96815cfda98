// SPDX-License-Identifier: Apache-2.0
#include "tests/store/postgres_engine.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string_view>

#include "fmt/format.h"
#include "skyden/base/check.h"
#include "store/postgres/migrations.h"
#include "store/postgres/row.h"

namespace skyden::store::testing {
namespace {

std::string Folder() {
  const char* folder = std::getenv("SKYDEN_TEST_POSTGRES");
  INFO("run it by tests/postgres/with_cluster.sh");
  REQUIRE(folder != nullptr);
  return folder;
}

std::unique_ptr<postgres::Wire> Superuser(const std::string& database) {
  auto wire = postgres::Wire::Connect(PostgresAddress("postgres", database));
  INFO(wire.status());
  REQUIRE(wire.ok());
  return *std::move(wire);
}

void Create(const std::string& name, const std::string& as) {
  AsSuperuser("postgres", fmt::format("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'"
                                      " LC_COLLATE 'C' LC_CTYPE 'C'",
                                      name, as));
}

// A database with roles and schema that others are copied from.
const std::string& Template() {
  static const std::string* const name = [] {
    auto* made = new std::string(fmt::format("skyden_template_{}", getpid()));
    Create(*made, "template0");
    const absl::Status migrated = MigratePostgres(PostgresConnection("postgres", *made), "");
    INFO(migrated);
    REQUIRE(migrated.ok());
    return made;
  }();
  return *name;
}

std::string NewName() {
  static std::atomic<int> count{0};
  return fmt::format("skyden_{}_{}", getpid(), ++count);
}

}  // namespace

bool OnPostgres() {
  const char* const named = std::getenv("SKYDEN_TEST_STORE");
  if (named == nullptr || std::string_view(named) == "sqlite") return false;
  SKYDEN_CHECK(std::string_view(named) == "postgres");
  return true;
}

std::string PostgresConnection(const std::string& user, const std::string& database) {
  return fmt::format("host={} user={} dbname={}", Folder(), user, database);
}

postgres::Address PostgresAddress(const std::string& user, const std::string& database) {
  return {PostgresConnection(user, database), "", absl::Minutes(2)};
}

absl::Status TrySuperuser(const std::string& database, const std::string& script) {
  return Superuser(database)->RunScript(script, "script");
}

void AsSuperuser(const std::string& database, const std::string& script) {
  const absl::Status status = TrySuperuser(database, script);
  INFO(script << ": " << status);
  REQUIRE(status.ok());
}

int64_t AskSuperuser(const std::string& database, const std::string& query) {
  const auto result = Superuser(database)->Ask(query.c_str());
  INFO(query << ": " << result.status());
  REQUIRE(result.ok());
  INFO(PQresultErrorMessage(result->get()));
  REQUIRE(PQntuples(result->get()) == 1);
  return postgres::ResultRow(result->get(), 0).Int(0);
}

std::map<std::string, int> LoggedStates() {
  // tests/postgres/cluster.sh keeps it beside the socket.
  std::ifstream log(Folder() + "/log");
  REQUIRE(log.good());
  std::map<std::string, int> states;
  for (std::string line; std::getline(log, line);) {
    const size_t word = line.find(" ERROR:");
    if (word == 5) ++states[line.substr(0, 5)];
  }
  return states;
}

std::string DumpPostgres(const std::string& database, DumpOf what) {
  const auto wire = Superuser(database);
  const auto ask = [&wire](const std::string& query) {
    auto result = wire->Ask(query.c_str());
    INFO(query << ": " << result.status());
    REQUIRE(result.ok());
    INFO(PQresultErrorMessage(result->get()));
    REQUIRE(PQresultStatus(result->get()) == PGRES_TUPLES_OK);
    return *std::move(result);
  };
  std::string out;
  const postgres::Result tables = ask(fmt::format(
      "SELECT c.relname::text, (array_agg(a.attname ORDER BY a.attnum))[1]::text, string_agg(CASE"
      " WHEN a.attname IN ('spec', 'sealed') AND {0} THEN format('length(%I)', a.attname)"
      " WHEN a.atttypid = 'bytea'::regtype THEN format('encode(%I, ''escape'')', a.attname)"
      " ELSE quote_ident(a.attname) END, ', ' ORDER BY a.attnum)"
      " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
      " AND NOT a.attisdropped WHERE c.relnamespace = 'skyden'::regnamespace AND c.relkind = 'r'"
      " AND NOT ({0} AND c.relname IN ('daemon', 'database', 'journal', 'opening', "
      "'schema_version'))"
      " GROUP BY c.relname ORDER BY c.relname",
      what == DumpOf::kComparable));
  for (int n = 0; n < PQntuples(tables.get()); ++n) {
    const postgres::ResultRow table(tables.get(), n);
    out += fmt::format("# {} {}\n", table.Bytes(0), table.Bytes(1));
    const postgres::Result rows = ask(fmt::format(
        "SELECT replace(t::text, chr(10), '$') FROM (SELECT {} FROM skyden.{}) AS t ORDER BY 1",
        table.Bytes(2), table.Bytes(0)));
    for (int r = 0; r < PQntuples(rows.get()); ++r) {
      out += fmt::format("{}\n", postgres::ResultRow(rows.get(), r).Bytes(0));
    }
  }
  return out;
}

PostgresDatabase::PostgresDatabase(const std::string& as) : name_(NewName()) { Create(name_, as); }

PostgresDatabase::PostgresDatabase() : PostgresDatabase(Template()) {
  AsSuperuser(name_, std::string(postgres::EmbeddedRoles()));
}

PostgresDatabase::~PostgresDatabase() {
  auto wire = postgres::Wire::Connect(PostgresAddress("postgres", "postgres"));
  if (!wire.ok()) return;  // a test stopped the server
  (*wire)->RunScript(fmt::format("DROP DATABASE {} WITH (FORCE)", name_), "drop").IgnoreError();
}

PostgresLogins PostgresDatabase::logins() const {
  return {PostgresConnection("skyden_app", name_), PostgresConnection("skyden_system", name_), ""};
}

struct PostgresEngine::Fatal {
  std::mutex mu;
  absl::Status status;
};

PostgresEngine::PostgresEngine(const postgres::Blueprint& blueprint, Usage quota,
                               absl::Duration patience, HistoryLimits history)
    : blueprint_(blueprint),
      quota_(quota),
      patience_(patience),
      history_(history),
      fatal_(std::make_shared<Fatal>()) {
  // The server of the tests keeps nothing in a power cut.
  blueprint_.checks.durability = postgres::SelfCheckScope::Durability::kNotAsked;
  Reopen();
}

absl::Status PostgresEngine::fatal() const {
  const std::scoped_lock lock(fatal_->mu);
  return fatal_->status;
}

void PostgresEngine::Reopen() {
  Close();
  PostgresOptions options;
  options.logins = database_.logins();
  options.quota = quota_;
  options.history = history_;
  options.patience = patience_;
  options.silence = absl::Minutes(2);  // a busy machine's
  options.on_fatal = [fatal = fatal_](absl::Status status) {
    const std::scoped_lock lock(fatal->mu);
    fatal->status = std::move(status);
  };
  auto opened = postgres::OpenStore(std::move(options), Registry(), TestSealer(), blueprint_);
  INFO(opened.status());
  REQUIRE(opened.ok());
  store_ = *std::move(opened);
}

}  // namespace skyden::store::testing
