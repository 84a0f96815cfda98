// SPDX-License-Identifier: Apache-2.0
#include "server/open_store.h"

#include <utility>

#include "server/errors.h"
#include "server/private_dir.h"
#include "skyden/base/status.h"
#include "skyden/identity/bootstrap.h"

namespace skyden::server {

namespace {

constexpr char kOwnKeyFile[] = "secrets.key";

}  // namespace

std::string SecretsKeyFileOf(const Config& config) {
  return config.secrets_key_file.empty() ? config.data_dir + "/" + kOwnKeyFile
                                         : config.secrets_key_file;
}

absl::StatusOr<std::unique_ptr<store::HeldDatabase>> HoldDataDir(const Config& config,
                                                                 Trust trust) {
  SKYDEN_RETURN_IF_ERROR(CheckPrivateDir(config.data_dir));
  auto held = store::HoldDatabase(
      config.data_dir, {.signs = {kOwnKeyFile, identity::kAdminTokenFile}, .trust = trust});
  if (!held.ok()) return About("data_dir", held.status());
  return held;
}

absl::StatusOr<OpenedStore> OpenStore(const Config& config,
                                      std::unique_ptr<store::HeldDatabase> held,
                                      const model::TypeRegistry& registry,
                                      absl::AnyInvocable<void(absl::Status)> on_fatal,
                                      OldKeys old_keys) {
  OpenedStore opened;
  auto sealer = store::LoadSealer(
      SecretsKeyFileOf(config),
      held->is_new() ? store::MissingKeyFile::kIsMade : store::MissingKeyFile::kIsRefused);
  if (sealer.status().code() == absl::StatusCode::kPermissionDenied) {
    // Its mode is the operator's to mend, as a wrong value would be.
    return About("secrets_key_file", absl::InvalidArgumentError(sealer.status().message()));
  }
  if (!sealer.ok()) return About("secrets_key_file", sealer.status());
  opened.sealer = *std::move(sealer);
  store::SqliteOptions options;
  options.directory = config.data_dir;
  options.readers = config.store_readers;
  options.held = std::move(held);
  options.old_keys = old_keys;
  options.quota = {static_cast<uint64_t>(config.quota_resources),
                   static_cast<uint64_t>(config.quota_mib) << 20,
                   static_cast<uint64_t>(config.quota_zones)};
  options.on_fatal = std::move(on_fatal);
  auto store = store::OpenSqliteStore(std::move(options), registry, *opened.sealer);
  if (absl::IsDataLoss(store.status())) return About("secrets_key_file", store.status());
  if (!store.ok()) return About("data_dir", store.status());
  opened.store = *std::move(store);
  return opened;
}

}  // namespace skyden::server
