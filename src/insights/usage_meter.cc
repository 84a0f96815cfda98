// SPDX-License-Identifier: Apache-2.0
// An entry for each control plane that has zones here, or something that is not put down yet.
// Notices only mark; one timer, while anything is marked, has them looked at, each in the turn of
// its own zones. Another one puts down what was counted.
#include "skyden/insights/usage_meter.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "insights/tenant_figures.h"
#include "insights/usage_tally.h"
#include "skyden/base/status.h"
#include "skyden/model/lanes.h"
#include "skyden/telemetry/log.h"

namespace skyden::insights {
namespace {

using store::MeteredHour;

// By organization, since each has transactions of its own.
using Hours = std::map<model::OrganizationKey, std::vector<MeteredHour>>;

void Warn(const absl::Status& status) {
  if (status.ok()) return;
  telemetry::Log(telemetry::Level::warning, "what was used is not put down yet",
                 {{"reason", std::string(status.message())}});
}

}  // namespace

struct UsageMeter::State : std::enable_shared_from_this<State> {
  explicit State(Deps d)
      : deps(std::move(d)),
        counted{Type("Mesh"), Type("Dataplane"), Type("DataplaneInsight"), Type("ZoneInsight")} {}

  model::TypeId Type(const char* name) const { return deps.registry.FindByName(name)->id; }
  Moment Now() const { return {deps.clock.Now(), deps.clock.Monotonic()}; }

  void OnZone(model::OrganizationKey organization, model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu);
  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu);
  void LookAtMarked() ABSL_LOCKS_EXCLUDED(mu);
  void Recount(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu);
  absl::StatusOr<UsageTally::Online> Ask(model::OrganizationKey organization,
                                         model::TenantKey tenant) const;
  void Rest() ABSL_LOCKS_EXCLUDED(mu);
  Hours Take() ABSL_LOCKS_EXCLUDED(mu);
  absl::Status Flush() ABSL_LOCKS_EXCLUDED(mu);
  void PutBack(model::OrganizationKey organization, const std::vector<MeteredHour>& hours)
      ABSL_LOCKS_EXCLUDED(mu);
  void FlushLater() ABSL_LOCKS_EXCLUDED(mu);
  void Stop() ABSL_LOCKS_EXCLUDED(mu);

  struct Entry {
    model::OrganizationKey organization{};
    UsageTally tally;
    std::optional<absl::Duration> marked{};  // since when something may be otherwise
    bool asked = false;                      // somebody is finding out what
  };
  using Entries = absl::flat_hash_map<model::TenantKey, Entry>;

  Entry& Find(model::OrganizationKey organization, model::TenantKey tenant)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    Entry& entry = entries[tenant];
    entry.organization = organization;
    return entry;
  }
  void Mark(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void Arm() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void AwaitQuiet() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    const auto quiet = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) { return running == 0; };
    mu.Await(absl::Condition(&quiet));
  }

  const Deps deps;
  const std::vector<model::TypeId> counted;
  absl::Mutex mu;
  Entries entries ABSL_GUARDED_BY(mu);
  bool armed ABSL_GUARDED_BY(mu) = false;
  base::Timers::Id flush_timer ABSL_GUARDED_BY(mu) = 0;
  int running ABSL_GUARDED_BY(mu) = 0;
  bool resting ABSL_GUARDED_BY(mu) = false;
  bool stopped ABSL_GUARDED_BY(mu) = false;
  // Of who made it alone.
  std::unique_ptr<store::Subscription> changes;
  std::shared_ptr<void> zone_news;
};

// ---------------------------------------------------------------- what is heard

void UsageMeter::State::Mark(Entry& entry) {
  if (!entry.marked.has_value()) entry.marked = deps.clock.Monotonic();
  if (!entry.asked) Arm();
}

void UsageMeter::State::Arm() {
  if (armed) return;
  armed = true;
  deps.timers.After(deps.settle, deps.workers, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->LookAtMarked();
  });
}

