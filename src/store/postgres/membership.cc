// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/membership.h"

#include "absl/time/clock.h"
#include "skyden/base/clock.h"
#include "skyden/base/crypto.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/postgres/controls.h"
#include "store/postgres/failure.h"
#include "store/postgres/row.h"

namespace skyden::store::postgres {
namespace {

constexpr char kNotify[] = "NOTIFY skyden_journal";
constexpr char kMembership[] = "daemons of the database";
constexpr absl::Duration kPause = absl::Milliseconds(10);

// Milliseconds since 1970, as the statement runs.
#define SKYDEN_DATABASE_NOW \
  "(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) * 1000)::pg_catalog.int8"

constexpr char kAdd[] =
    "INSERT INTO daemon (id, came, known, seen, told, about) VALUES ($1, $2, $2,"
    " " SKYDEN_DATABASE_NOW ", pg_catalog.pg_current_snapshot()::text, $3)";
constexpr char kCountUnknowing[] =
    "SELECT pg_catalog.count(*) FROM daemon WHERE id <> $1 AND known < $2 AND seen >"
    " " SKYDEN_DATABASE_NOW " - $3";
constexpr char kBeat[] =
    "UPDATE daemon SET seen = " SKYDEN_DATABASE_NOW ", known = greatest(known, $2) WHERE id = $1";
constexpr char kBeatAndTell[] = "UPDATE daemon SET seen = " SKYDEN_DATABASE_NOW
                                ", known = greatest(known, $2), told = $3, about = $4"
                                " WHERE id = $1";
constexpr char kNoteOpening[] =
    "INSERT INTO journal (batch, opened, at, daemon, changes) VALUES ($1,"
    " (SELECT opened FROM opening), pg_catalog.now(), $2, $3) RETURNING transaction_id::text";
constexpr char kCountUnheard[] =
    "SELECT pg_catalog.count(*) FROM daemon WHERE id <> $1 AND NOT"
    " pg_catalog.pg_visible_in_snapshot($2::text::xid8, told::pg_catalog.pg_snapshot)";
constexpr char kCountUnseen[] =
    "SELECT pg_catalog.count(*) FROM daemon WHERE id <> $1 AND seen <= " SKYDEN_DATABASE_NOW
    " - $2";
constexpr char kRemoveUnseen[] =
    "DELETE FROM daemon WHERE id <> $1 AND seen <= " SKYDEN_DATABASE_NOW " - $2";
constexpr char kRemove[] = "DELETE FROM daemon WHERE id = $1";
constexpr char kList[] =
    "SELECT d.id, d.about, " SKYDEN_DATABASE_NOW
    " - d.seen, d.came,"
    " (SELECT coalesce(pg_catalog.max(" SKYDEN_DATABASE_NOW
    " - (pg_catalog.date_part('epoch', j.at) * 1000)::pg_catalog.int8), 0)::pg_catalog.int8"
    " FROM journal AS j WHERE j.transaction_id >="
    " pg_catalog.pg_snapshot_xmin(d.told::pg_catalog.pg_snapshot) AND NOT"
    " pg_catalog.pg_visible_in_snapshot(j.transaction_id, d.told::pg_catalog.pg_snapshot)"
    " AND j.daemon <> d.id) FROM daemon AS d ORDER BY d.id";
constexpr char kCountUp[] = "UPDATE opening SET opened = opened + 1";

#undef SKYDEN_DATABASE_NOW

// All of what was sent, or why not.
absl::StatusOr<std::vector<Result>> FinishAll(Wire& wire) {
  SKYDEN_ASSIGN_OR_RETURN(std::vector<Result> results, wire.Finish());
  for (const Result& result : results) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      return ToStatus(result.get(), kMembership);
    }
  }
  return results;
}

int64_t Number(const Result& result) { return ResultRow(result.get(), 0).Int(0); }
int64_t Changed(const Result& result) { return std::atoll(PQcmdTuples(result.get())); }

// Whatever the transaction came to: the next one begins anew.
absl::Status RollBack(Wire& wire, absl::Status why) {
  if (!wire.lost()) wire.Ask("ROLLBACK").status().IgnoreError();
  return why;
}

}  // namespace

absl::Status WakeOthers(Wire& wire) {
  wire.SendText(kNotify, {});
  return FinishAll(wire).status();
}

absl::Status AddDaemon(Wire& wire, std::string_view daemon, int64_t opened,
                       std::string_view about) {
  wire.SendText(kAdd, {Param::Text(daemon), Param::Int(opened), Param::Blob(about)});
  return FinishAll(wire).status();
}

