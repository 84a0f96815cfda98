// SPDX-License-Identifier: Apache-2.0
// Every step is one transaction over the row as it is then: who comes second finds that it went on.
#include "skyden/resources/rollouts.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "fmt/format.h"
#include "kuma/system/v1alpha1/system.pb.h"
#include "nlohmann/json.hpp"
#include "resources/rollouts/live_cache.h"
#include "resources/rollouts/plan.h"
#include "resources/rollouts/stored.h"
#include "resources/transfer/import.h"
#include "resources/write/defaults.h"
#include "resources/write/unchanged.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits_rollouts.h"
#include "skyden/base/status.h"
#include "skyden/resources/access.h"
#include "skyden/resources/foresight.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {
namespace {

using State = Rollout::State;

absl::Status NoRollout() { return absl::NotFoundError("there is no such rollout"); }

absl::Status Conflict(std::string text) {
  return base::WithTitle(absl::AbortedError(std::move(text)), "Conflict");
}

absl::Status Wrong(std::string_view what, const std::vector<base::FieldViolation>& wrong) {
  return base::WithViolations(absl::InvalidArgumentError(std::string(what)), wrong);
}

absl::Status WrongState(const Rollout& rollout, std::string_view what) {
  return absl::FailedPreconditionError(
      fmt::format("the rollout is {}: it cannot be {}", store::NameOf(rollout.state), what));
}

std::string NameOf(const RolloutItem& item) {
  return fmt::format("{} {}/{}", item.type->name, item.key.mesh, item.key.name);
}

bool IsEnabled(const model::Resource& zone) {
  ::kuma::system::v1alpha1::Zone message;
  return !message.ParseFromString(zone.spec) || !message.has_enabled() || message.enabled().value();
}

std::string AuditDetail(const Rollout& rollout) {
  nlohmann::json detail = {{"wave", rollout.wave}, {"waves", rollout.plan.waves.size()}};
  if (!rollout.reason.empty()) detail["reason"] = rollout.reason;
  nlohmann::json& names = detail["resources"] = nlohmann::json::array();
  constexpr size_t kNamed = 20;
  for (size_t i = 0; i < rollout.items.size() && i < kNamed; ++i) {
    names.push_back(NameOf(rollout.items[i]));
  }
  return detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void Audit(store::WriteTx& tx, const char* action, const Rollout& rollout) {
  tx.Audit({rollout.changed_at, action, "Rollout", rollout.mesh + "/" + rollout.id,
            AuditDetail(rollout)});
}

std::string Cut(std::string reason) {
  if (reason.size() > base::limits::kRolloutReasonBytes) {
    reason.resize(base::limits::kRolloutReasonBytes);
  }
  return reason;
}

// What zones see of a step.
enum class Seen { kNothing, kChanges };

class StoredRollouts final : public Rollouts {
 public:
  explicit StoredRollouts(const Deps& deps)
      : deps_(deps),
        types_(deps_.registry.core()),
        defaults_(deps_.registry, deps_.codec),
        live_(deps_.store, deps_.registry, deps_.views) {}

  absl::StatusOr<Rollout> Start(const model::TenantScope& scope, RolloutRequest request) override;
  absl::StatusOr<std::vector<Rollout>> List(const model::TenantScope& scope) override;
  absl::StatusOr<Rollout> Find(const model::TenantScope& scope, std::string_view id) override;
  absl::StatusOr<Rollout> Pause(const model::TenantScope& scope, std::string_view id,
                                std::string reason) override;
  absl::StatusOr<Rollout> Resume(const model::TenantScope& scope, std::string_view id) override;
  absl::StatusOr<Rollout> Abort(const model::TenantScope& scope, std::string_view id,
                                std::string reason) override;
  absl::StatusOr<Rollout> Finish(const model::TenantScope& scope, std::string_view id) override;
  absl::StatusOr<Rollout> Release(const model::TenantScope& scope, const Rollout& seen,
                                  std::string measured) override;
  absl::StatusOr<Rollout> NoteArrival(const model::TenantScope& scope,
                                      const Rollout& seen) override;
  absl::StatusOr<Rollout> NoteReady(const model::TenantScope& scope, const Rollout& seen) override;
  absl::StatusOr<Rollout> TakeBack(const model::TenantScope& scope, const Rollout& seen,
                                   std::string reason) override;
  absl::Status CheckStill(const model::TenantScope& scope, const Rollout& seen) override;
  absl::StatusOr<std::shared_ptr<const LiveRollouts>> Live(
      const model::TenantScope& scope) override {
    return live_.Get(scope);
  }

 private:
  // Changes what it is given, which it may be several times, and says what zones see of it.
  using Change = std::function<absl::StatusOr<Seen>(Rollout&)>;
  absl::StatusOr<Rollout> Step(const model::TenantScope& scope, const std::string& id,
                               const char* action, const Change& change);
  // The same in the name of somebody, who must be allowed to write its resources.
  absl::StatusOr<Rollout> StepBy(const model::TenantScope& scope, std::string_view id,
                                 const char* action, const Change& change);
  // The same of one that is as it was seen, and runs.
  absl::StatusOr<Rollout> StepOf(const model::TenantScope& scope, const Rollout& seen,
                                 const char* action, const Change& change);
  absl::StatusOr<std::vector<Rollout>> ListIn(store::ReadTx& tx) const;
  absl::StatusOr<Rollout> FindIn(store::ReadTx& tx, std::string_view id) const;
  static absl::Status CheckBases(store::ReadTx& tx, const Rollout& rollout);
  static absl::Status MakeRoom(store::WriteTx& tx, const std::vector<Rollout>& all,
                               const Rollout& rollout);
  absl::StatusOr<Rollout> Plan(const model::TenantScope& scope, RolloutRequest& request);
  // Writes what the rollout holds, and sees that it comes out as zones were told.
  absl::Status Write(store::WriteTx& tx, const model::TenantScope& scope, const Rollout& rollout,
                     PreparedImport& import) const;
  static absl::Status MayChange(const model::TenantScope& scope, const Rollout& rollout);
  // Ends a step: what became of the rollout is stored, and audited as `action` unless that is null.
  static absl::Status Store(store::WriteTx& tx, const char* action, Seen seen, Rollout& rollout);

  const Deps deps_;
  const CoreTypes& types_;
  const Defaults defaults_;
  LiveRolloutsCache live_;
};

absl::StatusOr<std::vector<Rollout>> StoredRollouts::ListIn(store::ReadTx& tx) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto records, tx.ListRollouts());
  std::vector<Rollout> all;
  for (const store::RolloutRecord& record : records) {
    SKYDEN_ASSIGN_OR_RETURN(Rollout rollout, DecodeRollout(deps_.registry, record));
    all.push_back(std::move(rollout));
  }
  return all;
}

