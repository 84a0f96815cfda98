// SPDX-License-Identifier: Apache-2.0
// One transaction: roles, then what is missing of the schema, as its owner.
#include <utility>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "skyden/store/postgres_store.h"
#include "store/errors.h"
#include "store/postgres/controls.h"
#include "store/postgres/failure.h"
#include "store/postgres/migrations.h"
#include "store/postgres/row.h"
#include "store/postgres/wire.h"

namespace skyden::store {
namespace postgres {
namespace {

constexpr int64_t kMigrationLock = kWritersLock + 16;

absl::StatusOr<int64_t> Number(Wire& wire, const char* text) {
  SKYDEN_ASSIGN_OR_RETURN(const Result result, wire.Ask(text));
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return ToStatus(result.get(), "migrate");
  return ResultRow(result.get(), 0).Int(0);
}

// The server's own words: whoever migrates may read them.
absl::Status Step(Wire& wire, const std::string& sql, std::string_view what) {
  return wire.RunScript(sql, what);
}

std::string MigrationText(size_t number) {
  return fmt::format(
      "SET LOCAL ROLE skyden_owner;\n{}\nUPDATE skyden.schema_version SET version = {};\n"
      "RESET ROLE;\n",
      EmbeddedMigrations()[number - 1].sql, number);
}

absl::Status CheckDatabase(Wire& wire) {
  SKYDEN_ASSIGN_OR_RETURN(
      const int64_t fine,
      Number(wire,
             "SELECT pg_catalog.count(*) FROM pg_catalog.pg_database"
             " WHERE datname = pg_catalog.current_database()"
             " AND pg_catalog.pg_encoding_to_char(encoding) = 'UTF8' AND datcollate = 'C'"
             " AND datctype = 'C'"));
  if (fine == 1) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the database must have encoding UTF8 and collation C: CREATE DATABASE ... TEMPLATE template0"
      " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
}

absl::Status Migrate(Wire& wire) {
  SKYDEN_RETURN_IF_ERROR(CheckDatabase(wire));
  SKYDEN_RETURN_IF_ERROR(
      Step(wire, fmt::format("BEGIN; SELECT pg_catalog.pg_advisory_xact_lock({});", kMigrationLock),
           "migrate"));
  SKYDEN_ASSIGN_OR_RETURN(const int64_t makes_roles,
                          Number(wire,
                                 "SELECT (rolsuper OR rolcreaterole)::int FROM pg_catalog.pg_roles"
                                 " WHERE rolname = session_user"));
  if (makes_roles == 1) {
    SKYDEN_RETURN_IF_ERROR(Step(wire, std::string(EmbeddedRoles()), "make the roles"));
  }
  SKYDEN_RETURN_IF_ERROR(Step(wire, "SET LOCAL ROLE skyden_owner", "become the owner"));
  SKYDEN_ASSIGN_OR_RETURN(
      const int64_t there,
      Number(wire, "SELECT (pg_catalog.to_regclass('skyden.schema_version') IS NOT NULL)::int"));
  int64_t version = 0;
  if (there == 1) {
    SKYDEN_ASSIGN_OR_RETURN(
        version, Number(wire, "SELECT pg_catalog.max(version) FROM skyden.schema_version"));
  }
  SKYDEN_RETURN_IF_ERROR(Step(wire, "RESET ROLE", "migrate"));
  const auto known = static_cast<int64_t>(EmbeddedMigrations().size());
  if (version > known) {
    return absl::FailedPreconditionError(
        fmt::format("the database has schema version {}; this program knows {}", version, known));
  }
  for (auto n = static_cast<size_t>(version) + 1; n <= EmbeddedMigrations().size(); ++n) {
    SKYDEN_RETURN_IF_ERROR(Step(wire, MigrationText(n), EmbeddedMigrations()[n - 1].name));
  }
  return Step(wire, "COMMIT", "migrate");
}

}  // namespace
}  // namespace postgres

absl::Status MigratePostgres(const std::string& conninfo, const std::string& ca_file) {
  SKYDEN_ASSIGN_OR_RETURN(
      const auto wire, postgres::Wire::Connect({conninfo, ca_file, postgres::kSilenceOfLongWork}));
  return postgres::Migrate(*wire);  // what was not committed goes with the connection
}

std::string PostgresSchemaScript() {
  std::string script = "BEGIN;\n";
  script += postgres::EmbeddedRoles();
  for (size_t n = 1; n <= postgres::EmbeddedMigrations().size(); ++n) {
    script += postgres::MigrationText(n);
  }
  return script + "COMMIT;\n";
}

}  // namespace skyden::store
