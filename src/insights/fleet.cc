// SPDX-License-Identifier: Apache-2.0
// tenant -> its zones, each under a lock of its own. Notices only mark: what was marked is counted
// anew when somebody asks, so that a control plane that nobody looks at costs nothing.
#include "skyden/insights/fleet.h"

#include <algorithm>
#include <atomic>
#include <list>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/synchronization/mutex.h"
#include "fmt/format.h"
#include "insights/tenant_figures.h"
#include "insights/zone_counts.h"
#include "skyden/base/check.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/store/audit.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::insights {
namespace {

// What an entry is worth beside its zones.
constexpr size_t kEntryZones = 4;

class KeptFleet final : public Fleet {
 public:
  explicit KeptFleet(Deps deps)
      : deps_(std::move(deps)),
        zone_(Type("Zone")),
        zone_insight_(Type("ZoneInsight")),
        counted_{zone_,
                 zone_insight_,
                 Type("Mesh"),
                 Type("Dataplane"),
                 Type("DataplaneInsight"),
                 Type("ExternalService"),
                 Type("ZoneIngressInsight"),
                 Type("ZoneEgressInsight")},
        changes_(deps_.store.Subscribe(std::nullopt,
                                       [this](const store::Change& change) { OnChange(change); })),
        audits_(deps_.store.SubscribeAudit(
            [this](const store::AuditGrowth& growth) { OnAudit(growth); })) {}

  absl::StatusOr<Reading> Read(const model::OrganizationScope& scope) override {
    SKYDEN_ASSIGN_OR_RETURN(const auto listed, deps_.control_planes.All(scope));
    ListenToZones();
    Reading reading{listed.all, {}, deps_.clock.Now()};
    reading.members.reserve(listed.listed.size());
    for (const store::ControlPlaneRecord* record : listed.listed) {
      if (!scope.access().Reads(record->tenant)) continue;
      auto member = MemberOf(*record, reading.at);
      if (absl::IsNotFound(member.status())) continue;  // gone since the list was read
      if (!member.ok()) return member.status();
      reading.members.push_back(*std::move(member));
    }
    return reading;
  }

  std::shared_ptr<void> Subscribe(Stale stale) override {
    auto listener = std::make_shared<Stale>(std::move(stale));
    absl::MutexLock lock(&mu_);
    std::erase_if(listeners_, [](const auto& weak) { return weak.expired(); });
    listeners_.push_back(listener);
    return listener;
  }

  void Close() override {
    changes_.reset();
    audits_.reset();
    absl::MutexLock lock(&mu_);
    zone_news_.reset();
    closed_ = true;
  }

 private:
  struct Entry {
    std::atomic<bool> is_stale{true};
    std::atomic<bool> is_audit_stale{true};
    absl::Mutex mu;
    ZoneTally tally ABSL_GUARDED_BY(mu);
    TenantZonesRef zones ABSL_GUARDED_BY(mu);
    uint64_t stamp ABSL_GUARDED_BY(mu) = 0;
    std::optional<absl::Time> last_change ABSL_GUARDED_BY(mu);
    // The rest is guarded by the fleet's lock.
    model::OrganizationKey organization{};
    model::TenantKey tenant{};
    size_t weight = 0;
    bool kept = true;
    std::list<std::shared_ptr<Entry>>::iterator recent;
  };

  model::TypeId Type(const char* name) const {
    const model::TypeDescriptor* type = deps_.registry.FindByName(name);
    SKYDEN_CHECK(type != nullptr);
    return type->id;
  }

  // Whoever serves zones is built after this, and there once somebody asks.
  void ListenToZones() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (zone_news_ != nullptr || closed_ || !deps_.zones.subscribe) return;
    zone_news_ =
        deps_.zones.subscribe([this](model::OrganizationKey organization, model::TenantKey tenant) {
          MarkStale(tenant);
          Tell(organization);
        });
  }

  absl::StatusOr<Member> MemberOf(const store::ControlPlaneRecord& record, absl::Time now) {
    const std::shared_ptr<Entry> entry = FindOrAdd(record);
    Member member{&record, nullptr, 0};
    {
      absl::MutexLock lock(&entry->mu);
      const bool is_over = entry->zones != nullptr && now >= entry->zones->good_until;
      // Taken back first: what changes from here on is not missed.
      if (entry->is_stale.exchange(false) || is_over || entry->zones == nullptr) {
        const absl::Status counted = Count(record, now, *entry);
        if (!counted.ok()) {
          entry->is_stale = true;
          return counted;
        }
      }
      member.zones = entry->zones;
      member.stamp = entry->stamp;
    }
    Weigh(*entry, member.zones->zones.size() + kEntryZones);
    return member;
  }

  absl::Status Count(const store::ControlPlaneRecord& record, absl::Time now, Entry& entry)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(entry.mu) {
    const model::TenantScope scope =
        model::SystemScope::For("count the zones of a control plane")
            .In(record.organization, record.tenant, record.id, record.version());
    SKYDEN_ASSIGN_OR_RETURN(const auto zones, deps_.views.Get(scope, zone_));
    SKYDEN_ASSIGN_OR_RETURN(const auto insights, deps_.views.Get(scope, zone_insight_));
    SKYDEN_ASSIGN_OR_RETURN(const auto figures, deps_.figures.Get(scope));
    if (entry.is_audit_stale.exchange(false)) {
      auto changed = LastChange(scope);
      if (!changed.ok()) entry.is_audit_stale = true;
      SKYDEN_RETURN_IF_ERROR(changed.status());
      entry.last_change = *changed;
    }
    std::optional<absl::Time> last_change = record.updated_at;
    if (entry.last_change.has_value()) {
      last_change = std::max(*last_change, *entry.last_change);
    }
    std::vector<LiveZone> connected;
    if (deps_.zones.connected) connected = deps_.zones.connected(scope);
    std::vector<RefusedZone> refused;
    if (deps_.zones.refused) refused = deps_.zones.refused(scope);
    const TenantZonesRef before = entry.zones;
    entry.zones = entry.tally.Advance({.zones = *zones,
                                       .zone_insights = *insights,
                                       .proxies = figures->zone_proxies,
                                       .connected = connected,
                                       .refused = refused,
                                       .suspension = record.suspension,
                                       .last_change = last_change,
                                       .now = now});
    if (entry.zones != before) entry.stamp = ++last_stamp_;
    return absl::OkStatus();
  }