absl::StatusOr<Rollout> StoredRollouts::FindIn(store::ReadTx& tx, std::string_view id) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto records, tx.ListRollouts());
  for (const store::RolloutRecord& record : records) {
    if (record.id == id) return DecodeRollout(deps_.registry, record);
  }
  return NoRollout();
}

absl::StatusOr<std::vector<Rollout>> StoredRollouts::List(const model::TenantScope& scope) {
  std::vector<Rollout> all;
  SKYDEN_RETURN_IF_ERROR(deps_.store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(all, ListIn(tx));
    return absl::OkStatus();
  }));
  return all;
}

absl::StatusOr<Rollout> StoredRollouts::Find(const model::TenantScope& scope, std::string_view id) {
  Rollout found;
  SKYDEN_RETURN_IF_ERROR(deps_.store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(found, FindIn(tx, id));
    return absl::OkStatus();
  }));
  return found;
}

absl::Status StoredRollouts::MayChange(const model::TenantScope& scope, const Rollout& rollout) {
  for (const RolloutItem& item : rollout.items) {
    SKYDEN_RETURN_IF_ERROR(CheckMayWrite(scope, *item.type, item.key));
  }
  return absl::OkStatus();
}

absl::Status StoredRollouts::CheckBases(store::ReadTx& tx, const Rollout& rollout) {
  for (const RolloutItem& item : rollout.items) {
    SKYDEN_ASSIGN_OR_RETURN(const auto revision, tx.FindRevision(item.type->id, item.key));
    if (revision.value_or(0) == item.base) continue;
    return Conflict(fmt::format(
        "{} was {} since the rollout began: abort it, and begin one over what there is now",
        NameOf(item),
        !revision.has_value() ? "deleted" : fmt::format("written at revision {}", *revision)));
  }
  return absl::OkStatus();
}

