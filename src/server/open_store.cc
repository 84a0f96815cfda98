// SPDX-License-Identifier: Apache-2.0
#include "server/open_store.h"

#include <utility>

#include "server/errors.h"
#include "skyden/store/sqlite_store.h"

namespace skyden::server {

std::string SecretsKeyFileOf(const Config& config) {
  return config.secrets_key_file.empty() ? config.data_dir + "/secrets.key"
                                         : config.secrets_key_file;
}

absl::StatusOr<OpenedStore> OpenStore(const Config& config, const model::TypeRegistry& registry,
                                      absl::AnyInvocable<void(absl::Status)> on_fatal) {
  OpenedStore opened;
  auto sealer = store::LoadSealer(SecretsKeyFileOf(config));
  if (sealer.status().code() == absl::StatusCode::kPermissionDenied) {
    // Its mode is the operator's to mend, as a wrong value would be.
    return About("secrets_key_file", absl::InvalidArgumentError(sealer.status().message()));
  }
  if (!sealer.ok()) return About("secrets_key_file", sealer.status());
  opened.sealer = *std::move(sealer);
  store::SqliteOptions options;
  options.directory = config.data_dir;
  options.readers = config.store_readers;
  options.on_fatal = std::move(on_fatal);
  auto store = store::OpenSqliteStore(std::move(options), registry, *opened.sealer);
  if (!store.ok()) return About("data_dir", store.status());
  opened.store = *std::move(store);
  return opened;
}

}  // namespace skyden::server
