// SPDX-License-Identifier: Apache-2.0
// The states of one that runs, each of which is in its row:
//   wave n of the plan is to be released        it has wave n, and none or an arrived one before
//   its zones are to have it                    nothing arrived yet
//   it is held, then the gate is asked          arrived
// A step that is not due any more (somebody else made one) ends the look: the change is heard of.
#include "rollouts/steps.h"

#include <utility>

#include "rollouts/arrival.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"

namespace skyden::rollouts {
namespace {

using resources::Rollout;
using State = Rollout::State;

std::string Text(const absl::Status& status) { return std::string(base::ToStd(status.message())); }

class Drive {
 public:
  Drive(const DriverDeps& deps, const model::TenantScope& scope, Rollout rollout,
        std::optional<Question>& asked)
      : deps_(deps), scope_(scope), rollout_(std::move(rollout)), asked_(asked) {}

  Next Run() {
    CheckMesh();
    if (rollout_.state == State::kRunning && !stops_) CheckStill();
    // Each step leads to another state, of which there are three for each wave.
    while (rollout_.state == State::kRunning && !stops_) Step();
    next_.is_over = !rollout_.IsLive();
    return next_;
  }

 private:
  // Without it there is nothing that zones could make of the rest.
  void CheckMesh() {
    const auto mesh = deps_.views.Find(scope_, deps_.registry.core().mesh->id, {"", rollout_.mesh});
    if (!mesh.ok()) return Fail(mesh.status());
    if (*mesh == nullptr) {
      Take(deps_.rollouts.Abort(scope_, rollout_.id, "its mesh was deleted"));
    }
  }

  void CheckStill() {
    const absl::Status still = deps_.rollouts.CheckStill(scope_, rollout_);
    if (absl::IsAborted(still)) return Hold(still);
    if (!still.ok()) Fail(still);
  }

  void Step() {
    if (rollout_.wave == 0) return Release();
    if (!rollout_.arrived_at.has_value()) return AwaitArrival();
    const absl::Duration left = *rollout_.arrived_at + rollout_.plan.hold - deps_.clock.Now();
    if (left > absl::ZeroDuration()) {
      next_.look_after = left;
      stops_ = true;
      return;
    }
    // Who asks about the next wave is through.
    const bool asks_of_next =
        asked_.has_value() && asked_->of_next && asked_->wave == rollout_.wave;
    if (rollout_.plan.gate.has_value() && !passed_gate_ && !asks_of_next) return AskGate();
    if (rollout_.wave < rollout_.plan.waves.size()) return Release();
    End();
  }

  // The answer about the wave that was released last, or is next; nullopt: it is still to come.
  std::optional<absl::StatusOr<Measured>> AnswerAbout(bool of_next) {
    if (!asked_.has_value() || asked_->wave != rollout_.wave || asked_->of_next != of_next) {
      asked_ = Question{.wave = rollout_.wave, .of_next = of_next, .answer = std::nullopt};
      next_.ask_wave = of_next ? rollout_.wave : rollout_.wave - 1;
    }
    if (!asked_->answer.has_value()) {
      stops_ = true;
      return std::nullopt;
    }
    return std::move(std::exchange(asked_, std::nullopt)->answer);
  }

  void Release() {
    std::string measured;
    if (rollout_.plan.gate.has_value()) {
      auto answer = AnswerAbout(/*of_next=*/true);
      if (!answer.has_value()) return;
      if (!answer->ok()) return Hold(answer->status());
      measured = EncodeMeasured(**answer);
    }
    passed_gate_ = false;
    Take(deps_.rollouts.Release(scope_, rollout_, std::move(measured)));
  }

  void AwaitArrival() {
    kds::PropagationQuery query;
    query.revision = rollout_.revision;
    query.zones = kds::PropagationQuery::Zones::kAll;
    const auto propagation = deps_.deliveries.Read(scope_, query);
    if (!propagation.ok()) return Fail(propagation.status());
    const Arrival arrival = ArrivalOf(deps_.registry, rollout_, *propagation, deps_.clock.Now());
    if (!arrival.refusal.empty()) return TakeBack(arrival.refusal);
    if (!arrival.is_there()) {
      next_.missing = arrival.missing;
      next_.revision = rollout_.revision;
      stops_ = true;
      return;
    }
    Take(deps_.rollouts.NoteArrival(scope_, rollout_));
  }

  void AskGate() {
    const auto answer = AnswerAbout(/*of_next=*/false);
    if (!answer.has_value()) return;
    if (!answer->ok()) return Hold(answer->status());
    const std::string reason =
        ReasonToTakeBack(*rollout_.plan.gate, DecodeMeasured(rollout_.measured), **answer);
    if (!reason.empty()) return TakeBack(reason);
    passed_gate_ = true;
  }

  void End() {
    if (rollout_.plan.end == resources::RolloutPlan::End::kByHand) {
      return Take(deps_.rollouts.NoteReady(scope_, rollout_));
    }
    auto finished = deps_.rollouts.Finish(scope_, rollout_.id);
    if (absl::IsAborted(finished.status()) || absl::IsInvalidArgument(finished.status())) {
      return Hold(finished.status());
    }
    Take(std::move(finished));
  }

  void TakeBack(const std::string& reason) {
    Take(deps_.rollouts.TakeBack(scope_, rollout_, reason));
  }
  // Somebody has to look at it.
  void Hold(const absl::Status& why) { Take(deps_.rollouts.Pause(scope_, rollout_.id, Text(why))); }

  void Take(absl::StatusOr<Rollout> stepped) {
    if (!stepped.ok()) return Fail(stepped.status());
    rollout_ = *std::move(stepped);
    telemetry::Log(telemetry::Level::info, "rollout",
                   {{"cp", scope_.control_plane().str()},
                    {"rollout", rollout_.id},
                    {"state", store::NameOf(rollout_.state)},
                    {"wave", std::to_string(rollout_.wave)},
                    {"reason", rollout_.reason}});
  }
  void Fail(const absl::Status& why) {
    stops_ = true;
    // It is further by now, or gone: whoever did that is heard of.
    if (absl::IsFailedPrecondition(why) || absl::IsNotFound(why)) return;
    telemetry::Log(
        telemetry::Level::warning, "a rollout waits",
        {{"cp", scope_.control_plane().str()}, {"rollout", rollout_.id}, {"reason", Text(why)}});
    next_.look_after = absl::Seconds(1);
  }

  const DriverDeps& deps_;
  const model::TenantScope& scope_;
  Rollout rollout_;
  std::optional<Question>& asked_;
  bool stops_ = false;
  bool passed_gate_ = false;
  Next next_;
};

}  // namespace

Next DriveOn(const DriverDeps& deps, const model::TenantScope& scope, resources::Rollout rollout,
             std::optional<Question>& asked) {
  return Drive(deps, scope, std::move(rollout), asked).Run();
}

}  // namespace skyden::rollouts
