// SPDX-License-Identifier: Apache-2.0
#include "kds/tenant_hub.h"

#include <algorithm>
#include <utility>

#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/type_registry.h"

namespace skyden::kds {
namespace {

// Differences kept per snapshot: zones stand at one of the last few states.
constexpr size_t kDeltasKept = 4;
constexpr size_t kChunkBytes = 2u << 20;

}  // namespace

TenantHub::TenantHub(Deps deps, model::TenantScope scope)
    : deps_(deps), scope_(std::move(scope)), disabled_(std::make_shared<ZoneSet>()) {
  for (const model::TypeDescriptor& type : deps_.registry.all()) {
    const auto index = static_cast<size_t>(type.id);
    if (type.IsSentToZones()) sent_types_.set(index);
    if (type.synced_across_zones) cross_zone_types_.set(index);
    if (type.is_secret) secret_types_.set(index);
  }
  zone_type_ = static_cast<size_t>(deps_.registry.core().zone->id);
  mesh_type_ = static_cast<size_t>(deps_.registry.core().mesh->id);
}

absl::StatusOr<std::shared_ptr<const ZoneSet>> TenantHub::DisabledZones() {
  SKYDEN_ASSIGN_OR_RETURN(auto view,
                          deps_.views.Get(scope_, static_cast<model::TypeId>(zone_type_)));
  if (view == zones_view_) return disabled_;
  auto disabled = std::make_shared<ZoneSet>();
  for (const auto& chunk : view->chunks()) {
    for (const auto& zone : *chunk) {
      if (!ZoneIsEnabled(zone->spec)) disabled->insert(zone->key.name);
    }
  }
  zones_view_ = std::move(view);
  // The same set keeps its address, so that snapshots stay the same too.
  if (*disabled != *disabled_) disabled_ = std::move(disabled);
  return disabled_;
}

// Signing keys are promises until somebody can see them. What could not be made stays promised, for
// the next one who asks.
absl::Status TenantHub::MakePromisedKeys() {
  uint64_t promised = 0;
  {
    absl::MutexLock lock(&dirty_mu_);
    promised = keys_promised_;
    if (keys_made_ == promised) return absl::OkStatus();
  }
  SKYDEN_RETURN_IF_ERROR(
      deps_.manager.MaterialiseKeys(scope_, resources::ResourceManager::KeysFor::kZones));
  absl::MutexLock lock(&dirty_mu_);
  keys_made_ = std::max(keys_made_, promised);
  return absl::OkStatus();
}

// Those of rollouts that are over: their places are given out again.
void TenantHub::DropLanes(const LiveRef& rollouts) {
  if (!has_lanes_ || rollouts == nullptr || !rollouts->all().empty()) return;
  absl::erase_if(entries_, [](const auto& entry) { return entry.first >> 24 != 0; });
  has_lanes_ = false;
}

absl::StatusOr<SnapshotRef> TenantHub::Current(model::TypeId type, Features features,
                                               std::string_view zone) {
  const model::TypeDescriptor& descriptor = deps_.registry.at(type);
  if (descriptor.is_secret) SKYDEN_RETURN_IF_ERROR(MakePromisedKeys());
  // Before the view: what ended is in it then.
  LiveRef rollouts;
  if (deps_.rollouts != nullptr && !zone.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(rollouts, deps_.rollouts->Live(scope_));
  }
  const uint8_t lane = rollouts == nullptr ? uint8_t{0} : rollouts->LaneOf(type, zone);
  absl::MutexLock lock(&mu_);
  DropLanes(rollouts);
  std::shared_ptr<const ZoneSet> disabled = disabled_;
  if (descriptor.synced_across_zones) {
    SKYDEN_ASSIGN_OR_RETURN(disabled, DisabledZones());
  }
  SKYDEN_ASSIGN_OR_RETURN(auto view, deps_.views.Get(scope_, type));
  Entry& entry = entries_[EntryKey(type, features, lane)];
  const bool same_view =
      lane == 0 ? entry.current != nullptr && entry.current->view == view
                : entry.current != nullptr && entry.stored == view && entry.rollouts == rollouts;
  const bool same =
      same_view && (!descriptor.synced_across_zones || entry.current->disabled == disabled);
  if (!same) {
    if (lane != 0) {
      has_lanes_ = true;
      entry.stored = view;
      entry.rollouts = rollouts;
      view = rollouts->Told(view, type, lane);
    }
    entry.current = std::make_shared<const Snapshot>(
        Snapshot{descriptor, features, std::move(view), std::move(disabled), lane});
    entry.deltas.clear();
    ++snapshots_built_;
  }
  return entry.current;
}

std::shared_ptr<const Delta> TenantHub::Between(const SnapshotRef& from, const SnapshotRef& to,
                                                size_t message_bytes_max) {
  absl::MutexLock lock(&mu_);
  Entry& entry = entries_[EntryKey(to->type.id, to->features, to->lane)];
  // What others take as they are is too large for this one.
  if (from != nullptr && message_bytes_max < kChunkBytes + kTailBytes) {
    return std::make_shared<const Delta>(
        MakeDelta(from.get(), *to, message_bytes_max - kTailBytes, SIZE_MAX));
  }
  if (entry.current == to) {
    for (const CachedDelta& cached : entry.deltas) {
      if (cached.from == from) return cached.delta;
    }
  }
  if (from == nullptr && entry.counted != nullptr &&
      CountWhole(entry, to) > message_bytes_max - kTailBytes) {
    return std::make_shared<const Delta>(Delta{{}, entry.whole_bytes});
  }
  auto delta = std::make_shared<Delta>(MakeDelta(from.get(), *to, kChunkBytes, message_bytes_max));
  const bool too_large = from == nullptr && delta->bytes > message_bytes_max;
  if (from == nullptr && !too_large) SetWhole(entry, to, delta->bytes);
  if (too_large) delta->bytes = CountWhole(entry, to);
  if (from != nullptr && entry.counted != nullptr) CountWhole(entry, to);
  if (entry.current == to && !too_large) {
    if (entry.deltas.size() == kDeltasKept) entry.deltas.erase(entry.deltas.begin());
    entry.deltas.push_back({from, delta});
  }
  return delta;
}

void TenantHub::SetWhole(Entry& entry, const SnapshotRef& to, size_t bytes) {
  entry.counted = to;
  entry.whole_bytes = bytes;
  const auto index = static_cast<size_t>(to->type.id);
  const uint64_t bit = uint64_t{1} << index % 64;
  if (bytes >= message_bytes_min_ / 2) {
    large_[index / 64] |= bit;
  } else {
    large_[index / 64] &= ~bit;
  }
}

size_t TenantHub::CountWhole(Entry& entry, const SnapshotRef& to) {
  if (entry.counted == to) return entry.whole_bytes;
  SetWhole(entry, to,
           entry.counted == nullptr ? WholeBytes(*to)
                                    : WholeBytesAfter(entry.whole_bytes, *entry.counted, *to));
  return entry.whole_bytes;
}

void TenantHub::NoteMessageBytes(size_t bytes_max) {
  size_t known = message_bytes_min_;
  while (bytes_max < known && !message_bytes_min_.compare_exchange_weak(known, bytes_max)) {
  }
}

absl::StatusOr<size_t> TenantHub::WholeBytesNow(model::TypeId type, Features features) {
  features &= RelevantFeatures(deps_.registry.at(type));
  SKYDEN_ASSIGN_OR_RETURN(const SnapshotRef now, Current(type, features));
  absl::MutexLock lock(&mu_);
  return CountWhole(entries_[EntryKey(type, features, 0)], now);
}

uint64_t TenantHub::snapshots_built() const {
  absl::MutexLock lock(&mu_);
  return snapshots_built_;
}

void TenantHub::OnChange(const store::Change& change) {
  TypeSet changed;
  for (const model::TypeId type : change.types) changed.set(static_cast<size_t>(type));
  if (change.all || change.types.empty()) {
    for (const model::TypeDescriptor& type : deps_.registry.all()) {
      if (change.Names(type.id)) changed.set(static_cast<size_t>(type.id));
    }
  }
  // Disabling a zone takes back what it shared.
  if (changed[zone_type_]) changed |= cross_zone_types_;
  // A mesh brings a signing key that is made when it is looked at.
  if (changed[mesh_type_]) changed |= secret_types_;
  MarkDirty(changed & sent_types_, change.revision);
}

void TenantHub::CatchUp(model::Revision revision) {
  {
    absl::MutexLock lock(&dirty_mu_);
    if (is_based_ || known_ >= revision) return;
  }
  Resync();
}

void TenantHub::Resync() {
  absl::MutexLock lock(&resync_mu_);
  const auto zones = deps_.views.Resync(scope_, static_cast<model::TypeId>(zone_type_));
  if (zones.ok() && (*zones)->revision() == resynced_) return;
  resynced_ = std::nullopt;
  bool all = zones.ok();
  for (const model::TypeDescriptor& type : deps_.registry.all()) {
    // An error shows when the type is next asked for.
    if (!sent_types_[static_cast<size_t>(type.id)]) continue;
    all = deps_.views.Resync(scope_, type.id).ok() && all;
  }
  if (all) resynced_ = (*zones)->revision();
  MarkDirty(sent_types_, resynced_.value_or(0));
  absl::MutexLock dirty_lock(&dirty_mu_);
  is_based_ |= all;
}

void TenantHub::MarkDirty(const TypeSet& types, model::Revision revision) {
  {
    absl::MutexLock lock(&dirty_mu_);
    const model::Revision first = known_ + 1;
    known_ = std::max(known_, revision);
    if (types.none()) return;
    const TypeSet fresh = types & ~next_.types;
    for (size_t type = 0; type < deps_.registry.size(); ++type) {
      if (fresh[type]) next_.first.emplace_back(type, first);
    }
    next_.types |= types;
    if ((types & secret_types_).any()) ++keys_promised_;
    last_change_ = deps_.clock.Monotonic();
    if (armed_) return;
    armed_ = true;
    first_change_ = last_change_;
  }
  Arm(deps_.debounce);
}

void TenantHub::Arm(absl::Duration delay) {
  deps_.timers.After(delay, deps_.workers, [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->Flush();
  });
}

void TenantHub::Flush() {
  auto notice = std::make_shared<Notice>();
  {
    absl::MutexLock lock(&dirty_mu_);
    const absl::Duration now = deps_.clock.Monotonic();
    const absl::Duration quiet_at = last_change_ + deps_.debounce;
    const absl::Duration latest = first_change_ + deps_.debounce_max;
    const absl::Duration due = std::min(quiet_at, latest);
    if (now < due) {
      Arm(due - now);
      return;
    }
    *notice = std::exchange(next_, {});
    notice->since = first_change_;
    notice->until = known_;
    told_ = known_;
    armed_ = false;
  }
  std::vector<std::shared_ptr<ChangeListener>> listeners;
  {
    absl::MutexLock lock(&listeners_mu_);
    size_t kept = 0;
    for (auto& weak : listeners_) {
      auto listener = weak.lock();
      if (listener == nullptr) continue;
      listeners_[kept++] = weak;
      listeners.push_back(std::move(listener));
    }
    listeners_.resize(kept);
  }
  for (const auto& listener : listeners) listener->OnChanged(notice);
}

PassedOn TenantHub::passed_on() const {
  absl::MutexLock lock(&dirty_mu_);
  model::Revision clean = known_;
  for (const auto& [type, first] : next_.first) clean = std::min(clean, first - 1);
  return {told_, clean};
}

model::Revision TenantHub::AddListener(std::weak_ptr<ChangeListener> listener) {
  {
    absl::MutexLock lock(&listeners_mu_);
    // Before it grows: without changes nothing else would drop those that are gone.
    if (listeners_.size() == listeners_.capacity()) {
      std::erase_if(listeners_, [](const auto& weak) { return weak.expired(); });
    }
    listeners_.push_back(std::move(listener));
  }
  absl::MutexLock lock(&dirty_mu_);
  return known_;
}

}  // namespace skyden::kds
