// SPDX-License-Identifier: Apache-2.0
// One timer per control plane that has changes waiting, none otherwise. `dirty` holds those; a
// change that comes while its control plane is being computed makes it dirty again. `kept` says
// what was last found to be stored, so that only meshes with new figures are looked at.
#include "skyden/insights/service_insight_keeper.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/util/message_differencer.h"
#include "insights/tenant_figures.h"
#include "skyden/base/status.h"
#include "skyden/model/lanes.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::insights {
namespace {

namespace mesh_proto = kuma::mesh::v1alpha1;
using FiguresPointer = std::shared_ptr<const TenantFigures>;

constexpr model::ByVersion<bool> kWrittenBy = {{true, false}};

bool Touches(const store::Change& change, const std::vector<model::TypeId>& types) {
  return std::any_of(types.begin(), types.end(),
                     [&](model::TypeId type) { return change.Names(type); });
}

}  // namespace

struct ServiceInsightKeeper::State : std::enable_shared_from_this<State> {
  explicit State(Deps d)
      : deps(std::move(d)),
        mesh(Type("Mesh")),
        service_insight(Type("ServiceInsight")),
        zones{Type("ZoneInsight")},
        proxies{mesh, Type("Dataplane"), Type("DataplaneInsight"), Type("ExternalService")} {}

  model::TypeId Type(const char* name) const { return deps.registry.FindByName(name)->id; }

  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu);
  void MarkDirty(model::OrganizationKey organization, model::TenantKey tenant, bool soon)
      ABSL_LOCKS_EXCLUDED(mu);
  void Recompute(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu);
  // Stores what differs; `before` null: nothing is known of what is stored.
  absl::StatusOr<FiguresPointer> Store(const model::TenantScope& scope,
                                       const FiguresPointer& before);
  // Kuma 3 lists ServiceInsights and writes none.
  absl::StatusOr<bool> IsKept(const model::TenantScope& scope) const {
    bool written = true;
    const absl::Status read = deps.store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const auto record, tx.ControlPlane());
      written = kWrittenBy[record.version()];
      return absl::OkStatus();
    });
    SKYDEN_RETURN_IF_ERROR(read);
    return written;
  }
  std::optional<model::Resource> Changed(const TenantFigures::Mesh& now,
                                         const resources::ResourceView& stored) const;

  struct Kept {
    model::OrganizationKey organization{};
    FiguresPointer figures;
  };
  struct Dirty {
    model::OrganizationKey organization{};
    bool soon = false;  // a timer of `settle` runs; else one of `settle_zones`
  };

  const Deps deps;
  const model::TypeId mesh;
  const model::TypeId service_insight;
  const std::vector<model::TypeId> zones;
  const std::vector<model::TypeId> proxies;
  absl::Mutex mu;
  absl::flat_hash_map<model::TenantKey, Dirty> dirty ABSL_GUARDED_BY(mu);
  absl::flat_hash_map<model::TenantKey, Kept> kept ABSL_GUARDED_BY(mu);
  int running ABSL_GUARDED_BY(mu) = 0;
  bool stopped ABSL_GUARDED_BY(mu) = false;
};

ServiceInsightKeeper::ServiceInsightKeeper(Deps deps)
    : state_(std::make_shared<State>(std::move(deps))) {
  subscription_ = state_->deps.store.Subscribe(
      std::nullopt, [state = state_](const store::Change& change) { state->OnChange(change); });
}

ServiceInsightKeeper::~ServiceInsightKeeper() {
  subscription_.reset();
  absl::MutexLock lock(&state_->mu);
  state_->stopped = true;
  const auto idle = [this]()
                        ABSL_EXCLUSIVE_LOCKS_REQUIRED(state_->mu) { return state_->running == 0; };
  state_->mu.Await(absl::Condition(&idle));
}

void ServiceInsightKeeper::State::OnChange(const store::Change& change) {
  // It may be of another version now, and what was stored of it is what that version stores.
  const bool renewed = change.self == store::Change::Self::kTerms;
  if (renewed && change.tenant != model::TenantKey{}) {
    absl::MutexLock lock(&mu);
    kept.erase(change.tenant);
  }
  const bool soon = renewed || Touches(change, proxies);
  if (!soon && !Touches(change, zones)) return;
  if (change.tenant != model::TenantKey{}) {
    return MarkDirty(change.organization, change.tenant, soon);
  }
  // Of all: those that have any figures.
  std::vector<std::pair<model::OrganizationKey, model::TenantKey>> meant;
  {
    absl::MutexLock lock(&mu);
    for (const auto& [tenant, one] : kept) {
      if (change.IsOf(one.organization, tenant)) meant.emplace_back(one.organization, tenant);
    }
  }
  for (const auto& [organization, tenant] : meant) MarkDirty(organization, tenant, soon);
}