absl::Status StoredRollouts::CheckStill(const model::TenantScope& scope, const Rollout& seen) {
  return deps_.store.Read(scope, [&](store::ReadTx& tx) { return CheckBases(tx, seen); });
}

absl::StatusOr<Rollout> StoredRollouts::Plan(const model::TenantScope& scope,
                                             RolloutRequest& request) {
  if (request.body.size() > base::limits::kRolloutBytes) {
    return absl::InvalidArgumentError(
        fmt::format("the documents have {} bytes: {} at most can be one rollout",
                    request.body.size(), base::limits::kRolloutBytes));
  }
  // Counted before anything is worked out.
  SKYDEN_ASSIGN_OR_RETURN(const auto documents, ReadImportBody(request.body));
  if (documents.size() > base::limits::kRolloutDocuments) {
    return absl::InvalidArgumentError(
        fmt::format("there are {} documents: {} at most can be one rollout", documents.size(),
                    base::limits::kRolloutDocuments));
  }
  SKYDEN_ASSIGN_OR_RETURN(const Foresight foresight,
                          Foresee({deps_.store, deps_.registry, deps_.codec, deps_.views}, scope,
                                  ForeseenDocuments{request.body}, {}, deps_.clock.Now()));
  Rollout rollout;
  std::vector<base::FieldViolation> wrong;
  rollout.items = ChooseItems(foresight.changes, rollout.mesh, wrong);
  std::vector<ZoneOfPlan> zones;
  SKYDEN_ASSIGN_OR_RETURN(const auto view, deps_.views.Get(scope, types_.zone->id));
  for (const auto& chunk : view->chunks()) {
    for (const auto& zone : *chunk) zones.push_back({zone->key.name, IsEnabled(*zone)});
  }
  rollout.plan.waves = ChooseWaves(zones, request.waves, wrong);
  if (!wrong.empty()) return Wrong("this cannot be released zone by zone", wrong);
  SKYDEN_RETURN_IF_ERROR(MayChange(scope, rollout));
  rollout.id = base::RandomUuid();
  rollout.created_at = rollout.changed_at = deps_.clock.Now();
  rollout.plan.hold = request.hold;
  rollout.plan.gate = request.gate;
  rollout.plan.away = request.away;
  rollout.plan.end = request.end;
  rollout.plan.actor = scope.who().name;
  rollout.documents = std::move(request.body);
  if (ContentBytes(rollout) > 2 * base::limits::kRolloutBytes) {
    return absl::InvalidArgumentError(
        fmt::format("the resources would have more than {} bytes: make it two rollouts",
                    base::limits::kRolloutBytes));
  }
  return rollout;
}

// For one more: of those that are over, the oldest go.
absl::Status StoredRollouts::MakeRoom(store::WriteTx& tx, const std::vector<Rollout>& all,
                                      const Rollout& rollout) {
  size_t live = 0;
  for (const Rollout& other : all) {
    if (!other.IsLive()) continue;
    ++live;
    if (other.mesh != rollout.mesh) continue;
    return absl::AlreadyExistsError(
        fmt::format("mesh \"{}\" has a rollout that is not over, {}: finish or abort it first",
                    other.mesh, other.id));
  }
  if (live >= base::limits::kRolloutsAtOnce) {
    return absl::ResourceExhaustedError(fmt::format(
        "{} rollouts of this control plane are not over, which is as many as there may be", live));
  }
  size_t over = all.size() - live;
  for (const Rollout& other : all) {
    if (over < base::limits::kRolloutsKept) break;
    if (other.IsLive()) continue;
    SKYDEN_RETURN_IF_ERROR(tx.RemoveRollout(other.id));
    --over;
  }
  return absl::OkStatus();
}

