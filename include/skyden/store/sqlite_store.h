// SPDX-License-Identifier: Apache-2.0
// The embedded engine. This header names no SQLite type.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/history.h"
#include "skyden/store/quotas.h"
#include "skyden/store/sealer.h"
#include "skyden/store/store.h"
#include "skyden/store/write_timings.h"

namespace skyden::store {

// The files of a database, for this process alone, and found to be what they were left as.
class HeldDatabase {
 public:
  virtual ~HeldDatabase() = default;
  // There is no database yet, or only what a first start left that was cut short.
  virtual bool is_new() const = 0;
  // It cannot be told that everything that was ever acknowledged is there: what is remembered
  // elsewhere of this database may be of a later time. A restored copy, for one.
  virtual bool may_have_gone_back() const = 0;
};

struct HoldOptions {
  // Files of the directory that are only there beside a database: one without it is no new one.
  std::vector<std::string> signs;
  // kAsFound: what is there is meant to be there, a restored backup for one.
  enum class Trust { kAsLeft, kAsFound } trust = Trust::kAsLeft;
};

// Creates `directory` with mode 0700. UNAVAILABLE when another process holds it;
// FAILED_PRECONDITION, saying what to do, when a file is missing, cut short, torn, or not the one
// it was; NOT_FOUND when there is nothing to take as found.
absl::StatusOr<std::unique_ptr<HeldDatabase>> HoldDatabase(const std::string& directory,
                                                           const HoldOptions& options = {});

struct SqliteOptions {
  std::string directory;               // holds skyden.db and its WAL
  std::unique_ptr<HeldDatabase> held;  // nullptr: held by the opening
  int readers = 4;                     // connections for reads
  std::string vfs;                     // empty: the default; tests name a faulty one
  // For the tests that prove that FULL matters. Anything acknowledged needs FULL.
  enum class Synchronous { kFull, kNormal } synchronous = Synchronous::kFull;
  // What the store finds sealed under a key that is not the sealer's newest needs that key to open,
  // until it is told that nothing is left of that kind.
  enum class OldKeys { kInUse, kForgotten } old_keys = OldKeys::kInUse;
  // Of each control plane that has no other, nor its organization; 0: no limit.
  Usage quota = {};
  HistoryLimits history = {};
  // Called once, on the writer's thread, when writes stopped for good. The process should exit.
  absl::AnyInvocable<void(absl::Status)> on_fatal;
};

// Opens or creates the database and brings its schema up to date.
// Errors as HoldDatabase's; FAILED_PRECONDITION also when the file was written by a newer version;
// DATA_LOSS when `sealer` does not open what is stored. `registry` and `sealer` must outlive the
// store. Closing it leaves everything in skyden.db.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(SqliteOptions options,
                                                       const model::TypeRegistry& registry,
                                                       const Sealer& sealer);

}  // namespace skyden::store