void ServiceInsightKeeper::State::MarkDirty(model::OrganizationKey organization,
                                            model::TenantKey tenant, bool soon) {
  {
    absl::MutexLock lock(&mu);
    if (stopped) return;
    Dirty& entry = dirty.try_emplace(tenant).first->second;
    const bool waits = entry.organization != model::OrganizationKey{} && (entry.soon || !soon);
    if (waits) return;
    entry = {organization, soon};
  }
  deps.timers.After(soon ? deps.settle : deps.settle_zones, deps.workers,
                    [weak = weak_from_this(), tenant] {
                      const auto self = weak.lock();
                      if (self == nullptr) return;
                      // Of a large mesh it takes long.
                      self->deps.workers.HandOver(model::LaneOfZones(tenant), [weak, tenant] {
                        if (const auto still = weak.lock()) still->Recompute(tenant);
                      });
                    });
}

void ServiceInsightKeeper::State::Recompute(model::TenantKey tenant) {
  model::OrganizationKey organization{};
  FiguresPointer before;
  {
    absl::MutexLock lock(&mu);
    const auto entry = dirty.find(tenant);
    if (stopped || entry == dirty.end()) return;  // a sooner timer did it
    organization = entry->second.organization;
    dirty.erase(entry);
    if (const auto known = kept.find(tenant); known != kept.end()) before = known->second.figures;
    ++running;
  }
  // The id is for people only: rows are found by the keys.
  const model::TenantScope scope = model::SystemScope::For("compute service insights")
                                       .In(organization, tenant, model::ControlPlaneId());
  const absl::StatusOr<FiguresPointer> now = Store(scope, before);
  if (!now.ok() && !absl::IsNotFound(now.status()) && !absl::IsUnavailable(now.status())) {
    telemetry::Log(telemetry::Level::warning, "service insights not computed",
                   {{"status", now.status().ToString()}});
  }
  absl::MutexLock lock(&mu);
  --running;
  if (now.ok() && !(*now)->meshes.empty()) {
    kept[tenant] = {organization, *now};
  } else {
    kept.erase(tenant);
  }
}

absl::StatusOr<FiguresPointer> ServiceInsightKeeper::State::Store(const model::TenantScope& scope,
                                                                  const FiguresPointer& before) {
  SKYDEN_ASSIGN_OR_RETURN(FiguresPointer now, deps.figures.Get(scope));
  if (now == before) return now;
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, deps.views.Get(scope, service_insight));
  std::vector<model::Resource> changed;
  for (const TenantFigures::Mesh& each : now->meshes) {
    const TenantFigures::Mesh* known = before == nullptr ? nullptr : before->Find(each.name);
    if (known != nullptr && known->figures == each.figures) continue;
    if (auto resource = Changed(each, *stored)) changed.push_back(*std::move(resource));
  }
  if (changed.empty()) return now;
  SKYDEN_ASSIGN_OR_RETURN(const bool is_kept, IsKept(scope));
  if (!is_kept) return now;
  store::WritePlan plan;
  for (const model::Resource& resource : changed) {
    plan.Resource(mesh, {"", resource.key.mesh}).Resource(resource.type, resource.key);
  }
  const auto written = deps.store.Write(
      scope, std::move(plan),
      [changed = std::move(changed), mesh = mesh](store::WriteTx& tx) -> absl::Status {
        for (model::Resource resource : changed) {
          // The mesh may have been deleted while we counted.
          SKYDEN_ASSIGN_OR_RETURN(const auto there, tx.FindResource(mesh, {"", resource.key.mesh}));
          if (there.has_value()) SKYDEN_RETURN_IF_ERROR(tx.PutResource(resource));
        }
        return absl::OkStatus();
      });
  if (!written.ok()) return written.status();
  return now;
}

std::optional<model::Resource> ServiceInsightKeeper::State::Changed(
    const TenantFigures::Mesh& now, const resources::ResourceView& stored) const {
  const mesh_proto::ServiceInsight& services = now.figures->services;
  const auto old = stored.Find(ServiceInsightKey(now.name));
  if (old == nullptr && services.services().empty()) return std::nullopt;
  mesh_proto::ServiceInsight before;
  if (old != nullptr && before.ParseFromString(old->spec) &&
      google::protobuf::util::MessageDifferencer::Equals(before, services)) {
    return std::nullopt;
  }
  model::Resource resource;
  resource.type = service_insight;
  resource.key = ServiceInsightKey(now.name);
  resource.modification_time = deps.clock.Now();
  resource.creation_time = old != nullptr ? old->creation_time : resource.modification_time;
  resource.spec = services.SerializeAsString();
  return resource;
}

}  // namespace skyden::insights
