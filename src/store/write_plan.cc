// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/write_plan.h"

#include <algorithm>

namespace skyden::store {

WritePlan WritePlan::ReadsAnything() {
  WritePlan plan;
  plan.reads_anything_ = true;
  return plan;
}

WritePlan& WritePlan::Resource(model::TypeId type, model::ResourceKey key) {
  keys_.emplace(type, std::move(key));
  return *this;
}

WritePlan& WritePlan::ResourcesOf(model::TypeId type, std::optional<std::string> mesh) {
  lists_.push_back({type, std::move(mesh)});
  return *this;
}

WritePlan& WritePlan::ResourcesOfZone(model::TypeId type, model::ZoneName zone) {
  zones_.push_back({type, std::move(zone)});
  return *this;
}

WritePlan& WritePlan::PendingKeys() {
  pending_keys_ = true;
  return *this;
}

WritePlan& WritePlan::FromReserve() {
  from_reserve_ = true;
  return *this;
}

bool WritePlan::Covers(model::TypeId type, const model::ResourceKey& key) const {
  if (reads_anything_ || keys_.contains({type, key}) || CoversList(type, key.mesh)) return true;
  // Which zone a resource is of, its key does not say.
  return std::any_of(zones_.begin(), zones_.end(),
                     [&](const OfZone& zone) { return zone.type == type; });
}

bool WritePlan::CoversList(model::TypeId type, const std::optional<std::string>& mesh) const {
  return reads_anything_ || std::any_of(lists_.begin(), lists_.end(), [&](const OfMesh& list) {
           return list.type == type && (!list.mesh.has_value() || list.mesh == mesh);
         });
}

bool WritePlan::CoversZone(model::TypeId type, const model::ZoneName& zone) const {
  return reads_anything_ || std::any_of(zones_.begin(), zones_.end(), [&](const OfZone& each) {
           return each.type == type && each.zone == zone;
         });
}

}  // namespace skyden::store
