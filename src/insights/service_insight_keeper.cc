// SPDX-License-Identifier: Apache-2.0
// One timer per control plane that has changes waiting, none otherwise. `dirty` holds those; a
// change that comes while its control plane is being computed makes it dirty again.
#include "skyden/insights/service_insight_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/util/message_differencer.h"
#include "insights/mesh_tally.h"
#include "skyden/base/status.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/telemetry/log.h"

namespace skyden::insights {
namespace {

std::string NameOf(const std::string& mesh_name) {
  return fmt::format("all-services-{}", mesh_name);
}

}  // namespace

struct ServiceInsightKeeper::State : std::enable_shared_from_this<State> {
  explicit State(Deps d) : deps(std::move(d)) {
    for (const char* name : {"Mesh", "Dataplane", "DataplaneInsight", "ExternalService"}) {
      inputs.push_back(deps.registry.FindByName(name)->id);
    }
    service_insight = deps.registry.FindByName("ServiceInsight")->id;
    std::sort(inputs.begin(), inputs.end());
  }

  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu);
  void Recompute(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu);
  absl::Status RecomputeAll(const model::TenantScope& scope);
  absl::StatusOr<ProxyViews> Views(const model::TenantScope& scope);

  const Deps deps;
  std::vector<model::TypeId> inputs;
  model::TypeId service_insight{};
  absl::Mutex mu;
  absl::flat_hash_map<model::TenantKey, model::OrganizationKey> dirty ABSL_GUARDED_BY(mu);
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
  const bool relevant = std::any_of(change.types.begin(), change.types.end(), [this](auto type) {
    return std::binary_search(inputs.begin(), inputs.end(), type);
  });
  if (!relevant) return;
  {
    absl::MutexLock lock(&mu);
    if (stopped || !dirty.try_emplace(change.tenant, change.organization).second) return;
  }
  deps.timers.After(deps.settle, deps.workers, [weak = weak_from_this(), tenant = change.tenant] {
    if (const auto self = weak.lock()) self->Recompute(tenant);
  });
}

void ServiceInsightKeeper::State::Recompute(model::TenantKey tenant) {
  model::OrganizationKey organization{};
  {
    absl::MutexLock lock(&mu);
    if (stopped) return;
    const auto entry = dirty.find(tenant);
    organization = entry->second;
    dirty.erase(entry);
    ++running;
  }
  // The id is for people only: rows are found by the keys.
  const model::TenantScope scope = model::SystemScope::For("compute service insights")
                                       .In(organization, tenant, model::ControlPlaneId());
  const absl::Status status = RecomputeAll(scope);
  if (!status.ok() && !absl::IsNotFound(status) && !absl::IsUnavailable(status)) {
    telemetry::Log(telemetry::Level::warning, "service insights not computed",
                   {{"status", status.ToString()}});
  }
  absl::MutexLock lock(&mu);
  --running;
}

absl::StatusOr<ProxyViews> ServiceInsightKeeper::State::Views(const model::TenantScope& scope) {
  ProxyViews views;
  const auto get = [&](const char* type) {
    return deps.views.Get(scope, deps.registry.FindByName(type)->id);
  };
  SKYDEN_ASSIGN_OR_RETURN(views.meshes, get("Mesh"));
  SKYDEN_ASSIGN_OR_RETURN(views.dataplanes, get("Dataplane"));
  SKYDEN_ASSIGN_OR_RETURN(views.dataplane_insights, get("DataplaneInsight"));
  SKYDEN_ASSIGN_OR_RETURN(views.external_services, get("ExternalService"));
  return views;
}

absl::Status ServiceInsightKeeper::State::RecomputeAll(const model::TenantScope& scope) {
  SKYDEN_ASSIGN_OR_RETURN(const ProxyViews views, Views(scope));
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, deps.views.Get(scope, service_insight));
  std::vector<model::Resource> changed;
  for (size_t i = 0; i < views.meshes->size(); ++i) {
    const std::string& mesh_name = views.meshes->at(i)->key.name;
    const mesh_proto::ServiceInsight now = TallyServices(views, mesh_name);
    const model::ResourceKey key{mesh_name, NameOf(mesh_name)};
    const auto old = stored->Find(key);
    if (old == nullptr && now.services().empty()) continue;
    mesh_proto::ServiceInsight before;
    if (old != nullptr && before.ParseFromString(old->spec) &&
        google::protobuf::util::MessageDifferencer::Equals(before, now)) {
      continue;
    }
    model::Resource resource;
    resource.type = service_insight;
    resource.key = key;
    resource.modification_time = deps.clock.Now();
    resource.creation_time = old != nullptr ? old->creation_time : resource.modification_time;
    resource.spec = now.SerializeAsString();
    changed.push_back(std::move(resource));
  }
  if (changed.empty()) return absl::OkStatus();
  const model::TypeId mesh_type = deps.registry.FindByName("Mesh")->id;
  return deps.store
      .Write(scope,
             [changed = std::move(changed), mesh_type](store::WriteTx& tx) -> absl::Status {
               for (model::Resource resource : changed) {
                 // The mesh may have been deleted while we counted.
                 SKYDEN_ASSIGN_OR_RETURN(const auto mesh,
                                         tx.FindResource(mesh_type, {"", resource.key.mesh}));
                 if (mesh.has_value()) SKYDEN_RETURN_IF_ERROR(tx.PutResource(resource));
               }
               return absl::OkStatus();
             })
      .status();
}

}  // namespace skyden::insights
