// SPDX-License-Identifier: Apache-2.0
#include "tests/store/postgres_engine.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
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

// A copy of a database takes its time on a busy machine.
postgres::Address AddressOfSuperuser(const std::string& database) {
  return {PostgresConnection("postgres", database), "", absl::Minutes(2)};
}

std::unique_ptr<postgres::Wire> Superuser(const std::string& database) {
  auto wire = postgres::Wire::Connect(AddressOfSuperuser(database));
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

void AsSuperuser(const std::string& database, const std::string& script) {
  const absl::Status status = Superuser(database)->RunScript(script, "script");
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

PostgresDatabase::PostgresDatabase() : name_(NewName()) {
  Create(name_, Template());
  // A copy has the rights inside, not those on itself.
  AsSuperuser(name_, std::string(postgres::EmbeddedRoles()));
}

PostgresDatabase::~PostgresDatabase() {
  auto wire = postgres::Wire::Connect(AddressOfSuperuser("postgres"));
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
                               absl::Duration patience)
    : blueprint_(blueprint), quota_(quota), patience_(patience), fatal_(std::make_shared<Fatal>()) {
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
