// SPDX-License-Identifier: Apache-2.0
// tenant -> counts, each under a lock of its own: counting a large control plane for the first time
// makes nobody else wait. An entry holds on to the views it counted, so entries are bounded by how
// many resources those have.
#include "skyden/insights/figures.h"

#include <list>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "insights/tenant_figures.h"
#include "skyden/base/check.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::insights {
namespace {

// What an entry is worth beside the resources it counts.
constexpr size_t kEntryItems = 64;

class CachedFigures final : public Figures {
 public:
  explicit CachedFigures(Deps deps)
      : deps_(std::move(deps)), types_{Type("Mesh"),
                                       Type("Dataplane"),
                                       Type("DataplaneInsight"),
                                       Type("ExternalService"),
                                       Type("ZoneInsight"),
                                       Type("ZoneIngressInsight"),
                                       Type("ZoneEgressInsight")} {}

  absl::StatusOr<std::shared_ptr<const TenantFigures>> Get(
      const model::TenantScope& scope) override {
    absl::StatusOr<CountedViews> views = Views(scope);
    if (!views.ok()) {
      if (absl::IsNotFound(views.status())) Forget(scope.tenant());
      return views.status();
    }
    const std::shared_ptr<Entry> entry = FindOrAdd(scope.tenant());
    std::shared_ptr<const TenantFigures> figures;
    size_t items = 0;
    {
      absl::MutexLock lock(&entry->mu);
      figures = entry->counts.Advance(*views, deps_.clock.Now());
      items = entry->counts.items();
    }
    Weigh(*entry, items + kEntryItems);
    return figures;
  }

  absl::StatusOr<std::shared_ptr<const ZonePresence>> Presence(
      const model::TenantScope& scope) override {
    SKYDEN_ASSIGN_OR_RETURN(const auto figures, Get(scope));
    return figures->presence;
  }

 private:
  void Forget(model::TenantKey tenant) {
    absl::MutexLock lock(&mu_);
    const auto found = entries_.find(tenant);
    if (found != entries_.end()) Drop(*found->second);
  }

  struct Entry {
    absl::Mutex mu;
    TenantCounts counts ABSL_GUARDED_BY(mu);
    // The rest is guarded by the cache's lock.
    model::TenantKey tenant{};
    size_t items = 0;
    bool cached = true;
    std::list<std::shared_ptr<Entry>>::iterator recent;
  };
  struct Types {
    model::TypeId mesh, dataplane, dataplane_insight, external_service;
    model::TypeId zone_insight, zone_ingress_insight, zone_egress_insight;
  };

  model::TypeId Type(const char* name) const {
    const model::TypeDescriptor* type = deps_.registry.FindByName(name);
    SKYDEN_CHECK(type != nullptr);
    return type->id;
  }

  absl::StatusOr<CountedViews> Views(const model::TenantScope& scope) {
    CountedViews views;
    const std::pair<CountedViews::View*, model::TypeId> wanted[] = {
        {&views.meshes, types_.mesh},
        {&views.dataplanes, types_.dataplane},
        {&views.dataplane_insights, types_.dataplane_insight},
        {&views.external_services, types_.external_service},
        {&views.zone_insights, types_.zone_insight},
        {&views.zone_ingress_insights, types_.zone_ingress_insight},
        {&views.zone_egress_insights, types_.zone_egress_insight},
    };
    for (const auto& [view, type] : wanted) {
      SKYDEN_ASSIGN_OR_RETURN(*view, deps_.views.Get(scope, type));
    }
    return views;
  }

  std::shared_ptr<Entry> FindOrAdd(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto found = entries_.find(tenant);
    if (found != entries_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second->recent);
      return found->second;
    }
    auto entry = std::make_shared<Entry>();
    entry->tenant = tenant;
    recent_.push_front(entry);
    entry->recent = recent_.begin();
    entries_.emplace(tenant, entry);
    return entry;
  }

  void Weigh(Entry& entry, size_t items) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (!entry.cached) return;
    items_ = items_ - entry.items + items;
    entry.items = items;
    // The one in use stays, even when it alone is over the bound.
    while (items_ > base::limits::kFiguresItems && recent_.size() > 1) Drop(*recent_.back());
  }

  void Drop(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    items_ -= entry.items;
    entry.cached = false;
    const std::shared_ptr<Entry> alive = *entry.recent;
    entries_.erase(entry.tenant);
    recent_.erase(entry.recent);
  }

  const Deps deps_;
  const Types types_;
  absl::Mutex mu_;
  absl::flat_hash_map<model::TenantKey, std::shared_ptr<Entry>> entries_ ABSL_GUARDED_BY(mu_);
  std::list<std::shared_ptr<Entry>> recent_ ABSL_GUARDED_BY(mu_);  // most recently used first
  size_t items_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace

std::unique_ptr<Figures> Figures::Create(Deps deps) {
  return std::make_unique<CachedFigures>(std::move(deps));
}

}  // namespace skyden::insights
