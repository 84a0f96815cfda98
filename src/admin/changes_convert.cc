// SPDX-License-Identifier: Apache-2.0
#include "admin/changes_convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "admin/convert.h"
#include "admin/errors.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/limits.h"
#include "skyden/base/limits_rollouts.h"
#include "skyden/base/status.h"
#include "skyden/model/revision_text.h"

namespace skyden::admin {
namespace {

namespace limits = base::limits;
using resources::ImportLine;
using resources::RolloutPlan;

absl::StatusOr<std::optional<model::Revision>> ToIfRevision(std::string_view epoch,
                                                            const std::string& text) {
  if (text.empty()) return std::optional<model::Revision>();
  const auto place = model::ParseRevisionText(text);
  if (!place) return BadField("if_revision", "must be a revision, as a preview says it");
  SKYDEN_ASSIGN_OR_RETURN(const model::Revision revision, model::RevisionOfWrite(*place, epoch));
  return std::optional(revision);
}

absl::StatusOr<resources::RolloutWave> ToWave(const v1::StartRolloutRequest::Wave& wave, int n) {
  const bool by_name = !wave.zones().empty();
  if (by_name == (wave.percent() != 0) || wave.percent() > 100) {
    return BadField(fmt::format("waves[{}]", n), "must be zones, or a percent from 1 to 100");
  }
  if (!by_name) return resources::RolloutWave(static_cast<int>(wave.percent()));
  return resources::RolloutWave(std::vector<std::string>(wave.zones().begin(), wave.zones().end()));
}

absl::StatusOr<resources::RolloutGate> ToGate(const v1::RolloutGate& gate) {
  constexpr double kPercent = 100;
  // Written so that what is no number is refused.
  if (!(gate.max_rise_percent() >= 0 && gate.max_rise_percent() <= kPercent)) {
    return BadField("gate.max_rise_percent", "must be a number from 0 to 100");
  }
  if (gate.min_requests() > limits::kRolloutGateRequests) {
    return BadField("gate.min_requests",
                    fmt::format("must be at most {}", uint64_t{limits::kRolloutGateRequests}));
  }
  resources::RolloutGate made{.rise_max = gate.max_rise_percent() / kPercent};
  if (gate.min_requests() > 0) made.requests_min = gate.min_requests();
  return made;
}

void FillPlan(const RolloutPlan& plan, v1::Rollout* out) {
  for (const auto& wave : plan.waves) {
    v1::Rollout::Zones& zones = *out->add_waves();
    for (const std::string& name : wave) zones.add_names(name);
  }
  out->mutable_hold()->set_seconds(absl::ToInt64Seconds(plan.hold));
  out->mutable_hold()->set_nanos(
      static_cast<int32_t>((plan.hold % absl::Seconds(1)) / absl::Nanoseconds(1)));
  if (plan.gate.has_value()) {
    out->mutable_gate()->set_max_rise_percent(100 * plan.gate->rise_max);
    out->mutable_gate()->set_min_requests(plan.gate->requests_min);
  }
  out->set_skip_away(plan.away == RolloutPlan::Away::kSkipped);
  out->set_ends_by_itself(plan.end == RolloutPlan::End::kByItself);
  out->set_by(plan.actor);
}

void FillZones(const resources::Rollout& rollout, const kds::Propagation& propagation,
               v1::Rollout* out) {
  for (const kds::ZoneStanding& zone : propagation.zones) {
    v1::Rollout::Zone& one = *out->add_zones();
    one.set_name(zone.zone_name);
    one.set_wave(rollout.WaveOf(zone.zone_name));
    one.set_told(rollout.IsTold(zone.zone_name));
    one.set_standing(std::string(kds::StandingName(zone.standing)));
  }
}

}  // namespace

absl::StatusOr<resources::ForeseenDocuments> ToDocuments(const v1::PreviewRequest& request) {
  resources::ForeseenDocuments documents{request.documents()};
  if (!request.has_desired()) return documents;
  const v1::PreviewRequest::Desired& desired = request.desired();
  resources::DesiredState state;
  state.owner = desired.owner();
  if (desired.take_over()) state.foreign = resources::DesiredState::Foreign::kTakenOver;
  if (desired.prune()) state.rest = resources::DesiredState::Rest::kIsDeleted;
  const std::string wrong = resources::WhyNotOwner(state);
  if (!wrong.empty()) return BadField("desired.owner", wrong);
  for (const auto& [key, value] : desired.prune_labels()) state.rest_labels.emplace(key, value);
  documents.desired = std::move(state);
  return documents;
}

absl::StatusOr<resources::PastFilter> ToFilter(const model::TypeRegistry& registry,
                                               const v1::ResourceFilter& filter) {
  resources::PastFilter past;
  if (!filter.type().empty()) {
    past.type = registry.FindByName(filter.type());
    if (past.type == nullptr) return BadField("of.type", "is no type of resource");
  }
  if (filter.has_mesh()) past.mesh = filter.mesh();
  past.name = filter.name();
  return past;
}

absl::StatusOr<resources::RestoreRequest> ToRequest(const model::TypeRegistry& registry,
                                                    std::string_view epoch,
                                                    const v1::RestoreHistoryRequest& request) {
  resources::RestoreRequest restore;
  restore.revision = request.revision();
  SKYDEN_ASSIGN_OR_RETURN(restore.of, ToFilter(registry, request.of()));
  const model::TypeDescriptor* const one = restore.of.type;
  if ((one != nullptr) == restore.of.name.empty()) {
    return BadField("of.name", "goes with type: the resource that is meant");
  }
  if (one != nullptr && one->scope == model::ResourceScope::kMesh && !restore.of.mesh) {
    return BadField("of.mesh", "must name the mesh that it is in");
  }
  if (one != nullptr && one->scope == model::ResourceScope::kGlobal) restore.of.mesh.reset();
  restore.mode = request.dry_run() ? resources::ImportMode::kDryRun : resources::ImportMode::kApply;
  SKYDEN_ASSIGN_OR_RETURN(restore.if_revision, ToIfRevision(epoch, request.if_revision()));
  return restore;
}

absl::StatusOr<resources::RolloutRequest> ToRequest(std::string_view epoch,
                                                    const v1::StartRolloutRequest& request) {
  resources::RolloutRequest start;
  if (request.documents().empty()) return BadField("documents", "must be resources");
  start.body = request.documents();
  const auto waves = static_cast<size_t>(request.waves().size());
  if (waves == 0 || waves > limits::kRolloutWaves) {
    return BadField("waves", fmt::format("must be 1 to {}", size_t{limits::kRolloutWaves}));
  }
  for (int n = 0; n < request.waves().size(); ++n) {
    SKYDEN_ASSIGN_OR_RETURN(auto wave, ToWave(request.waves(n), n));
    start.waves.push_back(std::move(wave));
  }
  start.hold = absl::Seconds(request.hold().seconds()) + absl::Nanoseconds(request.hold().nanos());
  if (start.hold < absl::ZeroDuration() || start.hold > limits::kRolloutHold) {
    return BadField(
        "hold", fmt::format("must be at most {}", base::FormatGoDuration(limits::kRolloutHold)));
  }
  if (request.has_gate()) {
    SKYDEN_ASSIGN_OR_RETURN(start.gate, ToGate(request.gate()));
  }
  if (request.skip_away()) start.away = RolloutPlan::Away::kSkipped;
  if (request.ends_by_itself()) start.end = RolloutPlan::End::kByItself;
  SKYDEN_ASSIGN_OR_RETURN(start.if_revision, ToIfRevision(epoch, request.if_revision()));
  return start;
}

uint64_t Fill(const resources::ResourceCodec& codec, const std::vector<ImportLine>& lines,
              google::protobuf::RepeatedPtrField<v1::ResourceChange>* out) {
  uint64_t left_out = 0;
  size_t bytes = 0;
  for (const ImportLine& line : lines) {
    if (line.outcome == ImportLine::Outcome::kUnchanged) continue;
    if (out->size() >= limits::kPageSizeMax || bytes > limits::kAdminPageBytes) {
      ++left_out;
      continue;
    }
    v1::ResourceChange& one = *out->Add();
    one.set_type(line.type->name);
    one.set_mesh(line.key.mesh);
    one.set_name(line.key.name);
    one.set_outcome(std::string(NameOf(line.outcome)));
    one.set_reason(line.reason);
    for (resources::ImportChange& change : resources::ChangesOf(codec, line)) {
      v1::ValueChange& value = *one.add_changes();
      value.set_path(std::move(change.path));
      value.set_before(std::move(change.before));
      value.set_after(std::move(change.after));
    }
    bytes += one.ByteSizeLong();
  }
  return left_out;
}

void Fill(const resources::Rollout& rollout, std::string_view epoch,
          const kds::Propagation* propagation, v1::Rollout* out) {
  out->set_id(rollout.id);
  out->set_mesh(rollout.mesh);
  out->set_state(store::NameOf(rollout.state));
  out->set_reason(rollout.reason);
  out->set_wave(rollout.wave);
  FillPlan(rollout.plan, out);
  Fill(rollout.created_at, out->mutable_created_at());
  Fill(rollout.changed_at, out->mutable_changed_at());
  if (rollout.arrived_at.has_value()) Fill(*rollout.arrived_at, out->mutable_arrived_at());
  if (rollout.revision != 0) out->set_revision(model::RevisionText(epoch, rollout.revision));
  for (const resources::RolloutItem& item : rollout.items) {
    v1::Rollout::Item& one = *out->add_resources();
    one.set_type(item.type->name);
    one.set_mesh(item.key.mesh);
    one.set_name(item.key.name);
    one.set_action(std::string(item.action()));
  }
  if (propagation != nullptr) FillZones(rollout, *propagation, out);
}

}  // namespace skyden::admin
