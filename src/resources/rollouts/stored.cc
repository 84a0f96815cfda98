// SPDX-License-Identifier: Apache-2.0
#include "resources/rollouts/stored.h"

#include <algorithm>
#include <string>
#include <utility>

#include "skyden/base/status.h"
#include "skyden/resources/rollout.pb.h"

namespace skyden::resources {
namespace {

absl::Status Unreadable(std::string_view what) {
  return absl::InternalError("a stored rollout does not read: " + std::string(what));
}

absl::StatusOr<RolloutPlan> DecodePlan(const std::string& bytes) {
  stored::RolloutPlan stored;
  if (!stored.ParseFromString(bytes)) return Unreadable("its plan");
  RolloutPlan plan;
  for (const auto& wave : stored.waves()) {
    plan.waves.emplace_back(wave.zones().begin(), wave.zones().end());
  }
  plan.hold = absl::Milliseconds(stored.hold_ms());
  if (stored.has_gate()) plan.gate = {stored.gate().rise_max(), stored.gate().requests_min()};
  if (stored.skips_away()) plan.away = RolloutPlan::Away::kSkipped;
  if (stored.finishes_by_itself()) plan.end = RolloutPlan::End::kByItself;
  plan.actor = stored.actor();
  return plan;
}

std::string EncodePlan(const RolloutPlan& plan) {
  stored::RolloutPlan stored;
  for (const auto& wave : plan.waves) {
    auto& zones = *stored.add_waves()->mutable_zones();
    for (const std::string& zone : wave) *zones.Add() = zone;
  }
  stored.set_hold_ms(absl::ToInt64Milliseconds(plan.hold));
  if (plan.gate.has_value()) {
    stored.mutable_gate()->set_rise_max(plan.gate->rise_max);
    stored.mutable_gate()->set_requests_min(plan.gate->requests_min);
  }
  stored.set_skips_away(plan.away == RolloutPlan::Away::kSkipped);
  stored.set_finishes_by_itself(plan.end == RolloutPlan::End::kByItself);
  stored.set_actor(plan.actor);
  return stored.SerializeAsString();
}

RolloutItem DecodeItem(const model::TypeDescriptor& type,
                       const stored::RolloutContent::Item& stored) {
  RolloutItem item{.type = &type,
                   .key = {stored.mesh(), stored.name()},
                   .base = stored.base(),
                   .goes = stored.goes(),
                   .after = {}};
  item.after.type = type.id;
  item.after.key = item.key;
  for (const auto& [key, value] : stored.labels()) item.after.labels.emplace(key, value);
  item.after.spec = stored.spec();
  item.after.creation_time = absl::FromUnixNanos(stored.created_ns());
  item.after.modification_time = absl::FromUnixNanos(stored.modified_ns());
  item.after.deleted = item.goes;
  return item;
}

std::string EncodeContent(const Rollout& rollout) {
  stored::RolloutContent stored;
  if (rollout.IsLive()) stored.set_documents(rollout.documents);
  for (const RolloutItem& item : rollout.items) {
    stored::RolloutContent::Item& to = *stored.add_items();
    to.set_type(item.type->name);
    to.set_mesh(item.key.mesh);
    to.set_name(item.key.name);
    to.set_base(item.base);
    to.set_goes(item.goes);
    if (item.goes || !rollout.IsLive()) continue;
    for (const auto& [key, value] : item.after.labels) (*to.mutable_labels())[key] = value;
    to.set_spec(item.after.spec);
    to.set_created_ns(absl::ToUnixNanos(item.after.creation_time));
    to.set_modified_ns(absl::ToUnixNanos(item.after.modification_time));
  }
  return stored.SerializeAsString();
}

}  // namespace

absl::StatusOr<Rollout> DecodeRollout(const model::TypeRegistry& registry,
                                      const store::RolloutRecord& record) {
  Rollout rollout;
  rollout.id = record.id;
  rollout.mesh = record.mesh;
  rollout.state = record.state;
  rollout.wave = record.wave;
  rollout.revision = record.revision;
  rollout.created_at = record.created_at;
  SKYDEN_ASSIGN_OR_RETURN(rollout.plan, DecodePlan(record.plan));
  stored::RolloutContent content;
  if (!content.ParseFromString(record.content)) return Unreadable("its content");
  rollout.documents = content.documents();
  for (const auto& item : content.items()) {
    const model::TypeDescriptor* type = registry.FindByName(item.type());
    if (type != nullptr) {
      rollout.items.push_back(DecodeItem(*type, item));
    } else if (record.IsLive()) {
      return Unreadable("type " + item.type());
    }
  }
  stored::RolloutProgress progress;
  if (!progress.ParseFromString(record.progress)) return Unreadable("its progress");
  rollout.changed_at = absl::FromUnixNanos(progress.changed_ns());
  if (progress.arrived_ns() != 0) rollout.arrived_at = absl::FromUnixNanos(progress.arrived_ns());
  if (progress.released_ns() != 0) {
    rollout.released_at = absl::FromUnixNanos(progress.released_ns());
  }
  rollout.reason = progress.reason();
  rollout.measured = progress.measured();
  return rollout;
}

store::RolloutRecord EncodeRollout(const Rollout& rollout) {
  store::RolloutRecord record;
  record.id = rollout.id;
  record.mesh = rollout.mesh;
  record.state = rollout.state;
  record.wave = rollout.wave;
  record.revision = rollout.revision;
  record.created_at = rollout.created_at;
  record.plan = EncodePlan(rollout.plan);
  record.content = EncodeContent(rollout);
  stored::RolloutProgress progress;
  progress.set_changed_ns(absl::ToUnixNanos(rollout.changed_at));
  if (rollout.arrived_at) progress.set_arrived_ns(absl::ToUnixNanos(*rollout.arrived_at));
  if (rollout.wave > 0) progress.set_released_ns(absl::ToUnixNanos(rollout.released_at));
  progress.set_reason(rollout.reason);
  if (rollout.IsLive()) progress.set_measured(rollout.measured);
  record.progress = progress.SerializeAsString();
  return record;
}

size_t ContentBytes(const Rollout& rollout) { return EncodeContent(rollout).size(); }

}  // namespace skyden::resources
