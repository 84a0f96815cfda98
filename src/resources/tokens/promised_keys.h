// SPDX-License-Identifier: Apache-2.0
// Signing keys that exist for everybody but are made when somebody first looks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "resources/write/defaults.h"
#include "skyden/base/crypto.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/store/records.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// Remembers of which control planes nothing is promised; the store's changes say when that is over.
//
// Thread-safe.
class PromisedKeys {
 public:
  using KeysFor = ResourceManager::KeysFor;

  PromisedKeys(store::Store& store, base::RsaKeyPool& pool, const CoreTypes& types)
      : store_(store), pool_(pool), types_(types) {}

  // Makes what is promised for `whom`. One caller at a time works for a tenant; the others wait.
  absl::Status Materialise(const model::TenantScope& scope, KeysFor whom) ABSL_LOCKS_EXCLUDED(mu_);

  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct State {
    bool zones_done = false;   // nothing is promised that zones see
    bool anyone_done = false;  // nothing is promised at all
    bool working = false;
    uint64_t generation = 0;  // counts changes that may have promised

    bool Done(KeysFor whom) const { return anyone_done || (whom == KeysFor::kZones && zones_done); }
  };
  struct Made {
    store::PendingKey promise;
    std::string data;
  };

  static void Doubt(State& state);
  absl::Status Work(const model::TenantScope& scope, KeysFor whom);
  absl::StatusOr<std::vector<store::PendingKey>> Pending(const model::TenantScope& scope,
                                                         KeysFor whom);
  absl::StatusOr<std::string> Make(const model::TenantScope& scope,
                                   const store::PendingKey& promise,
                                   const std::vector<Made>& made_before);
  absl::StatusOr<std::string> MakeAdminToken(const model::TenantScope& scope,
                                             const store::PendingKey& promise,
                                             const std::vector<Made>& made_before);
  absl::Status Save(const model::TenantScope& scope, const std::vector<Made>& made);

  store::Store& store_;
  base::RsaKeyPool& pool_;
  const CoreTypes& types_;
  absl::Mutex mu_;
  absl::CondVar work_done_;
  absl::flat_hash_map<model::TenantKey, State> states_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::resources
