// SPDX-License-Identifier: Apache-2.0
#include "peers/deliveries_everywhere.h"

#include <algorithm>
#include <utility>

#include "peers/convert_delivery.h"
#include "peers/propagation_wait.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/status.h"

namespace skyden::peers {
namespace {

namespace limits = base::limits;

absl::StatusOr<kds::Propagation> PropagationIn(const Asking& asking, const Other& other,
                                               const absl::StatusOr<std::string>& answer) {
  SKYDEN_ASSIGN_OR_RETURN(const auto response, Decoded<pb::ReadPropagationResponse>(other, answer));
  if (response.has_failure()) return FromFailure(response.failure());
  return FromMessage(asking.registry, response);
}

}  // namespace

absl::Status DeliveriesEverywhere::Excuse(const model::TenantScope& scope, const Other& silent,
                                          const absl::Status& why) const {
  if (!absl::IsUnavailable(why)) return why;
  SKYDEN_ASSIGN_OR_RETURN(const auto holders, asking_.holders.All(scope));
  const bool has_zones = std::any_of(holders.begin(), holders.end(), [&](const auto& held) {
    return held.second == silent.instance;
  });
  return has_zones ? why : absl::OkStatus();
}

absl::StatusOr<Merged> DeliveriesEverywhere::ReadAll(const model::TenantScope& scope,
                                                     const kds::PropagationQuery& query,
                                                     const std::vector<Other>& others) const {
  std::vector<kds::Propagation> told(1);
  SKYDEN_ASSIGN_OR_RETURN(told[0], own_.Read(scope, query));
  if (!others.empty()) {
    kds::PropagationQuery same = query;
    same.revision = told[0].revision;
    const auto answers = asking_.callers.AskAll(
        others, "ReadPropagation", ToMessage(scope, same, absl::ZeroDuration()).SerializeAsString(),
        limits::kPeerTime);
    for (size_t n = 0; n < others.size(); ++n) {
      auto read = PropagationIn(asking_, others[n], answers[n]);
      if (!read.ok()) {
        SKYDEN_RETURN_IF_ERROR(Excuse(scope, others[n], read.status()));
        // It has none of the zones, and its place is kept.
        read = kds::Propagation();
        read->revision = told[0].revision;
      }
      told.push_back(*std::move(read));
    }
  }
  return Merge(std::move(told));
}

absl::StatusOr<kds::Propagation> DeliveriesEverywhere::Read(
    const model::TenantScope& scope, const kds::PropagationQuery& query) const {
  SKYDEN_ASSIGN_OR_RETURN(Merged merged, ReadAll(scope, query, asking_.others.Now()));
  return std::move(merged.propagation);
}

void DeliveriesEverywhere::Await(const model::TenantScope& scope, kds::PropagationQuery query,
                                 absl::Duration at_most, Done done) {
  if (asking_.others.Now().empty()) {
    return own_.Await(scope, std::move(query), at_most, std::move(done));
  }
  auto wait = std::make_shared<Wait>(
      Wait::Deps{
          asking_, own_,
          [self = shared_from_this()](const auto& of, const auto& asked, const auto& others) {
            return self->ReadAll(of, asked, others);
          },
          [self = shared_from_this()](const std::shared_ptr<Wait>& over) { self->Over(over); }},
      scope, std::move(query), at_most, std::move(done));
  absl::Status refused;
  {
    absl::MutexLock lock(&mu_);
    refused = seats_.Take(scope.tenant());
    if (refused.ok()) waits_.insert(wait);
  }
  if (!refused.ok()) return wait->Refuse(refused);
  wait->Start();
}

void DeliveriesEverywhere::Over(const std::shared_ptr<Wait>& wait) {
  absl::MutexLock lock(&mu_);
  if (waits_.erase(wait) == 0) return;
  seats_.GiveBack(wait->tenant());
}

void DeliveriesEverywhere::EndWaits() {
  absl::flat_hash_set<std::shared_ptr<Wait>> waits;
  {
    absl::MutexLock lock(&mu_);
    seats_.Close();
    waits = waits_;
  }
  for (const auto& wait : waits) wait->End(absl::UnavailableError("the daemon stops"));
}

void DeliveriesEverywhere::OfZone(
    const model::TenantScope& scope, std::string zone_name,
    absl::AnyInvocable<void(absl::StatusOr<kds::ZoneDelivery>)> done) const {
  const auto holder = asking_.WhoHas(scope, zone_name);
  if (!holder.ok()) return done(holder.status());
  if (!holder->has_value()) return own_.OfZone(scope, std::move(zone_name), std::move(done));
  pb::ReadZoneRequest request;
  *request.mutable_scope() = ToMessage(scope);
  request.set_zone_name(zone_name);
  const std::vector<Other> others = {**holder};
  const auto answers =
      asking_.callers.AskAll(others, "ReadZone", request.SerializeAsString(), limits::kPeerTime);
  const auto response = Decoded<pb::ReadZoneResponse>(others[0], answers[0]);
  if (!response.ok()) return done(response.status());
  if (response->has_failure()) return done(FromFailure(response->failure()));
  done(FromMessage(asking_.registry, *response));
}

}  // namespace skyden::peers
