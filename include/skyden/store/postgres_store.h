// SPDX-License-Identifier: Apache-2.0
// PostgreSQL as the engine. This header names no type of its client library.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/history.h"
#include "skyden/store/quotas.h"
#include "skyden/store/sealer.h"
#include "skyden/store/store.h"

namespace skyden::store {

// Where the database is, and as whom it is entered: connection strings in libpq's words, or URIs.
// They may hold passwords. Away from a socket the server must prove who it is (verify-full).
struct PostgresLogins {
  std::string app;      // skyden_app: the rows of a scope
  std::string system;   // skyden_system: what comes before any scope
  std::string ca_file;  // who vouches for the server; empty: as the strings say
};

// Reads `path`: a line "app <connection string>" and a line "system <connection string>"; blank
// lines and those that begin with # say nothing. NOT_FOUND; PERMISSION_DENIED when others may read
// the file; INVALID_ARGUMENT names the line, never what it holds.
absl::StatusOr<PostgresLogins> LoadPostgresLogins(const std::string& path);
// Reads `path`: one line, the connection string of who migrates. Errors as above.
absl::StatusOr<std::string> LoadPostgresOwner(const std::string& path);

struct PostgresOptions {
  PostgresLogins logins;
  int readers = 4;  // connections for reads
  // A server whose commits wait for no standby is a weak set-up.
  bool require_sync = false;
  // A server that says nothing for so long is given up, and another one looked for.
  absl::Duration silence = absl::Seconds(5);
  // So long a write waits for a database that went away: less than edges wait for an answer. Later
  // ones are refused at once until it is there again.
  absl::Duration patience = absl::Seconds(20);
  // See SqliteOptions.
  enum class OldKeys { kInUse, kForgotten } old_keys = OldKeys::kInUse;
  // kShared: beside other daemons, each of which says so.
  enum class Sharing { kAlone, kShared } sharing = Sharing::kAlone;
  std::string about = {};  // kShared: what is shown to whoever lists the daemons
  // kShared: a daemon that was not seen for so long is given up by the others.
  absl::Duration given_up_after = absl::Seconds(6);
  Usage quota = {};
  HistoryLimits history = {};
  // Called once, on a thread of the store's, when another daemon has opened the database, or others
  // have given this one up. The process should exit. A database that cannot be reached is no such
  // end: Store::Writable says so, and it heals.
  absl::AnyInvocable<void(absl::Status)> on_fatal;
};

// Opens a database that MigratePostgres made, for this daemon alone or beside others. UNAVAILABLE
// when it cannot be reached, or another daemon has it alone; FAILED_PRECONDITION, saying what to
// do, when its schema is not this version's, or the set-up is weak (CheckPostgres); DATA_LOSS when
// `sealer` does not open what is stored. `registry` and `sealer` must outlive the store.
absl::StatusOr<std::unique_ptr<Store>> OpenPostgresStore(PostgresOptions options,
                                                         const model::TypeRegistry& registry,
                                                         const Sealer& sealer);

// What weakens a set-up, in plain words with what to do, one each; none when it is sound. An error
// when it cannot be looked at.
absl::StatusOr<std::vector<std::string>> CheckPostgres(const PostgresLogins& logins,
                                                       bool require_sync);

// Makes the roles, when `conninfo` is of somebody who may, and brings the schema up to date. May be
// run again, and by several at once.
absl::Status MigratePostgres(const std::string& conninfo, const std::string& ca_file);
// The same as a script for an administrator to run, for an empty database.
std::string PostgresSchemaScript();

}  // namespace skyden::store
