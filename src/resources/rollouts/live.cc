// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "skyden/base/limits_rollouts.h"
#include "skyden/resources/rollouts.h"

namespace skyden::resources {

static_assert(base::limits::kRolloutsAtOnce <= 8);  // bits of a lane

bool Rollout::IsReleasedTo(std::string_view zone) const {
  const size_t in = WaveOf(zone);
  return in != 0 && in <= wave;
}

bool Rollout::IsTold(std::string_view zone) const {
  return state == State::kFinished || (IsLive() && IsReleasedTo(zone));
}

size_t Rollout::WaveOf(std::string_view zone) const {
  for (size_t i = 0; i < plan.waves.size(); ++i) {
    const auto& zones = plan.waves[i];
    if (std::binary_search(zones.begin(), zones.end(), zone)) return i + 1;
  }
  return 0;
}

const RolloutItem* Rollout::Find(model::TypeId type, const model::ResourceKey& key) const {
  for (const RolloutItem& item : items) {
    if (item.type->id == type && item.key == key) return &item;
  }
  return nullptr;
}

std::vector<model::TypeId> Rollout::types() const {
  std::vector<model::TypeId> types;
  for (const RolloutItem& item : items) types.push_back(item.type->id);
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return types;
}

LiveRollouts::LiveRollouts(std::vector<Rollout> all) : all_(std::move(all)) {
  // Zones are told by the revision what is newer than what they had.
  for (Rollout& rollout : all_) {
    for (RolloutItem& item : rollout.items) item.after.revision = rollout.revision;
    types_.push_back(rollout.types());
  }
}

uint8_t LiveRollouts::LaneOf(model::TypeId type, std::string_view zone) const {
  uint8_t lane = 0;
  for (size_t i = 0; i < all_.size(); ++i) {
    const Rollout& rollout = all_[i];
    const bool changes_it =
        rollout.wave > 0 && std::binary_search(types_[i].begin(), types_[i].end(), type);
    if (changes_it && rollout.IsReleasedTo(zone)) lane = static_cast<uint8_t>(lane | 1u << i);
  }
  return lane;
}

std::shared_ptr<const ResourceView> LiveRollouts::Told(
    const std::shared_ptr<const ResourceView>& stored, model::TypeId type, uint8_t lane) const {
  std::vector<model::Resource> changes;
  for (size_t i = 0; i < all_.size(); ++i) {
    if ((lane >> i & 1) == 0) continue;
    for (const RolloutItem& item : all_[i].items) {
      if (item.type->id == type) changes.push_back(item.after);
    }
  }
  if (changes.empty()) return stored;
  return Advance(*stored, std::move(changes), stored->revision());
}

const Rollout* LiveRollouts::Of(model::TypeId type, const model::ResourceKey& key) const {
  for (const Rollout& rollout : all_) {
    if (rollout.Find(type, key) != nullptr) return &rollout;
  }
  return nullptr;
}

}  // namespace skyden::resources