absl::StatusOr<Rollout> StoredRollouts::Start(const model::TenantScope& scope,
                                              RolloutRequest request) {
  base::AssertMayBlock();
  SKYDEN_ASSIGN_OR_RETURN(const Rollout rollout, Plan(scope, request));
  const auto written = deps_.store.Write(
      scope, [&, since = request.if_revision](store::WriteTx& tx) -> absl::Status {
        if (since.has_value()) SKYDEN_RETURN_IF_ERROR(CheckUnchanged(tx, deps_.registry, *since));
        SKYDEN_ASSIGN_OR_RETURN(const auto all, ListIn(tx));
        SKYDEN_RETURN_IF_ERROR(MakeRoom(tx, all, rollout));
        SKYDEN_RETURN_IF_ERROR(CheckBases(tx, rollout));
        store::RolloutRecord record = EncodeRollout(rollout);
        SKYDEN_RETURN_IF_ERROR(tx.PutRollout(record, {}));
        Audit(tx, "rollout.start", rollout);
        return absl::OkStatus();
      });
  if (!written.ok()) return written.status();
  return rollout;
}

absl::Status StoredRollouts::Store(store::WriteTx& tx, const char* action, Seen seen,
                                   Rollout& rollout) {
  store::RolloutRecord record = EncodeRollout(rollout);
  const auto types = seen == Seen::kChanges ? rollout.types() : std::vector<model::TypeId>();
  SKYDEN_RETURN_IF_ERROR(tx.PutRollout(record, types));
  rollout.revision = record.revision;
  if (action != nullptr) Audit(tx, action, rollout);
  return absl::OkStatus();
}

absl::StatusOr<Rollout> StoredRollouts::Step(const model::TenantScope& scope, const std::string& id,
                                             const char* action, const Change& change) {
  base::AssertMayBlock();
  Rollout rollout;
  const auto written = deps_.store.Write(scope, [&](store::WriteTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(rollout, FindIn(tx, id));
    rollout.changed_at = deps_.clock.Now();
    SKYDEN_ASSIGN_OR_RETURN(const Seen seen, change(rollout));
    return Store(tx, action, seen, rollout);
  });
  if (!written.ok()) return written.status();
  return rollout;
}

absl::StatusOr<Rollout> StoredRollouts::StepBy(const model::TenantScope& scope, std::string_view id,
                                               const char* action, const Change& change) {
  return Step(scope, std::string(id), action, [&](Rollout& rollout) -> absl::StatusOr<Seen> {
    SKYDEN_RETURN_IF_ERROR(MayChange(scope, rollout));
    return change(rollout);
  });
}

absl::StatusOr<Rollout> StoredRollouts::StepOf(const model::TenantScope& scope, const Rollout& seen,
                                               const char* action, const Change& change) {
  return Step(scope, seen.id, action, [&](Rollout& rollout) -> absl::StatusOr<Seen> {
    const bool is_as_seen = rollout.state == State::kRunning && rollout.wave == seen.wave &&
                            rollout.arrived_at.has_value() == seen.arrived_at.has_value();
    if (!is_as_seen) return WrongState(rollout, "driven further from where it was");
    return change(rollout);
  });
}

absl::StatusOr<Rollout> StoredRollouts::Pause(const model::TenantScope& scope, std::string_view id,
                                              std::string reason) {
  return StepBy(scope, id, "rollout.pause", [&](Rollout& rollout) -> absl::StatusOr<Seen> {
    if (rollout.state != State::kRunning) return WrongState(rollout, "paused");
    rollout.state = State::kPaused;
    rollout.reason = Cut(reason);
    return Seen::kNothing;
  });
}

absl::StatusOr<Rollout> StoredRollouts::Resume(const model::TenantScope& scope,
                                               std::string_view id) {
  return StepBy(scope, id, "rollout.resume", [](Rollout& rollout) -> absl::StatusOr<Seen> {
    if (rollout.state != State::kPaused) return WrongState(rollout, "resumed");
    rollout.state = State::kRunning;
    rollout.reason.clear();
    return Seen::kNothing;
  });
}

absl::StatusOr<Rollout> StoredRollouts::Abort(const model::TenantScope& scope, std::string_view id,
                                              std::string reason) {
  return StepBy(scope, id, "rollout.abort", [&](Rollout& rollout) -> absl::StatusOr<Seen> {
    if (!rollout.IsLive()) return WrongState(rollout, "aborted");
    rollout.state = State::kAborted;
    rollout.reason = Cut(reason);
    return rollout.wave > 0 ? Seen::kChanges : Seen::kNothing;
  });
}

