// SPDX-License-Identifier: Apache-2.0
#include "peers/answers.h"

#include <algorithm>
#include <utility>

#include "peers/convert_delivery.h"
#include "peers/proof.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/status.h"
#include "skyden/model/lanes.h"

namespace skyden::peers {
namespace {

namespace limits = base::limits;

constexpr std::string_view kService = "/skyden.peers.v1.Peers/";

// `response` has a member `failure`.
template <class Response>
std::string Failed(const absl::Status& why) {
  Response response;
  *response.mutable_failure() = ToFailure(why);
  return response.SerializeAsString();
}

}  // namespace

absl::Status Answers::Admit(std::string_view proof) const {
  return CheckProof(deps_.sealer, proof, deps_.self);
}

absl::StatusOr<std::pair<Answers::Task, model::TenantKey>> Answers::TaskFor(
    std::string_view path, const std::string& message) {
  using Made = std::pair<Task, model::TenantKey>;
  const auto decoded = [&message](auto request, auto run) -> absl::StatusOr<Made> {
    if (!request.ParseFromString(message)) {
      return absl::InvalidArgumentError("the question does not decode");
    }
    model::TenantKey tenant = model::kNoTenant;
    if constexpr (requires { request.scope(); }) {
      tenant = static_cast<model::TenantKey>(request.scope().tenant());
    }
    Task task = [request = std::move(request), run](const Answers& self, Done done) {
      (self.*run)(request, std::move(done));
    };
    return Made{std::move(task), tenant};
  };
  const std::string_view method = path.starts_with(kService) ? path.substr(kService.size()) : "";
  if (method == "AskZone") return decoded(pb::AskZoneRequest(), &Answers::AskZone);
  if (method == "ListRejected") return decoded(pb::ListRejectedRequest(), &Answers::ListRejected);
  if (method == "ListVerdicts") return decoded(pb::ListVerdictsRequest(), &Answers::ListVerdicts);
  if (method == "ReadPropagation") {
    return decoded(pb::ReadPropagationRequest(), &Answers::ReadPropagation);
  }
  if (method == "ReadZone") return decoded(pb::ReadZoneRequest(), &Answers::ReadZone);
  if (method == "GetStanding") return decoded(pb::GetStandingRequest(), &Answers::GetStanding);
  return absl::UnimplementedError("this daemon does not know the question");
}

void Answers::Answer(std::string_view path, const std::string& message, Done done) {
  auto task = TaskFor(path, message);
  if (!task.ok()) return done(task.status());
  if (under_way_.fetch_add(1) >= limits::kPeerCalls) {
    under_way_.fetch_sub(1);
    return done(absl::ResourceExhaustedError("other daemons ask too much at once"));
  }
  Done counted = [self = shared_from_this(),
                  done = std::move(done)](absl::StatusOr<std::string> answer) mutable {
    self->under_way_.fetch_sub(1);
    done(std::move(answer));
  };
  deps_.workers.PostIn(
      model::LaneOf(task->second),
      [self = shared_from_this(), run = std::move(task->first),
       counted = std::move(counted)]() mutable { run(*self, std::move(counted)); });
}

// What the other daemon takes for one of its caller's, looked up in the database.
absl::StatusOr<model::TenantScope> Answers::ScopeOf(const pb::Scope& asked) const {
  const auto system = model::SystemScope::For("a zone's daemon is asked by another");
  const absl::Status missing = absl::NotFoundError("no such control plane");
  const auto id = model::ParseControlPlaneId(asked.control_plane());
  if (!id.ok()) return missing;
  SKYDEN_ASSIGN_OR_RETURN(const auto found, deps_.store.FindControlPlane(system, *id));
  if (!found.has_value() || static_cast<int64_t>(found->organization) != asked.organization() ||
      static_cast<int64_t>(found->tenant) != asked.tenant()) {
    return missing;
  }
  return system.In(found->organization, found->tenant, found->id, found->version());
}

// Whoever goes meanwhile leaves the question behind: it ends with the zone's answer, or its time.
void Answers::AskZone(const pb::AskZoneRequest& request, Done done) const {
  const auto scope = ScopeOf(request.scope());
  if (!scope.ok()) return done(scope.status());
  deps_.gateway.Ask(*scope, FromMessage(request),
                    [done = std::move(done)](absl::StatusOr<std::string> answer) mutable {
                      if (!answer.ok()) return done(Failed<pb::AskZoneResponse>(answer.status()));
                      pb::AskZoneResponse response;
                      response.set_answer(*std::move(answer));
                      done(response.SerializeAsString());
                    });
}

void Answers::ListRejected(const pb::ListRejectedRequest& request, Done done) const {
  if (!request.has_scope()) return done(ToMessage(deps_.all_rejected()).SerializeAsString());
  const auto scope = ScopeOf(request.scope());
  if (!scope.ok()) return done(scope.status());
  done(ToMessage(deps_.rejected(*scope)).SerializeAsString());
}

void Answers::ListVerdicts(const pb::ListVerdictsRequest& request, Done done) const {
  const auto scope = ScopeOf(request.scope());
  if (!scope.ok()) return done(scope.status());
  const auto refused = deps_.verdicts.Refused(*scope);
  if (!refused.ok()) return done(refused.status());
  done(ToMessage(deps_.registry, *refused, deps_.verdicts.Withheld(*scope)).SerializeAsString());
}

// The revision that is asked about may not have been heard of here yet.
void Answers::ReadPropagation(const pb::ReadPropagationRequest& request, Done done) const {
  const auto finish = [this](absl::StatusOr<kds::Propagation> read, Done& then) {
    if (!read.ok()) return then(Failed<pb::ReadPropagationResponse>(read.status()));
    then(ToMessage(deps_.registry, *read).SerializeAsString());
  };
  const auto scope = ScopeOf(request.scope());
  if (!scope.ok()) return done(scope.status());
  if (absl::Status fresh = deps_.daemons.Fresh(); !fresh.ok()) return done(fresh);
  if (request.wait_ms() <= 0) {
    return finish(deps_.deliveries.Read(*scope, FromMessage(request)), done);
  }
  const absl::Duration wait =
      std::min(absl::Milliseconds(request.wait_ms()), limits::kPropagationWait);
  deps_.deliveries.Await(
      *scope, FromMessage(request), wait,
      [self = shared_from_this(), finish, done = std::move(done)](
          absl::StatusOr<kds::Propagation> read) mutable { finish(std::move(read), done); });
}

void Answers::ReadZone(const pb::ReadZoneRequest& request, Done done) const {
  const auto scope = ScopeOf(request.scope());
  if (!scope.ok()) return done(scope.status());
  if (absl::Status fresh = deps_.daemons.Fresh(); !fresh.ok()) return done(fresh);
  deps_.deliveries.OfZone(*scope, request.zone_name(),
                          [self = shared_from_this(), done = std::move(done)](
                              absl::StatusOr<kds::ZoneDelivery> delivery) mutable {
                            if (!delivery.ok()) {
                              return done(Failed<pb::ReadZoneResponse>(delivery.status()));
                            }
                            done(ToMessage(self->deps_.registry, *delivery).SerializeAsString());
                          });
}

void Answers::GetStanding(const pb::GetStandingRequest&, Done done) const {
  pb::GetStandingResponse response;
  response.set_unheard_ms(absl::ToInt64Milliseconds(deps_.daemons.Unheard()));
  response.set_steady_ms(absl::ToInt64Milliseconds(deps_.steady()));
  done(response.SerializeAsString());
}

}  // namespace skyden::peers