  // When a resource was last changed by a person.
  absl::StatusOr<std::optional<absl::Time>> LastChange(const model::TenantScope& scope) {
    store::AuditQuery query;
    query.action = "resource";
    query.limit = 1;
    std::optional<absl::Time> last;
    SKYDEN_RETURN_IF_ERROR(deps_.store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage page, tx.ListAudit(query));
      if (!page.entries.empty()) last = page.entries.front().note.at;
      return absl::OkStatus();
    }));
    return last;
  }

  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu_) {
    const bool about_zones = std::any_of(counted_.begin(), counted_.end(),
                                         [&](model::TypeId type) { return change.Names(type); }) ||
                             change.self != store::Change::Self::kSame || !change.tokens.empty();
    if (!about_zones && !change.all) return;
    if (change.tenant == model::kNoTenant) {
      MarkAllStale(change);
    } else if (change.self == store::Change::Self::kGone) {
      Forget(change.tenant);
    } else {
      MarkStale(change.tenant);
    }
    const bool is_told = change.all || change.self != store::Change::Self::kSame ||
                         change.Names(zone_) || change.Names(zone_insight_);
    if (is_told) Tell(change.organization);
  }

  void Tell(model::OrganizationKey organization) ABSL_LOCKS_EXCLUDED(mu_) {
    std::vector<std::shared_ptr<const Stale>> listeners;
    {
      absl::MutexLock lock(&mu_);
      for (const auto& weak : listeners_) {
        if (auto listener = weak.lock()) listeners.push_back(std::move(listener));
      }
    }
    for (const auto& listener : listeners) (*listener)(organization);
  }

  void OnAudit(const store::AuditGrowth& growth) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto found = entries_.find(growth.chain);
    if (found == entries_.end()) return;
    found->second->is_audit_stale = true;
    found->second->is_stale = true;
  }

  void MarkStale(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto found = entries_.find(tenant);
    if (found != entries_.end()) found->second->is_stale = true;
  }

  void MarkAllStale(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    for (const auto& [tenant, entry] : entries_) {
      if (!change.IsOf(entry->organization, tenant)) continue;
      entry->is_stale = true;
      entry->is_audit_stale = true;
    }
  }

  void Forget(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto found = entries_.find(tenant);
    if (found != entries_.end()) Drop(*found->second);
  }

  std::shared_ptr<Entry> FindOrAdd(const store::ControlPlaneRecord& record)
      ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto found = entries_.find(record.tenant);
    if (found != entries_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second->recent);
      return found->second;
    }
    auto entry = std::make_shared<Entry>();
    entry->organization = record.organization;
    entry->tenant = record.tenant;
    recent_.push_front(entry);
    entry->recent = recent_.begin();
    entries_.emplace(record.tenant, entry);
    return entry;
  }

  void Weigh(Entry& entry, size_t weight) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (!entry.kept) return;
    weight_ = weight_ - entry.weight + weight;
    entry.weight = weight;
    // The one in use stays, even when it alone is over the bound.
    while (weight_ > base::limits::kFleetZones && recent_.size() > 1) Drop(*recent_.back());
  }

  void Drop(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    weight_ -= entry.weight;
    entry.kept = false;
    const std::shared_ptr<Entry> alive = *entry.recent;
    entries_.erase(entry.tenant);
    recent_.erase(entry.recent);
  }

  const Deps deps_;
  const model::TypeId zone_;
  const model::TypeId zone_insight_;
  const std::vector<model::TypeId> counted_;
  absl::Mutex mu_;
  absl::flat_hash_map<model::TenantKey, std::shared_ptr<Entry>> entries_ ABSL_GUARDED_BY(mu_);
  std::list<std::shared_ptr<Entry>> recent_ ABSL_GUARDED_BY(mu_);  // most recently used first
  size_t weight_ ABSL_GUARDED_BY(mu_) = 0;
  // Not those of another life of the daemon.
  std::atomic<uint64_t> last_stamp_{absl::Hash<std::string>()(base::RandomUuid())};
  std::vector<std::weak_ptr<const Stale>> listeners_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<void> zone_news_ ABSL_GUARDED_BY(mu_);
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
  // Last: they use all of the above.
  std::unique_ptr<store::Subscription> changes_;
  std::unique_ptr<store::Subscription> audits_;
};

}  // namespace

std::string RevisionOf(const Fleet::Reading& reading) {
  uint64_t hash = absl::Hash<size_t>()(reading.members.size());
  for (const Fleet::Member& member : reading.members) {
    const store::ControlPlaneRecord& record = *member.control_plane;
    hash = absl::Hash<std::tuple<uint64_t, uint64_t, model::TenantKey, absl::Time>>()(
        {hash, member.stamp, record.tenant, record.updated_at});
  }
  return fmt::format("{:016x}", hash);
}

std::unique_ptr<Fleet> Fleet::Create(Deps deps) {
  return std::make_unique<KeptFleet>(std::move(deps));
}

}  // namespace skyden::insights
