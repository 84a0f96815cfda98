// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/opening.h"

#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/postgres/failure.h"
#include "store/postgres/membership.h"
#include "store/postgres/migrations.h"
#include "store/postgres/row.h"
#include "store/rows/key_rows.h"

namespace skyden::store::postgres {
namespace {

constexpr int kLockTries = 30;
constexpr absl::Duration kLockPause = absl::Milliseconds(100);

constexpr std::string_view kEpochRow = "epoch";
// Which history of which cluster this is: another one when a backup was restored to a point in
// time, and when a standby took over.
constexpr std::string_view kLineageRow = "lineage";
constexpr size_t kEpochBytes = 6;

absl::StatusOr<Result> Ask(Wire& wire, const char* text, std::initializer_list<Param> params,
                           std::string_view what) {
  SKYDEN_ASSIGN_OR_RETURN(Result result, wire.Ask(text, params));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return result;
  return ToStatus(result.get(), what);
}

absl::Status Do(Wire& wire, const char* text, std::initializer_list<Param> params,
                std::string_view what) {
  return Ask(wire, text, params, what).status();
}

// A daemon that has just died may hold it until the server has noticed. Asked again and not waited
// for: a server that is silent is taken for one that is gone.
absl::Status TakeLock(Wire& wire, bool alone) {
  for (int tries = 0; tries < kLockTries; ++tries) {
    if (tries > 0) absl::SleepFor(kLockPause);
    SKYDEN_ASSIGN_OR_RETURN(const Result locked,
                            Ask(wire,
                                alone ? "SELECT pg_catalog.pg_try_advisory_lock($1)::int::bigint"
                                      : "SELECT pg_catalog.pg_try_advisory_lock_shared($1)"
                                        "::int::bigint",
                                {Param::Int(kDaemonLock)}, "daemon lock"));
    if (ResultRow(locked.get(), 0).Int(0) == 1) return absl::OkStatus();
  }
  return absl::UnavailableError(
      alone ? "another daemon serves this database; with postgres_shared in the settings of each,"
              " several may"
            : "another daemon serves this database alone: without postgres_shared in its settings");
}

// In a transaction: names that begin with `prefix`, and values.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> List(Wire& wire,
                                                                      std::string_view prefix) {
  SKYDEN_ASSIGN_OR_RETURN(const Result result,
                          Ask(wire,
                              "SELECT name, value FROM database"
                              " WHERE pg_catalog.starts_with(name, $1) ORDER BY name",
                              {Param::Text(prefix)}, "read what the database says of itself"));
  std::vector<std::pair<std::string, std::string>> rows;
  for (int n = 0; n < PQntuples(result.get()); ++n) {
    const ResultRow row(result.get(), n);
    rows.emplace_back(row.String(0), row.String(1));
  }
  return rows;
}

absl::Status Set(Wire& wire, std::string_view name, std::string_view value) {
  return Do(wire,
            "INSERT INTO database (name, value) VALUES ($1, $2)"
            " ON CONFLICT (name) DO UPDATE SET value = $2",
            {Param::Text(name), Param::Blob(value)}, "write what the database says of itself");
}

absl::StatusOr<std::string> ReadEpoch(Wire& wire) {
  SKYDEN_ASSIGN_OR_RETURN(const Result result,
                          Ask(wire,
                              "SELECT system_identifier || '/' ||"
                              " pg_catalog.substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
                              " FROM pg_catalog.pg_control_system()",
                              {}, "read the lineage"));
  const std::string lineage = ResultRow(result.get(), 0).String(0);
  SKYDEN_ASSIGN_OR_RETURN(const auto known, List(wire, kLineageRow));
  SKYDEN_ASSIGN_OR_RETURN(const auto epochs, List(wire, kEpochRow));
  if (!known.empty() && known.front().second == lineage && !epochs.empty()) {
    return epochs.front().second;
  }
  std::string epoch = base::HexLower(base::RandomBytes(kEpochBytes));
  SKYDEN_RETURN_IF_ERROR(Set(wire, kLineageRow, lineage));
  SKYDEN_RETURN_IF_ERROR(Set(wire, kEpochRow, epoch));
  return epoch;
}

absl::Status CheckKeys(Wire& wire, const Sealer& sealer, PostgresOptions::OldKeys old_keys) {
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, List(wire, rows::kKeyRow));
  SKYDEN_ASSIGN_OR_RETURN(const rows::KeyRows keys, rows::CheckKeys(stored, sealer));
  if (old_keys == PostgresOptions::OldKeys::kForgotten) {
    for (const std::string& name : keys.old) {
      SKYDEN_RETURN_IF_ERROR(
          Do(wire, "DELETE FROM database WHERE name = $1", {Param::Text(name)}, "forget a key"));
    }
  }
  return keys.sealed.empty() ? absl::OkStatus() : Set(wire, keys.newest, keys.sealed);
}

