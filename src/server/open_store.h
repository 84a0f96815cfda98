// SPDX-License-Identifier: Apache-2.0
// The store that a configuration names, with what opens its secrets.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/model/type_registry.h"
#include "skyden/server/config.h"
#include "skyden/store/directory_lock.h"
#include "skyden/store/postgres_store.h"
#include "skyden/store/sealer.h"
#include "skyden/store/sqlite_store.h"
#include "skyden/store/store.h"

namespace skyden::server {

// The data directory for this process alone.
struct HeldDataDir {
  // nullptr where what is served stands elsewhere, and only keys and addresses are here.
  std::unique_ptr<store::HeldDatabase> database;
  std::optional<store::DirectoryLock> lock;  // where there is no database
};

struct OpenedStore {
  std::optional<store::DirectoryLock> lock;
  std::unique_ptr<store::Sealer> sealer;  // outlives the store
  std::unique_ptr<store::Store> store;
};

inline bool InDataDir(const Config& config) { return config.store == Config::Engine::kSqlite; }
// How the settings say to enter PostgreSQL. Errors name the setting.
absl::StatusOr<store::PostgresLogins> PostgresLoginsOf(const Config& config);

std::string DatabaseOf(const Config& config);  // kSqlite only
std::string SecretsKeyFileOf(const Config& config);

// FAILED_PRECONDITION when `data_dir` holds a database that `config` does not name: what is in it
// would seem to be gone. NOT_FOUND, for work on what is there, when there is none, or no directory.
absl::Status CheckEngine(const Config& config);
absl::Status CheckDatabaseThere(const Config& config);

// Errors name the setting that is at fault. UNAVAILABLE when another process holds it.
using Trust = store::HoldOptions::Trust;
absl::StatusOr<HeldDataDir> HoldDataDir(const Config& config, Trust trust = Trust::kAsLeft);

// Makes what a new database needs. Errors as above. `registry` must outlive the store; `on_fatal`
// and `old_keys` as in SqliteOptions. `beside`: what other daemons of the same database are told;
// nullopt: there are none.
using OldKeys = store::SqliteOptions::OldKeys;
absl::StatusOr<OpenedStore> OpenStore(const Config& config, HeldDataDir held,
                                      const model::TypeRegistry& registry,
                                      absl::AnyInvocable<void(absl::Status)> on_fatal,
                                      OldKeys old_keys = OldKeys::kInUse,
                                      std::optional<std::string> beside = std::nullopt);

}  // namespace skyden::server
