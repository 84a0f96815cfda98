// SPDX-License-Identifier: Apache-2.0
#include "peers/asking_gateway.h"

#include <optional>
#include <utility>

#include "peers/convert.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/status.h"
#include "skyden/model/lanes.h"

namespace skyden::peers {
namespace {

namespace limits = base::limits;

absl::StatusOr<std::string> AnswerIn(const Other& other, const absl::StatusOr<std::string>& came) {
  SKYDEN_ASSIGN_OR_RETURN(pb::AskZoneResponse response, Decoded<pb::AskZoneResponse>(other, came));
  if (response.has_failure()) return FromFailure(response.failure());
  return std::move(*response.mutable_answer());
}

}  // namespace

kds::ZoneGateway::Ticket AskingGateway::Ask(const model::TenantScope& scope,
                                            kds::ZoneRequest request, Done done) {
  const auto holder = asking_.WhoHas(scope, request.zone_name);
  if (!holder.ok()) {
    done(holder.status());
    return {};
  }
  if (!holder->has_value()) return own_.Ask(scope, std::move(request), std::move(done));
  const Other& other = **holder;
  const Ticket ticket = base::RandomUuid();
  {
    absl::MutexLock lock(&shared_->mu);
    shared_->pending[ticket].done = std::move(done);
  }
  auto call =
      asking_.callers.Ask(other, "AskZone", ToMessage(scope, request).SerializeAsString(),
                          limits::kZoneRequestTime + limits::kPeerSlack,
                          [shared = shared_, ticket, other, lane = model::LaneOf(scope.tenant()),
                           &workers = asking_.workers](absl::StatusOr<std::string> came) {
                            workers.PostIn(lane, [shared, ticket, other, came = std::move(came)] {
                              std::optional<Pending> mine;
                              {
                                absl::MutexLock lock(&shared->mu);
                                const auto found = shared->pending.find(ticket);
                                if (found == shared->pending.end()) return;  // nobody waits
                                mine = std::move(found->second);
                                shared->pending.erase(found);
                              }
                              mine->done(AnswerIn(other, came));
                            });
                          });
  absl::MutexLock lock(&shared_->mu);
  const auto found = shared_->pending.find(ticket);
  if (found != shared_->pending.end()) found->second.call = std::move(call);
  return ticket;
}

void AskingGateway::Cancel(const Ticket& ticket) {
  std::optional<Pending> dropped;
  {
    absl::MutexLock lock(&shared_->mu);
    const auto found = shared_->pending.find(ticket);
    if (found != shared_->pending.end()) {
      dropped = std::move(found->second);
      shared_->pending.erase(found);
    }
  }
  if (!dropped.has_value()) return own_.Cancel(ticket);
  Callers::Cancel(dropped->call);
}

}  // namespace skyden::peers