absl::StatusOr<Opening> InTransaction(Wire& wire, const Sealer& sealer,
                                      PostgresOptions::OldKeys old_keys,
                                      const std::optional<Member>& member) {
  Opening opening;
  // Whoever still writes has ended first, and finds another opening at its next commit.
  SKYDEN_RETURN_IF_ERROR(
      Do(wire, "SELECT pg_catalog.pg_advisory_xact_lock($1)", {Param::Int(kWritersLock)}, "open"));
  SKYDEN_ASSIGN_OR_RETURN(
      const Result opened,
      Ask(wire, "UPDATE opening SET opened = opened + 1 RETURNING opened", {}, "open"));
  if (PQntuples(opened.get()) != 1) return Internal("the row of the opening is missing");
  opening.opened = ResultRow(opened.get(), 0).Int(0);
  SKYDEN_ASSIGN_OR_RETURN(opening.epoch, ReadEpoch(wire));
  SKYDEN_RETURN_IF_ERROR(CheckKeys(wire, sealer, old_keys));
  if (!member.has_value()) return opening;
  SKYDEN_RETURN_IF_ERROR(AddDaemon(wire, member->id, opening.opened, member->about));
  SKYDEN_ASSIGN_OR_RETURN(
      const Result now,
      Ask(wire, "SELECT pg_catalog.pg_current_snapshot()::text, pg_catalog.count(*) FROM daemon",
          {}, "read the snapshot"));
  opening.snapshot = ResultRow(now.get(), 0).String(0);
  opening.alone = ResultRow(now.get(), 0).Int(1) == 1;
  return opening;
}

}  // namespace

absl::Status CheckSchemaVersion(Wire& wire) {
  SKYDEN_ASSIGN_OR_RETURN(const Result result,
                          wire.Ask("SELECT pg_catalog.max(version) FROM skyden.schema_version"));
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
    return absl::FailedPreconditionError(
        "the database has no schema of Skyden: run \"skyden migrate\"");
  }
  const int64_t version = ResultRow(result.get(), 0).Int(0);
  const auto known = static_cast<int64_t>(EmbeddedMigrations().size());
  if (version == known) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("the database has schema version {}; this program needs {}{}", version, known,
                  version < known ? ": run \"skyden migrate\"" : ""));
}

absl::StatusOr<Opening> Open(Connection& system, const Sealer& sealer,
                             PostgresOptions::OldKeys old_keys,
                             const std::optional<Member>& member) {
  Wire& wire = system.wire();
  SKYDEN_RETURN_IF_ERROR(TakeLock(wire, !member.has_value()));
  SKYDEN_RETURN_IF_ERROR(Do(wire, "BEGIN", {}, "open"));
  auto opening = InTransaction(wire, sealer, old_keys, member);
  const absl::Status ended = Do(wire, opening.ok() ? "COMMIT" : "ROLLBACK", {}, "open");
  if (opening.ok() && !ended.ok()) return ended;
  if (opening.ok() && member.has_value()) {
    SKYDEN_RETURN_IF_ERROR(AwaitKnown(wire, member->id, opening->opened, member->given_up_after));
  }
  return opening;
}

}  // namespace skyden::store::postgres
