// SPDX-License-Identifier: Apache-2.0
// A zone is in the map while it refuses something, or is connected and of a choosy generation. Most
// control planes are not in it at all.
#include "kds/verdicts.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "kds/refusal_text.h"
#include "kds/version_rules.h"
#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

namespace limits = base::limits;

// False when what was refused is in the zone's hands in another form, or not at all.
bool StillStands(const Verdicts::Refusal& refusal, const Snapshot& sent) {
  if (refusal.key.name.empty()) return true;
  const auto item = sent.view->Find(refusal.key);
  return item != nullptr && FormOf(*item) == refusal.form;
}

// What a zone refused before and, connected anew, refuses in the same words, is what it means by
// them. True when that is all of `said`.
bool TakeKnown(model::TypeId type, std::vector<std::string> said,
               std::vector<Verdicts::Refusal>& refusals) {
  if (said.empty()) return false;
  for (Verdicts::Refusal& refusal : refusals) {
    if (refusal.type != type || refusal.confirmed || refusal.key.name.empty()) continue;
    const auto same = std::find(said.begin(), said.end(), refusal.reason);
    if (same == said.end()) continue;
    refusal.confirmed = true;
    said.erase(same);
  }
  return said.empty();
}

}  // namespace

uint64_t FormOf(const model::Resource& resource) {
  uint64_t form = FormOfSpec(resource.spec);
  for (const auto& [key, value] : resource.labels) {
    form =
        absl::Hash<std::tuple<uint64_t, std::string_view, std::string_view>>()({form, key, value});
  }
  return form;
}

uint64_t FormOfSpec(std::string_view spec) { return absl::Hash<std::string_view>()(spec); }

Verdicts::Zone* Verdicts::Find(const Place& place) {
  const auto tenant = tenants_.find(place.tenant);
  if (tenant == tenants_.end()) return nullptr;
  const auto zone = tenant->second.zones.find(place.zone);
  return zone == tenant->second.zones.end() ? nullptr : &zone->second;
}

void Verdicts::Count(Tenant& tenant, size_t before, size_t after) {
  tenant.refusals += after - before;  // modulo: it may be fewer
  refusals_ += after - before;
}

void Verdicts::Tidy(model::TenantKey tenant) {
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return;
  std::erase_if(found->second.zones, [](const auto& zone) {
    return zone.second.streams == 0 && zone.second.refusals.empty();
  });
  if (found->second.zones.empty()) tenants_.erase(found);
}

void Verdicts::Connected(const Place& place) {
  const bool choosy = IsChoosy(place.generation);
  absl::MutexLock lock(&mu_);
  Zone* zone = Find(place);
  if (zone == nullptr && !choosy) return;
  if (zone == nullptr) zone = &tenants_[place.tenant].zones[place.zone];
  zone->version = place.version;
  zone->generation = place.generation;
  if (choosy) ++zone->streams;
}

void Verdicts::Disconnected(const Place& place) {
  if (!IsChoosy(place.generation)) return;
  absl::MutexLock lock(&mu_);
  Zone* zone = Find(place);
  if (zone == nullptr || zone->streams == 0) return;
  if (--zone->streams == 0) Tidy(place.tenant);
}

void Verdicts::Change(const Place& place, absl::FunctionRef<bool(Zone&)> fn) {
  // Nearly always: an ACK, and no zone refuses anything.
  if (refusals_ == 0) return;
  {
    absl::MutexLock lock(&mu_);
    Zone* zone = Find(place);
    if (zone == nullptr) return;
    const size_t before = zone->refusals.size();
    const bool changed = fn(*zone);
    Count(tenants_[place.tenant], before, zone->refusals.size());
    if (!changed) return;
    if (zone->refusals.empty()) Tidy(place.tenant);
  }
  listeners_.Tell(place.tenant);
}

void Verdicts::Took(const Place& place, const Snapshot& sent, bool whole) {
  Change(place, [&](Zone& zone) {
    return std::erase_if(zone.refusals, [&](const Refusal& refusal) {
             return refusal.type == sent.type.id && (whole || !StillStands(refusal, sent));
           }) > 0;
  });
}

void Verdicts::Judges(const Place& place, const Snapshot& sent, bool whole) {
  Change(place, [&](Zone& zone) {
    // One that was sent in another form may be refused in that, too: it was not taken meanwhile.
    for (Refusal& refusal : zone.refusals) {
      if (refusal.type == sent.type.id && (whole || !StillStands(refusal, sent))) {
        refusal.confirmed = false;
      }
    }
    return false;
  });
}