absl::Status AwaitKnown(Wire& wire, std::string_view daemon, int64_t opened,
                        absl::Duration given_up_after) {
  const base::RealClock clock;
  const absl::Duration until = clock.Monotonic() + 2 * given_up_after;
  for (;;) {
    SKYDEN_RETURN_IF_ERROR(WakeOthers(wire));
    // It lives all the while.
    wire.SendText(kBeat, {Param::Text(daemon), Param::Int(opened)});
    wire.SendText(kCountUnknowing, {Param::Text(daemon), Param::Int(opened),
                                    Param::Int(absl::ToInt64Milliseconds(given_up_after))});
    SKYDEN_ASSIGN_OR_RETURN(const auto results, FinishAll(wire));
    if (Number(results[1]) == 0) return absl::OkStatus();
    if (clock.Monotonic() > until) {
      return absl::UnavailableError(
          "other daemons of this database do not take notice of this one");
    }
    absl::SleepFor(kPause);
  }
}

absl::StatusOr<bool> Beat(Wire& wire, std::string_view daemon, int64_t opened,
                          std::string_view told, std::string_view about,
                          absl::Duration given_up_after) {
  wire.SendText(kBeatAndTell,
                {Param::Text(daemon), Param::Int(opened), Param::Text(told), Param::Blob(about)});
  wire.SendText(kCountUnseen,
                {Param::Text(daemon), Param::Int(absl::ToInt64Milliseconds(given_up_after))});
  SKYDEN_ASSIGN_OR_RETURN(const auto results, FinishAll(wire));
  if (Changed(results[0]) != 1) return absl::NotFoundError("this daemon was given up by others");
  return Number(results[1]) > 0;
}

absl::StatusOr<std::string> NoteInJournal(Wire& wire, std::string_view daemon,
                                          std::string_view changes) {
  const std::string batch = base::RandomBytes(kBatchIdBytes);
  wire.SendText(kNoteOpening, {Param::Blob(batch), Param::Text(daemon), Param::Blob(changes)});
  SKYDEN_ASSIGN_OR_RETURN(const auto results, FinishAll(wire));
  return ResultRow(results[0].get(), 0).String(0);
}

absl::StatusOr<int64_t> CountUnheard(Wire& wire, std::string_view daemon,
                                     std::string_view transaction) {
  wire.SendText(kCountUnheard, {Param::Text(daemon), Param::Text(transaction)});
  SKYDEN_ASSIGN_OR_RETURN(const auto results, FinishAll(wire));
  return Number(results[0]);
}

absl::Status GiveUpOthers(Wire& wire, std::string_view daemon, absl::Duration given_up_after) {
  // Not waited for: whoever waits for this lock keeps all others from writing.
  wire.SendText("BEGIN", {});
  wire.SendText("SELECT pg_catalog.pg_try_advisory_xact_lock($1)::pg_catalog.int4",
                {Param::Int(kWritersLock)});
  auto begun = FinishAll(wire);
  if (!begun.ok()) return RollBack(wire, begun.status());
  if (Number((*begun)[1]) != 1) return RollBack(wire, absl::OkStatus());
  wire.SendText(kRemoveUnseen,
                {Param::Text(daemon), Param::Int(absl::ToInt64Milliseconds(given_up_after))});
  auto removed = FinishAll(wire);
  if (!removed.ok()) return RollBack(wire, removed.status());
  if (Changed((*removed)[0]) == 0) return RollBack(wire, absl::OkStatus());
  wire.SendText(kCountUp, {});
  wire.SendText("COMMIT", {});
  const auto committed = FinishAll(wire);
  return committed.ok() ? absl::OkStatus() : RollBack(wire, committed.status());
}

absl::Status RemoveDaemon(Wire& wire, std::string_view daemon) {
  wire.SendText("BEGIN", {});
  wire.SendText("SELECT pg_catalog.pg_advisory_xact_lock($1)", {Param::Int(kWritersLock)});
  wire.SendText(kRemove, {Param::Text(daemon)});
  wire.SendText(kCountUp, {});
  wire.SendText("COMMIT", {});
  const auto removed = FinishAll(wire);
  if (!removed.ok()) return RollBack(wire, removed.status());
  return WakeOthers(wire);
}

absl::StatusOr<std::vector<DaemonRow>> ListDaemons(Wire& wire) {
  wire.SendText(kList, {});
  SKYDEN_ASSIGN_OR_RETURN(const auto results, FinishAll(wire));
  std::vector<DaemonRow> daemons;
  for (int n = 0; n < PQntuples(results[0].get()); ++n) {
    const ResultRow row(results[0].get(), n);
    daemons.push_back({row.String(0), row.String(1), absl::Milliseconds(row.Int(2)), row.Int(3),
                       absl::Milliseconds(row.Int(4))});
  }
  return daemons;
}

}  // namespace skyden::store::postgres