absl::StatusOr<Rollout> StoredRollouts::Release(const model::TenantScope& scope,
                                                const Rollout& seen, std::string measured) {
  return StepOf(scope, seen, "rollout.release", [&](Rollout& rollout) -> absl::StatusOr<Seen> {
    if (rollout.wave >= rollout.plan.waves.size()) return WrongState(rollout, "released further");
    ++rollout.wave;
    rollout.released_at = rollout.changed_at;
    rollout.arrived_at.reset();
    rollout.measured = measured;
    return Seen::kChanges;
  });
}

absl::StatusOr<Rollout> StoredRollouts::NoteArrival(const model::TenantScope& scope,
                                                    const Rollout& seen) {
  return StepOf(scope, seen, nullptr, [](Rollout& rollout) -> absl::StatusOr<Seen> {
    rollout.arrived_at = rollout.changed_at;
    return Seen::kNothing;
  });
}

absl::StatusOr<Rollout> StoredRollouts::NoteReady(const model::TenantScope& scope,
                                                  const Rollout& seen) {
  return StepOf(scope, seen, "rollout.ready", [](Rollout& rollout) -> absl::StatusOr<Seen> {
    rollout.state = State::kReady;
    return Seen::kNothing;
  });
}

absl::StatusOr<Rollout> StoredRollouts::TakeBack(const model::TenantScope& scope,
                                                 const Rollout& seen, std::string reason) {
  return StepOf(scope, seen, "rollout.take_back", [&](Rollout& rollout) -> absl::StatusOr<Seen> {
    rollout.state = State::kTakenBack;
    rollout.reason = Cut(reason);
    return Seen::kChanges;
  });
}

absl::Status StoredRollouts::Write(store::WriteTx& tx, const model::TenantScope& scope,
                                   const Rollout& rollout, PreparedImport& import) const {
  SKYDEN_RETURN_IF_ERROR(CheckBases(tx, rollout));
  SKYDEN_RETURN_IF_ERROR(ImportOperation(scope, types_, defaults_, deps_.codec, import).Run(tx));
  for (const RolloutItem& item : rollout.items) {
    SKYDEN_ASSIGN_OR_RETURN(const auto written, tx.FindResource(item.type->id, item.key));
    const bool is_as_told =
        written.has_value() != item.goes &&
        (item.goes || (written->spec == item.after.spec && written->labels == item.after.labels));
    if (is_as_told) continue;
    return Conflict(
        fmt::format("{} would be written otherwise than zones were told: abort the "
                    "rollout, and begin one over what there is now",
                    NameOf(item)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Rollout> StoredRollouts::Finish(const model::TenantScope& scope,
                                               std::string_view id) {
  base::AssertMayBlock();
  SKYDEN_ASSIGN_OR_RETURN(Rollout rollout, Find(scope, id));
  SKYDEN_RETURN_IF_ERROR(MayChange(scope, rollout));
  if (!rollout.IsLive()) return WrongState(rollout, "finished");
  SKYDEN_RETURN_IF_ERROR(CheckStill(scope, rollout));
  SKYDEN_ASSIGN_OR_RETURN(auto documents, ReadImportBody(rollout.documents));
  SKYDEN_ASSIGN_OR_RETURN(
      PreparedImport import,
      PrepareImport(scope, deps_.registry, deps_.codec, types_, documents, deps_.clock.Now()));
  const auto written = deps_.store.Write(scope, [&](store::WriteTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(rollout, FindIn(tx, id));
    if (!rollout.IsLive()) return WrongState(rollout, "finished");
    SKYDEN_RETURN_IF_ERROR(Write(tx, scope, rollout, import));
    rollout.changed_at = deps_.clock.Now();
    rollout.state = State::kFinished;
    rollout.reason.clear();
    return Store(tx, "rollout.finish", Seen::kChanges, rollout);
  });
  if (!written.ok()) return written.status();
  return rollout;
}

}  // namespace

std::unique_ptr<Rollouts> Rollouts::Create(const Deps& deps) {
  return std::make_unique<StoredRollouts>(deps);
}

}  // namespace skyden::resources
