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
#include "skyden/store/sealer.h"
#include "skyden/store/store.h"

namespace skyden::server {

struct OpenedStore {
  std::unique_ptr<store::Sealer> sealer;  // outlives the store
  std::unique_ptr<store::Store> store;
};

std::string SecretsKeyFileOf(const Config& config);

// Makes what is not there yet. Errors name the setting that is at fault. `registry` must outlive
// the store; `on_fatal` as in SqliteOptions.
absl::StatusOr<OpenedStore> OpenStore(const Config& config, const model::TypeRegistry& registry,
                                      absl::AnyInvocable<void(absl::Status)> on_fatal);

}  // namespace skyden::server
