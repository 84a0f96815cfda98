// SPDX-License-Identifier: Apache-2.0
// The store that a configuration names, with what opens its secrets.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/model/type_registry.h"
#include "skyden/server/config.h"
#include "skyden/store/postgres_store.h"
#include "skyden/store/sealer.h"
#include "skyden/store/sqlite_store.h"
#include "skyden/store/store.h"

namespace skyden::server {

struct OpenedStore {
  std::unique_ptr<store::Sealer> sealer;  // outlives the store
  std::unique_ptr<store::Store> store;
};

inline bool InDataDir(const Config& config) { return config.store == Config::Engine::kSqlite; }
// How the settings say to enter PostgreSQL. Errors name the setting.
absl::StatusOr<store::PostgresLogins> PostgresLoginsOf(const Config& config);

std::string SecretsKeyFileOf(const Config& config);

// FAILED_PRECONDITION when `data_dir` holds a database that `config` does not name: what is in it
// would seem to be gone. NOT_FOUND, for work on what is there, when there is none.
absl::Status CheckEngine(const Config& config);
absl::Status CheckDatabaseThere(const Config& config);

// The data directory for this process alone. Errors name the setting that is at fault.
using Trust = store::HoldOptions::Trust;
absl::StatusOr<std::unique_ptr<store::HeldDatabase>> HoldDataDir(const Config& config,
                                                                 Trust trust = Trust::kAsLeft);

// Where `config` names PostgreSQL, `held` is nullptr: the server knows whose it is. Makes what a
// new database needs. Errors as above. `registry` must outlive the store; `on_fatal` and `old_keys`
// as in SqliteOptions.
using OldKeys = store::SqliteOptions::OldKeys;
absl::StatusOr<OpenedStore> OpenStore(const Config& config,
                                      std::unique_ptr<store::HeldDatabase> held,
                                      const model::TypeRegistry& registry,
                                      absl::AnyInvocable<void(absl::Status)> on_fatal,
                                      OldKeys old_keys = OldKeys::kInUse);

}  // namespace skyden::server
