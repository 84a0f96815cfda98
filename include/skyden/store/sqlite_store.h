// SPDX-License-Identifier: Apache-2.0
// The embedded engine. This header names no SQLite type.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/sealer.h"
#include "skyden/store/store.h"

namespace skyden::store {

struct SqliteOptions {
  std::string directory;  // holds skyden.db and its WAL; created with mode 0700
  int readers = 4;        // connections for reads
  std::string vfs;        // empty: the default; tests name a faulty one
  // For the tests that prove that FULL matters. Anything acknowledged needs FULL.
  enum class Synchronous { kFull, kNormal } synchronous = Synchronous::kFull;
  // Called once, on the writer's thread, when writes stopped for good. The process should exit.
  absl::AnyInvocable<void(absl::Status)> on_fatal;
};

// Opens or creates the database and brings its schema up to date.
// FAILED_PRECONDITION when the file was written by a newer version; UNAVAILABLE when another
// process holds it. `registry` and `sealer` must outlive the store.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(SqliteOptions options,
                                                       const model::TypeRegistry& registry,
                                                       const Sealer& sealer);

}  // namespace skyden::store
