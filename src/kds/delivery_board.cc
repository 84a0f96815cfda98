// SPDX-License-Identifier: Apache-2.0
#include "kds/delivery_board.h"

#include <algorithm>
#include <utility>

#include "kds/authenticated_call.h"
#include "kds/connected_board.h"
#include "skyden/base/status.h"
#include "skyden/resources/resource_views.h"

namespace skyden::kds {
namespace {

PropagationWaits::Deps DepsOfWaits(const std::shared_ptr<const PropagationReader>& reader) {
  const Deps& deps = reader->core().deps;
  return {deps.clock,
          deps.workers,
          deps.timers,
          [reader](const model::TenantScope& scope, const PropagationQuery& query) {
            return reader->Read(scope, query);
          },
          [reader](const model::TenantScope& scope, const std::string& zone,
                   model::Revision revision) { return reader->HoldsBack(scope, zone, revision); },
          [reader](model::TenantKey tenant, const std::function<void()>& changed) {
            Core& core = reader->core();
            using Held = std::vector<std::shared_ptr<void>>;
            return std::make_shared<Held>(Held{core.progress.Subscribe(tenant, changed),
                                               core.verdicts.Subscribe(tenant, changed)});
          }};
}

}  // namespace

DeliveryBoard::DeliveryBoard(std::shared_ptr<Core> core)
    : reader_(std::make_shared<const PropagationReader>(std::move(core))),
      waits_(std::make_shared<PropagationWaits>(DepsOfWaits(reader_))) {}

absl::StatusOr<Propagation> DeliveryBoard::Read(const model::TenantScope& scope,
                                                const PropagationQuery& query) const {
  return reader_->Read(scope, query);
}

void DeliveryBoard::Await(const model::TenantScope& scope, PropagationQuery query,
                          absl::Duration at_most, Done done) {
  waits_->Begin(scope, std::move(query), at_most, std::move(done));
}

void DeliveryBoard::EndWaits() { waits_->EndAll(); }

absl::StatusOr<ZoneDelivery> DeliveryBoard::WithoutTypes(const model::TenantScope& scope,
                                                         const std::string& zone_name) const {
  Core& core = reader_->core();
  ZoneDelivery delivery;
  PropagationQuery query;
  query.zones = PropagationQuery::Zones::kNamed;
  SKYDEN_ASSIGN_OR_RETURN(Propagation all, reader_->Read(scope, query));
  const auto found = std::find_if(all.zones.begin(), all.zones.end(),
                                  [&](const auto& zone) { return zone.zone_name == zone_name; });
  if (found == all.zones.end()) return absl::NotFoundError("no such zone");
  delivery.standing = std::move(*found);
  delivery.newest = all.newest;
  SKYDEN_ASSIGN_OR_RETURN(const auto insight,
                          core.deps.views.Find(scope, core.insight_type, {"", zone_name}));
  delivery.connects =
      core.connects.Of(scope.tenant(), zone_name,
                       insight == nullptr ? std::vector<ZoneConnect>() : ConnectsIn(*insight));
  for (ConnectedZone& zone : ConnectedBoard(core).Of(scope)) {
    if (zone.zone_name == zone_name) delivery.connected = std::move(zone);
  }
  for (WithheldType& one : reader_->verdicts().Withheld(scope)) {
    if (one.zone_name == zone_name) delivery.withheld.push_back(std::move(one));
  }
  return delivery;
}

void DeliveryBoard::OfZone(const model::TenantScope& scope, std::string zone_name,
                           absl::AnyInvocable<void(absl::StatusOr<ZoneDelivery>)> done) const {
  auto delivery = WithoutTypes(scope, zone_name);
  if (!delivery.ok()) return done(delivery.status());
  const auto session = reader_->core().zones.Find(scope.tenant(), zone_name);
  const auto call = session == nullptr ? nullptr : session->CallOf(StreamKind::kGlobalToZone);
  if (call == nullptr) return done(std::move(delivery));
  call->Post([reader = reader_, call = call.get(), delivery = *std::move(delivery),
              done = std::move(done)]() mutable {
    const base::Clock& clock = reader->core().deps.clock;
    const absl::Duration now = clock.Monotonic();
    const absl::Time time = clock.Now();
    for (const TypeProgress& one : call->Deliveries()) {
      TypeDelivery& type = delivery.types.emplace_back();
      type.type = static_cast<model::TypeId>(one.type);
      type.newest = one.newest;
      type.sent = one.sent;
      type.taken = one.taken;
      if (one.open.has_value()) type.stage = StageOf(one.open->state);
      if (one.is_withheld) type.stage = Stage::kWithheld;
      if (one.open.has_value() && one.open->since.has_value()) {
        type.behind_since = time - (now - *one.open->since);
      }
    }
    done(std::move(delivery));
  });
}

}  // namespace skyden::kds