void UsageMeter::State::OnZone(model::OrganizationKey organization, model::TenantKey tenant) {
  absl::MutexLock lock(&mu);
  if (!resting) Mark(Find(organization, tenant));
}

// Proxies count where their zones are connected: of others nothing has to be known here.
void UsageMeter::State::OnChange(const store::Change& change) {
  const bool is_gone = change.self == store::Change::Self::kGone;
  const bool counts = is_gone || change.all ||
                      std::any_of(counted.begin(), counted.end(),
                                  [&](model::TypeId type) { return change.Names(type); });
  if (!counts) return;
  absl::MutexLock lock(&mu);
  if (resting) return;
  if (change.tenant != model::kNoTenant) {
    const auto found = entries.find(change.tenant);
    if (found != entries.end()) Mark(found->second);
    return;
  }
  for (auto& [tenant, entry] : entries) {
    if (change.IsOf(entry.organization, tenant)) Mark(entry);
  }
}

// ---------------------------------------------------------------- what is online

void UsageMeter::State::LookAtMarked() {
  std::vector<model::TenantKey> marked;
  {
    absl::MutexLock lock(&mu);
    armed = false;
    if (resting) return;
    for (auto& [tenant, entry] : entries) {
      if (!entry.marked.has_value() || entry.asked) continue;
      entry.asked = true;
      marked.push_back(tenant);
    }
  }
  for (const model::TenantKey tenant : marked) {
    deps.workers.PostIn(model::LaneOfZones(tenant), [weak = weak_from_this(), tenant] {
      if (const auto self = weak.lock()) self->Recount(tenant);
    });
  }
}

void UsageMeter::State::Recount(model::TenantKey tenant) {
  model::OrganizationKey organization{};
  absl::Duration marked;
  {
    absl::MutexLock lock(&mu);
    const auto found = entries.find(tenant);
    if (resting || found == entries.end() || !found->second.marked.has_value()) return;
    organization = found->second.organization;
    // Taken back first: what changes from here on is not missed.
    marked = *std::exchange(found->second.marked, std::nullopt);
    ++running;
  }
  auto online = Ask(organization, tenant);
  if (absl::IsNotFound(online.status())) online = UsageTally::Online{};
  absl::MutexLock lock(&mu);
  --running;
  Entry& entry = Find(organization, tenant);
  entry.asked = false;
  if (online.ok()) {
    entry.tally.Change(Now(), marked, *online);
  } else {
    entry.marked = marked;
  }
  if (entry.marked.has_value()) {
    Arm();
  } else if (entry.tally.is_idle()) {
    entries.erase(tenant);
  }
}

absl::StatusOr<UsageTally::Online> UsageMeter::State::Ask(model::OrganizationKey organization,
                                                          model::TenantKey tenant) const {
  // The id is for people only: rows are found by the keys.
  const model::TenantScope scope = model::SystemScope::For("count what is online")
                                       .In(organization, tenant, model::ControlPlaneId());
  std::vector<LiveZone> connected;
  if (deps.zones.connected) connected = deps.zones.connected(scope);
  UsageTally::Online online{.zones = connected.size()};
  if (connected.empty()) return online;
  SKYDEN_ASSIGN_OR_RETURN(const auto figures, deps.figures.Get(scope));
  for (const LiveZone& zone : connected) {
    const auto proxies = figures->zone_proxies.find(zone.name);
    if (proxies != figures->zone_proxies.end()) online.dataplanes += proxies->second.online;
  }
  return online;
}

void UsageMeter::State::Rest() {
  absl::MutexLock lock(&mu);
  resting = true;
  AwaitQuiet();
  const Moment now = Now();
  for (auto& [tenant, entry] : entries) entry.tally.Change(now, now.steady, {});
}

// ---------------------------------------------------------------- what is put down

