// SPDX-License-Identifier: Apache-2.0
#include "kds/zone_registry.h"

#include <algorithm>

#include "fmt/format.h"
#include "kds/authenticated_call.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

// How long a deletion waits for zones whose connections have just ended: the ends of many take a
// while to be noticed, but none takes long after another.
constexpr absl::Duration kLeavingPause = absl::Milliseconds(250);
constexpr absl::Duration kLeavingTime = absl::Seconds(5);

}  // namespace

absl::StatusOr<ZoneRegistry::Joined> ZoneRegistry::Join(
    std::shared_ptr<const identity::ZoneIdentity> identity, StreamKind kind,
    std::shared_ptr<AuthenticatedCall> call, absl::Time now) {
  absl::MutexLock lock(&mu_);
  Tenant& tenant = tenants_[identity->scope.tenant()];
  if (tenant.hub == nullptr) {
    tenant.hub = std::make_shared<TenantHub>(hub_deps_, identity->scope);
  }
  const std::string zone = identity->zone.str();
  const auto known = tenant.zones.find(zone);
  Joined joined;
  if (known != tenant.zones.end()) {
    joined.session = known->second;
  } else {
    if (tenant.zones.size() >= base::limits::kZonesPerControlPlane) {
      return absl::ResourceExhaustedError(
          fmt::format("{} zones are connected already", tenant.zones.size()));
    }
    joined.session =
        std::make_shared<ZoneSession>(std::move(identity), tenant.hub, hub_deps_.registry.size());
    tenant.zones.emplace(zone, joined.session);
  }
  ZoneSession& session = *joined.session;
  absl::MutexLock session_lock(&session.mu_);
  const auto index = static_cast<size_t>(kind);
  joined.replaced = std::exchange(session.calls_[index], std::move(call));
  session.streams_[index] = now;
  return joined;
}

void ZoneRegistry::Leave(const ZoneSession& session, StreamKind kind,
                         const AuthenticatedCall* call) {
  std::shared_ptr<TenantHub> last_hub;  // destroyed outside the lock
  absl::MutexLock lock(&mu_);
  const auto tenant = tenants_.find(session.scope().tenant());
  if (tenant == tenants_.end()) return;
  const auto found = tenant->second.zones.find(session.zone().str());
  if (found == tenant->second.zones.end() || found->second.get() != &session) return;
  {
    absl::MutexLock session_lock(&found->second->mu_);
    auto& calls = found->second->calls_;
    auto& mine = calls[static_cast<size_t>(kind)];
    if (mine.get() != call) return;
    mine = nullptr;
    ++tenant->second.left;
    if (someone_waits_) leaves_.SignalAll();
    if (std::any_of(calls.begin(), calls.end(), [](const auto& c) { return c != nullptr; })) {
      return;
    }
  }
  tenant->second.zones.erase(found);
  if (!tenant->second.zones.empty()) return;
  last_hub = std::move(tenant->second.hub);
  snapshots_of_gone_ += last_hub->snapshots_built();
  tenants_.erase(tenant);
}

std::shared_ptr<ZoneSession> ZoneRegistry::Find(model::TenantKey tenant,
                                                const std::string& zone) const {
  absl::MutexLock lock(&mu_);
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return nullptr;
  const auto session = found->second.zones.find(zone);
  return session == found->second.zones.end() ? nullptr : session->second;
}

std::vector<std::string> ZoneRegistry::Online(model::TenantKey tenant) const {
  std::vector<std::string> zones;
  for (const auto& session : Sessions(tenant)) {
    if (session->CallOf(StreamKind::kGlobalToZone) != nullptr)
      zones.push_back(session->zone().str());
  }
  std::sort(zones.begin(), zones.end());
  return zones;
}

std::vector<std::string> ZoneRegistry::SettledOnline(model::TenantKey tenant) {
  base::AssertMayBlock();
  std::vector<std::string> online = Online(tenant);
  if (online.empty()) return online;
  {
    absl::MutexLock lock(&mu_);
    if (std::exchange(someone_waits_, true)) return online;
  }
  const base::RealClock clock;
  const absl::Duration until = clock.Monotonic() + kLeavingTime;
  for (bool more = true; more;) {
    std::optional<uint64_t> left;
    {
      absl::MutexLock lock(&mu_);
      left = LeftOf(tenant);
    }
    online = Online(tenant);
    const absl::Duration rest = until - clock.Monotonic();
    more = !online.empty() && AwaitLeave(tenant, left, std::min(kLeavingPause, rest));
  }
  absl::MutexLock lock(&mu_);
  someone_waits_ = false;
  return online;
}

std::optional<uint64_t> ZoneRegistry::LeftOf(model::TenantKey tenant) const {
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return std::nullopt;
  return found->second.left;
}

bool ZoneRegistry::AwaitLeave(model::TenantKey tenant, std::optional<uint64_t> left,
                              absl::Duration at_most) {
  absl::MutexLock lock(&mu_);
  return leaves_.AwaitFor(
      mu_, at_most, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return LeftOf(tenant) != left; });
}

std::vector<std::shared_ptr<ZoneSession>> ZoneRegistry::Sessions(
    std::optional<model::TenantKey> tenant) const {
  std::vector<std::shared_ptr<ZoneSession>> sessions;
  absl::MutexLock lock(&mu_);
  const auto add = [&sessions](const Tenant& of) {
    for (const auto& [name, session] : of.zones) sessions.push_back(session);
  };
  if (tenant.has_value()) {
    const auto found = tenants_.find(*tenant);
    if (found != tenants_.end()) add(found->second);
  } else {
    for (const auto& [key, of] : tenants_) add(of);
  }
  return sessions;
}

std::shared_ptr<TenantHub> ZoneRegistry::HubOf(model::TenantKey tenant) const {
  absl::MutexLock lock(&mu_);
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? nullptr : found->second.hub;
}

std::vector<std::shared_ptr<TenantHub>> ZoneRegistry::Hubs() const {
  std::vector<std::shared_ptr<TenantHub>> hubs;
  absl::MutexLock lock(&mu_);
  for (const auto& [key, tenant] : tenants_) hubs.push_back(tenant.hub);
  return hubs;
}

uint64_t ZoneRegistry::snapshots_built() const {
  uint64_t built = 0;
  {
    absl::MutexLock lock(&mu_);
    built = snapshots_of_gone_;
  }
  for (const auto& hub : Hubs()) built += hub->snapshots_built();
  return built;
}

}  // namespace skyden::kds
