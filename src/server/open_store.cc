// SPDX-License-Identifier: Apache-2.0
#include "server/open_store.h"

#include <unistd.h>

#include <utility>

#include "fmt/format.h"
#include "server/errors.h"
#include "server/private_dir.h"
#include "skyden/base/status.h"
#include "skyden/identity/bootstrap.h"

namespace skyden::server {

namespace {

constexpr char kOwnKeyFile[] = "secrets.key";

std::string TokenFileOf(const Config& config) {
  return config.data_dir + "/" + identity::kAdminTokenFile;
}

store::Usage QuotaOf(const Config& config) {
  return {static_cast<uint64_t>(config.quota_resources),
          static_cast<uint64_t>(config.quota_mib) << 20, static_cast<uint64_t>(config.quota_zones)};
}

absl::StatusOr<std::unique_ptr<store::Store>> OpenSqlite(
    const Config& config, std::unique_ptr<store::HeldDatabase> held,
    const model::TypeRegistry& registry, const store::Sealer& sealer,
    absl::AnyInvocable<void(absl::Status)> on_fatal, OldKeys old_keys) {
  store::SqliteOptions options;
  options.directory = config.data_dir;
  options.readers = config.store_readers;
  options.held = std::move(held);
  options.old_keys = old_keys;
  options.quota = QuotaOf(config);
  options.history.bytes_max = static_cast<uint64_t>(config.history_mib) << 20;
  options.on_fatal = std::move(on_fatal);
  return store::OpenSqliteStore(std::move(options), registry, sealer);
}

absl::StatusOr<std::unique_ptr<store::Store>> OpenPostgres(
    const Config& config, const model::TypeRegistry& registry, const store::Sealer& sealer,
    absl::AnyInvocable<void(absl::Status)> on_fatal, OldKeys old_keys,
    std::optional<std::string> beside) {
  store::PostgresOptions options;
  if (beside.has_value()) {
    options.sharing = store::PostgresOptions::Sharing::kShared;
    options.about = *std::move(beside);
  }
  SKYDEN_ASSIGN_OR_RETURN(options.logins, PostgresLoginsOf(config));
  options.readers = config.store_readers;
  options.require_sync = config.postgres_require_sync;
  options.old_keys = old_keys == OldKeys::kForgotten ? store::PostgresOptions::OldKeys::kForgotten
                                                     : store::PostgresOptions::OldKeys::kInUse;
  options.quota = QuotaOf(config);
  options.history.bytes_max = static_cast<uint64_t>(config.history_mib) << 20;
  options.on_fatal = std::move(on_fatal);
  auto opened = store::OpenPostgresStore(std::move(options), registry, sealer);
  if (absl::IsInvalidArgument(opened.status())) {
    return About("postgres_dsn_file", opened.status());
  }
  return opened;
}

}  // namespace

std::string DatabaseOf(const Config& config) { return config.data_dir + "/skyden.db"; }

std::string SecretsKeyFileOf(const Config& config) {
  return config.secrets_key_file.empty() ? config.data_dir + "/" + kOwnKeyFile
                                         : config.secrets_key_file;
}

absl::StatusOr<HeldDataDir> HoldDataDir(const Config& config, Trust trust) {
  SKYDEN_RETURN_IF_ERROR(CheckPrivateDir(config.data_dir));
  HeldDataDir held;
  if (InDataDir(config)) {
    auto database = store::HoldDatabase(
        config.data_dir, {.signs = {kOwnKeyFile, identity::kAdminTokenFile}, .trust = trust});
    if (!database.ok()) return About("data_dir", database.status());
    held.database = *std::move(database);
  } else {
    auto lock = store::DirectoryLock::Take(config.data_dir);
    if (!lock.ok()) return About("data_dir", lock.status());
    held.lock = *std::move(lock);
  }
  return held;
}

absl::Status CheckEngine(const Config& config) {
  if (InDataDir(config) || access(DatabaseOf(config).c_str(), F_OK) != 0) return absl::OkStatus();
  return About("store", absl::FailedPreconditionError(fmt::format(
                            "{} is a database of store sqlite, and would not be used: move it "
                            "away to begin anew on PostgreSQL",
                            DatabaseOf(config))));
}

absl::Status CheckDatabaseThere(const Config& config) {
  SKYDEN_RETURN_IF_ERROR(CheckEngine(config));
  const std::string there = InDataDir(config) ? DatabaseOf(config) : config.data_dir;
  if (access(there.c_str(), F_OK) == 0) return absl::OkStatus();
  const char* const missing = InDataDir(config) ? "database in " : "";
  return About("data_dir",
               absl::NotFoundError(fmt::format("there is no {}{}", missing, config.data_dir)));
}

absl::StatusOr<store::PostgresLogins> PostgresLoginsOf(const Config& config) {
  auto logins = store::LoadPostgresLogins(config.postgres_dsn_file);
  if (!logins.ok()) {
    // The operator's to mend, as a wrong value would be.
    return About("postgres_dsn_file", absl::InvalidArgumentError(logins.status().message()));
  }
  logins->ca_file = config.postgres_ca_file;
  return logins;
}

absl::StatusOr<OpenedStore> OpenStore(const Config& config, HeldDataDir held,
                                      const model::TypeRegistry& registry,
                                      absl::AnyInvocable<void(absl::Status)> on_fatal,
                                      OldKeys old_keys, std::optional<std::string> beside) {
  OpenedStore opened;
  opened.lock = std::move(held.lock);
  const std::string key_file = SecretsKeyFileOf(config);
  // Whether the database on a server is new is not known yet; a token was made after a key.
  const bool may_make = held.database != nullptr ? held.database->is_new()
                                                 : access(TokenFileOf(config).c_str(), F_OK) != 0;
  const bool is_made = may_make && access(key_file.c_str(), F_OK) != 0;
  auto sealer = store::LoadSealer(
      key_file, may_make ? store::MissingKeyFile::kIsMade : store::MissingKeyFile::kIsRefused);
  if (sealer.status().code() == absl::StatusCode::kPermissionDenied) {
    // Its mode is the operator's to mend, as a wrong value would be.
    return About("secrets_key_file", absl::InvalidArgumentError(sealer.status().message()));
  }
  if (!sealer.ok()) return About("secrets_key_file", sealer.status());
  opened.sealer = *std::move(sealer);
  auto store = InDataDir(config) ? OpenSqlite(config, std::move(held.database), registry,
                                              *opened.sealer, std::move(on_fatal), old_keys)
                                 : OpenPostgres(config, registry, *opened.sealer,
                                                std::move(on_fatal), old_keys, std::move(beside));
  // A key that may open nothing must not be taken for the one that does.
  if (!store.ok() && is_made && !InDataDir(config)) unlink(key_file.c_str());
  if (absl::IsDataLoss(store.status())) return About("secrets_key_file", store.status());
  if (absl::IsInvalidArgument(store.status())) return store.status();
  if (!store.ok()) return About(InDataDir(config) ? "data_dir" : "store", store.status());
  opened.store = *std::move(store);
  return opened;
}

}  // namespace skyden::server
