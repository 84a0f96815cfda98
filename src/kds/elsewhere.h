// SPDX-License-Identifier: Apache-2.0
// Zones that connected to another daemon of the same database: there they are now, and what is left
// of them here ends. Which connection is the newest is told by the zone's insight, where each
// daemon adds its own in a transaction: the order of commits is the order of sessions, and no
// clock's.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "kds/zone_registry.h"
#include "skyden/base/executor.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::kds {

// What the streams of such a zone end with.
absl::Status ConnectedElsewhere();
// In a write for a zone that is here by `subscription`. ABORTED when it is elsewhere by now.
absl::Status CheckNotElsewhere(store::WriteTx& tx, const model::TypeDescriptor& insight,
                               const std::string& zone, const std::string& subscription);

// Thread-safe.
class Elsewhere : public std::enable_shared_from_this<Elsewhere> {
 public:
  struct Deps {
    ZoneRegistry& zones;
    resources::ResourceViews& views;
    base::Executor& workers;
    base::Timers& timers;
    model::TypeId insight{};
  };
  explicit Elsewhere(Deps deps) : deps_(deps) {}

  // Insights of the control plane's zones changed (nullopt: of any). Hands over.
  void OnInsights(std::optional<model::TenantKey> tenant) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void OnInsightsOf(const std::shared_ptr<TenantHub>& hub) ABSL_LOCKS_EXCLUDED(mu_);
  void Review(const std::shared_ptr<TenantHub>& hub) ABSL_LOCKS_EXCLUDED(mu_);

  const Deps deps_;
  absl::Mutex mu_;
  absl::flat_hash_set<model::TenantKey> waiting_ ABSL_GUARDED_BY(mu_);  // for their review
};

}  // namespace skyden::kds