Hours UsageMeter::State::Take() {
  const auto written = deps.metering.TakeWritten();
  absl::MutexLock lock(&mu);
  for (const store::Metering::Written& one : written) {
    Find(one.organization, one.hour.tenant)
        .tally.AddWritten(one.hour.hour, one.hour.used.writes, one.hour.used.bytes);
  }
  Hours hours;
  const Moment now = Now();
  for (auto& [tenant, entry] : entries) {
    entry.tally.CountUntil(now);
    auto taken = entry.tally.Take(tenant);
    auto& all = hours[entry.organization];
    all.insert(all.end(), taken.begin(), taken.end());
  }
  absl::erase_if(entries, [](const auto& each) {
    const Entry& entry = each.second;
    return entry.tally.is_idle() && !entry.marked.has_value() && !entry.asked;
  });
  return hours;
}

absl::Status UsageMeter::State::Flush() {
  absl::Status first;
  for (const auto& [organization, hours] : Take()) {
    const auto scope = model::SystemScope::For("put down what was used").In(organization);
    for (size_t i = 0; i < hours.size(); i += base::limits::kMeteredAtOnce) {
      const size_t end = std::min(hours.size(), i + base::limits::kMeteredAtOnce);
      const std::vector<MeteredHour> some(hours.begin() + static_cast<ptrdiff_t>(i),
                                          hours.begin() + static_cast<ptrdiff_t>(end));
      const absl::Status added = deps.metering.Add(scope, some);
      // The organization ended, and what it used with it.
      if (added.ok() || absl::IsNotFound(added)) continue;
      first.Update(added);
      PutBack(organization, some);
    }
  }
  return first;
}

void UsageMeter::State::PutBack(model::OrganizationKey organization,
                                const std::vector<MeteredHour>& hours) {
  absl::MutexLock lock(&mu);
  size_t kept = 0;
  for (const auto& [tenant, entry] : entries) kept += entry.tally.hours();
  for (const MeteredHour& hour : hours) {
    if (kept++ >= base::limits::kMeteredHours) return;
    Find(organization, hour.tenant).tally.PutBack(hour);
  }
}

void UsageMeter::State::FlushLater() {
  const absl::Time now = deps.clock.Now();
  // At the end of an hour too, so that it is whole soon after.
  const absl::Duration left = store::BeginOf(store::HourOf(now) + 1) - now;
  absl::MutexLock lock(&mu);
  if (stopped) return;
  flush_timer =
      deps.timers.After(std::min(deps.every, left), deps.workers, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self == nullptr) return;
        {
          absl::MutexLock inner(&self->mu);
          if (self->stopped) return;
          ++self->running;
        }
        Warn(self->Flush());
        self->FlushLater();
        absl::MutexLock inner(&self->mu);
        --self->running;
      });
}

void UsageMeter::State::Stop() {
  absl::MutexLock lock(&mu);
  stopped = true;
  deps.timers.Cancel(flush_timer);
  AwaitQuiet();
}

UsageMeter::UsageMeter(Deps deps) : state_(std::make_shared<State>(std::move(deps))) {
  State& state = *state_;
  state.changes = state.deps.store.Subscribe(
      std::nullopt, [&state](const store::Change& change) { state.OnChange(change); });
  if (state.deps.zones.subscribe) {
    state.zone_news = state.deps.zones.subscribe(
        [weak = std::weak_ptr(state_)](model::OrganizationKey organization,
                                       model::TenantKey tenant) {
          if (const auto self = weak.lock()) self->OnZone(organization, tenant);
        });
  }
  state.FlushLater();
}

UsageMeter::~UsageMeter() {
  Rest();
  state_->Stop();
  Warn(state_->Flush());
}

void UsageMeter::Rest() {
  state_->changes.reset();
  state_->zone_news.reset();
  state_->Rest();
}

absl::Status UsageMeter::Flush() { return state_->Flush(); }

}  // namespace skyden::insights