void Verdicts::Refused(const Place& place, const model::TypeDescriptor& type,
                       const model::Resource& resource, std::string_view message, absl::Time now) {
  Refusal refusal{type.id, resource.key,     ShownReason(type, message),
                  now,     FormOf(resource), FormOfSpec(resource.spec)};
  refusal.revision = resource.revision;
  Add(place, std::move(refusal));
}

void Verdicts::Asking(const Place& place, const model::TypeDescriptor& type,
                      std::string_view message, absl::Time now) {
  Refusal something{type.id, {}, ShownReason(type, message), now};
  something.asking = true;
  Add(place, std::move(something));
}

void Verdicts::Unclear(const Place& place, const model::TypeDescriptor& type,
                       std::string_view message, absl::Time now) {
  std::vector<std::string> said;
  for (const RefusedLine& line : ReadRefusal(message)) said.push_back(ShownReason(type, line.text));
  bool all_known = false;
  Change(place, [&](Zone& zone) {
    all_known = TakeKnown(type.id, said, zone.refusals);
    return all_known && std::erase_if(zone.refusals, [&](const Refusal& refusal) {
                          return refusal.type == type.id && refusal.asking;
                        }) > 0;
  });
  if (!all_known) Add(place, {type.id, {}, ShownReason(type, message), now});
}

void Verdicts::Settled(const Place& place, const model::TypeDescriptor& type) {
  Change(place, [&](Zone& zone) {
    return std::erase_if(zone.refusals, [&](const Refusal& refusal) {
             return refusal.type == type.id && (!refusal.confirmed || refusal.asking);
           }) > 0;
  });
}

void Verdicts::Add(const Place& place, Refusal refusal) {
  {
    absl::MutexLock lock(&mu_);
    Tenant& tenant = tenants_[place.tenant];
    Zone& zone = tenant.zones[place.zone];
    zone.version = place.version;
    const auto known = std::find_if(
        zone.refusals.begin(), zone.refusals.end(),
        [&](const Refusal& r) { return r.type == refusal.type && r.key == refusal.key; });
    if (known != zone.refusals.end()) {
      const bool same = known->reason == refusal.reason && known->form == refusal.form;
      if (known->form == refusal.form) refusal.since = known->since;
      refusal.revision = std::min(known->revision, refusal.revision);
      // What could not be found out stays, whatever comes of what came after.
      refusal.asking = refusal.asking && (known->asking || !known->confirmed);
      *known = std::move(refusal);
      if (same) return;
    } else if (refusals_ < limits::kRefused && tenant.refusals < limits::kRefusedPerControlPlane &&
               zone.refusals.size() < limits::kRefusedPerZone) {
      zone.refusals.push_back(std::move(refusal));
      Count(tenant, 0, 1);
    } else {
      return Tidy(place.tenant);
    }
  }
  listeners_.Tell(place.tenant);
}

std::vector<Verdicts::OfZone> Verdicts::Of(model::TenantKey tenant) const {
  std::vector<OfZone> all;
  absl::MutexLock lock(&mu_);
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return all;
  for (const auto& [name, zone] : found->second.zones) {
    if (!zone.refusals.empty()) all.push_back({name, zone.version, zone.refusals});
  }
  return all;
}

std::vector<Verdicts::ChoosyZone> Verdicts::Choosy(model::TenantKey tenant) const {
  std::vector<ChoosyZone> choosy;
  absl::MutexLock lock(&mu_);
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return choosy;
  for (const auto& [name, zone] : found->second.zones) {
    if (zone.streams > 0) choosy.push_back({name, zone.version, zone.generation});
  }
  return choosy;
}

bool Verdicts::AnythingOf(model::TenantKey tenant) const {
  absl::MutexLock lock(&mu_);
  return tenants_.contains(tenant);
}

void Verdicts::Prune(model::TenantKey tenant,
                     absl::FunctionRef<bool(const std::string& zone, const Refusal&)> stale) {
  absl::MutexLock lock(&mu_);
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return;
  for (auto& [zone_name, zone] : found->second.zones) {
    const size_t before = zone.refusals.size();
    std::erase_if(zone.refusals, [&stale, &name = zone_name](const Refusal& refusal) {
      return stale(name, refusal);
    });
    Count(found->second, before, zone.refusals.size());
  }
  Tidy(tenant);
}

}  // namespace skyden::kds
