// SPDX-License-Identifier: Apache-2.0
#include "peers/convert_delivery.h"

#include <array>
#include <optional>
#include <string>

#include "skyden/kds/outcome.h"

namespace skyden::peers {
namespace {

using kds::Stage;
using kds::Standing;

constexpr std::array kStages = {Stage::kWaits, Stage::kSent, Stage::kRefused, Stage::kWithheld};

// A standing that is not known here is none that has arrived.
Standing StandingOf(std::string_view name) {
  for (size_t n = 0; n < kds::kStandings; ++n) {
    if (kds::StandingName(static_cast<Standing>(n)) == name) return static_cast<Standing>(n);
  }
  return Standing::kBehind;
}

std::optional<Stage> StageOf(std::string_view name) {
  if (name.empty()) return std::nullopt;
  for (const Stage stage : kStages) {
    if (kds::StageName(stage) == name) return stage;
  }
  return Stage::kWaits;
}

template <class Set>
void SetTime(const std::optional<absl::Time>& time, Set set) {
  if (time.has_value()) set(ToNanos(*time));
}

pb::ZoneStanding ToStanding(const model::TypeRegistry& registry, const kds::ZoneStanding& zone) {
  pb::ZoneStanding message;
  message.set_zone_name(zone.zone_name);
  message.set_standing(std::string(kds::StandingName(zone.standing)));
  message.set_is_enabled(zone.is_enabled);
  message.set_counts(zone.counts);
  message.set_taken_until(zone.taken_until);
  SetTime(zone.gone_since, [&](int64_t ns) { message.set_gone_since_ns(ns); });
  for (const kds::OpenTypeOfZone& open : zone.types) {
    auto& added = *message.add_types();
    added.set_type(registry.at(open.type).name);
    added.set_stage(std::string(kds::StageName(open.stage)));
    added.set_taken_until(open.taken_until);
    SetTime(open.behind_since, [&](int64_t ns) { added.set_behind_since_ns(ns); });
  }
  for (const kds::RefusalOfZone& refusal : zone.refused) {
    auto& added = *message.add_refused();
    *added.mutable_resource() = ToRef(registry, refusal.type, refusal.key);
    added.set_reason(refusal.reason);
    added.set_since_ns(ToNanos(refusal.since));
    added.set_revision(refusal.revision);
  }
  return message;
}

kds::ZoneStanding FromStanding(const model::TypeRegistry& registry,
                               const pb::ZoneStanding& message) {
  kds::ZoneStanding zone;
  zone.zone_name = message.zone_name();
  zone.standing = StandingOf(message.standing());
  zone.is_enabled = message.is_enabled();
  zone.counts = message.counts();
  zone.taken_until = message.taken_until();
  if (message.has_gone_since_ns()) zone.gone_since = FromNanos(message.gone_since_ns());
  for (const auto& open : message.types()) {
    const auto type = TypeOf(registry, open.type());
    if (!type.has_value()) continue;
    kds::OpenTypeOfZone& added = zone.types.emplace_back();
    added.type = *type;
    added.stage = StageOf(open.stage()).value_or(Stage::kWaits);
    added.taken_until = open.taken_until();
    if (open.has_behind_since_ns()) added.behind_since = FromNanos(open.behind_since_ns());
  }
  for (const auto& refusal : message.refused()) {
    const auto type = TypeOf(registry, refusal.resource().type());
    if (!type.has_value()) continue;
    zone.refused.push_back({*type,
                            {refusal.resource().mesh(), refusal.resource().name()},
                            refusal.reason(),
                            FromNanos(refusal.since_ns()),
                            refusal.revision()});
  }
  return zone;
}

void ToConnected(const model::TypeRegistry& registry, const kds::ConnectedZone& zone,
                 pb::ReadZoneResponse::Connected& message) {
  message.set_peer_ip(zone.peer_ip);
  message.set_instance_id(zone.instance_id);
  message.set_version(zone.version);
  message.set_since_ns(ToNanos(zone.since));
  if (zone.token.has_value()) message.set_token(zone.token->str());
  if (zone.token_ends_at != absl::InfiniteFuture()) {
    message.set_token_ends_at_ns(ToNanos(zone.token_ends_at));
  }
  message.set_confirmed(zone.confirmed);
  SetTime(zone.behind_since, [&](int64_t ns) { message.set_behind_since_ns(ns); });
  for (const model::TypeId type : zone.behind_types) {
    message.add_behind_types(registry.at(type).name);
  }
}

kds::ConnectedZone FromConnected(const model::TypeRegistry& registry, const std::string& zone_name,
                                 const pb::ReadZoneResponse::Connected& message) {
  kds::ConnectedZone zone;
  zone.zone_name = zone_name;
  zone.peer_ip = message.peer_ip();
  zone.instance_id = message.instance_id();
  zone.version = message.version();
  zone.since = FromNanos(message.since_ns());
  if (!message.token().empty()) zone.token = model::TokenId(message.token());
  if (message.has_token_ends_at_ns()) zone.token_ends_at = FromNanos(message.token_ends_at_ns());
  zone.confirmed = message.confirmed();
  if (message.has_behind_since_ns()) zone.behind_since = FromNanos(message.behind_since_ns());
  for (const std::string& name : message.behind_types()) {
    if (const auto type = TypeOf(registry, name)) zone.behind_types.push_back(*type);
  }
  return zone;
}

}  // namespace

pb::ReadPropagationRequest ToMessage(const model::TenantScope& scope,
                                     const kds::PropagationQuery& query, absl::Duration wait) {
  using Zones = kds::PropagationQuery::Zones;
  pb::ReadPropagationRequest message;
  *message.mutable_scope() = ToMessage(scope);
  if (query.revision.has_value()) message.set_revision(*query.revision);
  message.set_zones(query.zones == Zones::kConnected ? pb::ReadPropagationRequest::CONNECTED
                    : query.zones == Zones::kAll     ? pb::ReadPropagationRequest::ALL
                                                     : pb::ReadPropagationRequest::NAMED);
  for (const std::string& name : query.names) message.add_names(name);
  if (query.seen_since != absl::InfiniteFuture()) {
    message.set_seen_since_ns(ToNanos(query.seen_since));
  }
  message.set_wait_ms(absl::ToInt64Milliseconds(wait));
  return message;
}

kds::PropagationQuery FromMessage(const pb::ReadPropagationRequest& request) {
  using Zones = kds::PropagationQuery::Zones;
  kds::PropagationQuery query;
  if (request.has_revision()) query.revision = request.revision();
  query.zones = request.zones() == pb::ReadPropagationRequest::CONNECTED ? Zones::kConnected
                : request.zones() == pb::ReadPropagationRequest::ALL     ? Zones::kAll
                                                                         : Zones::kNamed;
  query.names.assign(request.names().begin(), request.names().end());
  if (request.has_seen_since_ns()) query.seen_since = FromNanos(request.seen_since_ns());
  return query;
}

pb::ReadPropagationResponse ToMessage(const model::TypeRegistry& registry,
                                      const kds::Propagation& propagation) {
  pb::ReadPropagationResponse message;
  message.set_revision(propagation.revision);
  message.set_newest(propagation.newest);
  for (const auto& zone : propagation.zones) *message.add_zones() = ToStanding(registry, zone);
  return message;
}

kds::Propagation FromMessage(const model::TypeRegistry& registry,
                             const pb::ReadPropagationResponse& response) {
  kds::Propagation propagation;
  propagation.revision = response.revision();
  propagation.newest = response.newest();
  for (const auto& zone : response.zones()) {
    propagation.zones.push_back(FromStanding(registry, zone));
  }
  propagation.outcome = kds::OutcomeOf(propagation.zones);
  return propagation;
}

pb::ReadZoneResponse ToMessage(const model::TypeRegistry& registry,
                               const kds::ZoneDelivery& delivery) {
  pb::ReadZoneResponse message;
  *message.mutable_standing() = ToStanding(registry, delivery.standing);
  message.set_newest(delivery.newest);
  if (delivery.connected.has_value()) {
    ToConnected(registry, *delivery.connected, *message.mutable_connected());
  }
  for (const kds::TypeDelivery& one : delivery.types) {
    auto& added = *message.add_types();
    added.set_type(registry.at(one.type).name);
    added.set_newest(one.newest);
    added.set_sent(one.sent);
    added.set_taken(one.taken);
    if (one.stage.has_value()) added.set_stage(std::string(kds::StageName(*one.stage)));
    SetTime(one.behind_since, [&](int64_t ns) { added.set_behind_since_ns(ns); });
  }
  for (const auto& one : delivery.withheld) *message.add_withheld() = ToMessage(registry, one);
  for (const kds::ZoneConnect& one : delivery.connects) {
    auto& added = *message.add_connects();
    added.set_begin_ns(ToNanos(one.begin));
    SetTime(one.end, [&](int64_t ns) { added.set_end_ns(ns); });
    added.set_instance_id(one.instance_id);
    added.set_version(one.version);
  }
  return message;
}

kds::ZoneDelivery FromMessage(const model::TypeRegistry& registry,
                              const pb::ReadZoneResponse& response) {
  kds::ZoneDelivery delivery;
  delivery.standing = FromStanding(registry, response.standing());
  delivery.newest = response.newest();
  if (response.has_connected()) {
    delivery.connected = FromConnected(registry, delivery.standing.zone_name, response.connected());
  }
  for (const auto& one : response.types()) {
    const auto type = TypeOf(registry, one.type());
    if (!type.has_value()) continue;
    kds::TypeDelivery& added = delivery.types.emplace_back();
    added.type = *type;
    added.newest = one.newest();
    added.sent = one.sent();
    added.taken = one.taken();
    added.stage = StageOf(one.stage());
    if (one.has_behind_since_ns()) added.behind_since = FromNanos(one.behind_since_ns());
  }
  for (const auto& one : response.withheld()) {
    if (auto read = FromMessage(registry, one)) delivery.withheld.push_back(*std::move(read));
  }
  for (const auto& one : response.connects()) {
    kds::ZoneConnect& added = delivery.connects.emplace_back();
    added.begin = FromNanos(one.begin_ns());
    if (one.has_end_ns()) added.end = FromNanos(one.end_ns());
    added.instance_id = one.instance_id();
    added.version = one.version();
  }
  return delivery;
}

}  // namespace skyden::peers
