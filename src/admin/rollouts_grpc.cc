// SPDX-License-Identifier: Apache-2.0
#include "admin/rollouts_grpc.h"

#include <utility>

#include "admin/changes_convert.h"
#include "skyden/base/status.h"
#include "skyden/kds/deliveries.h"

namespace skyden::admin {
namespace {

using Pace = Calls::Pace;
using model::Action;
using model::TenantScope;
using resources::Rollouts;

absl::Status NoZones() { return absl::UnavailableError("zones are not served now; try again"); }

std::string By(const TenantScope& scope, const char* what) {
  return std::string(what) + " by " + scope.who().name;
}

}  // namespace

absl::Status RolloutsGrpc::Tell(const TenantScope& scope, const Found& rollout,
                                v1::Rollout* response) const {
  const Deps& deps = calls_.deps();
  SKYDEN_RETURN_IF_ERROR(rollout.status());
  absl::StatusOr<kds::Propagation> propagation = NoZones();
  if (deps.deliveries != nullptr) {
    kds::PropagationQuery query;
    query.zones = kds::PropagationQuery::Zones::kAll;
    query.revision = rollout->revision;
    propagation = deps.deliveries->Read(scope, query);
  }
  // What it is does not depend on how far it has come.
  Fill(*rollout, deps.epoch(), propagation.ok() ? &*propagation : nullptr, response);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* RolloutsGrpc::Run(grpc::CallbackServerContext* context,
                                            const v1::RolloutRequest* request,
                                            v1::Rollout* response, Action action, Pace pace,
                                            Step step) {
  return calls_.StartInControlPlane(
      context, request->control_plane_id(), action, pace,
      [this, request, response, step](const TenantScope& scope, Answer answer) {
        Rollouts* const rollouts = calls_.deps().rollouts;
        if (rollouts == nullptr) return answer(NoZones());
        answer(Tell(scope, step(*rollouts, scope, request->id()), response));
      });
}

grpc::ServerUnaryReactor* RolloutsGrpc::Start(grpc::CallbackServerContext* context,
                                              const v1::StartRolloutRequest* request,
                                              v1::Rollout* response) {
  return calls_.StartInControlPlane(
      context, request->control_plane_id(), Action::kWrite, Pace::kLong,
      [this, request, response](const TenantScope& scope, Answer answer) {
        const Deps& deps = calls_.deps();
        if (deps.rollouts == nullptr) return answer(NoZones());
        auto start = ToRequest(deps.epoch(), *request);
        if (!start.ok()) return answer(start.status());
        answer(Tell(scope, deps.rollouts->Start(scope, *std::move(start)), response));
      });
}

grpc::ServerUnaryReactor* RolloutsGrpc::List(grpc::CallbackServerContext* context,
                                             const v1::ListRolloutsRequest* request,
                                             v1::ListRolloutsResponse* response) {
  return calls_.StartInControlPlane(context, request->control_plane_id(), Action::kRead,
                                    Pace::kShort,
                                    [this, response](const TenantScope& scope, Answer answer) {
                                      const Deps& deps = calls_.deps();
                                      if (deps.rollouts == nullptr) return answer(NoZones());
                                      const auto all = deps.rollouts->List(scope);
                                      if (!all.ok()) return answer(all.status());
                                      for (auto one = all->rbegin(); one != all->rend(); ++one) {
                                        Fill(*one, deps.epoch(), nullptr, response->add_rollouts());
                                      }
                                      answer(absl::OkStatus());
                                    });
}

grpc::ServerUnaryReactor* RolloutsGrpc::Get(grpc::CallbackServerContext* context,
                                            const v1::RolloutRequest* request,
                                            v1::Rollout* response) {
  return Run(context, request, response, Action::kRead, Pace::kShort,
             [](Rollouts& rollouts, const TenantScope& scope, const std::string& id) {
               return rollouts.Find(scope, id);
             });
}

grpc::ServerUnaryReactor* RolloutsGrpc::Pause(grpc::CallbackServerContext* context,
                                              const v1::RolloutRequest* request,
                                              v1::Rollout* response) {
  return Run(context, request, response, Action::kWrite, Pace::kShort,
             [](Rollouts& rollouts, const TenantScope& scope, const std::string& id) {
               return rollouts.Pause(scope, id, By(scope, "paused"));
             });
}

grpc::ServerUnaryReactor* RolloutsGrpc::Resume(grpc::CallbackServerContext* context,
                                               const v1::RolloutRequest* request,
                                               v1::Rollout* response) {
  return Run(context, request, response, Action::kWrite, Pace::kShort,
             [](Rollouts& rollouts, const TenantScope& scope, const std::string& id) {
               return rollouts.Resume(scope, id);
             });
}

grpc::ServerUnaryReactor* RolloutsGrpc::Abort(grpc::CallbackServerContext* context,
                                              const v1::RolloutRequest* request,
                                              v1::Rollout* response) {
  return Run(context, request, response, Action::kWrite, Pace::kShort,
             [](Rollouts& rollouts, const TenantScope& scope, const std::string& id) {
               return rollouts.Abort(scope, id, By(scope, "aborted"));
             });
}

grpc::ServerUnaryReactor* RolloutsGrpc::Finish(grpc::CallbackServerContext* context,
                                               const v1::RolloutRequest* request,
                                               v1::Rollout* response) {
  return Run(context, request, response, Action::kWrite, Pace::kLong,
             [](Rollouts& rollouts, const TenantScope& scope, const std::string& id) {
               return rollouts.Finish(scope, id);
             });
}

}  // namespace skyden::admin
