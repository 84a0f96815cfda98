// SPDX-License-Identifier: Apache-2.0
#include "rest/propagation_json.h"

#include <algorithm>
#include <array>
#include <optional>

#include "rest/json_writer.h"
#include "rest/revision_text.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

void OptionalTime(const char* name, const std::optional<absl::Time>& time, JsonWriter& json) {
  if (time.has_value()) json.Field(name, base::FormatRfc3339(*time));
}

// The first few: a zone that has just come has asked for everything.
void WriteTypes(const model::TypeRegistry& registry, const kds::ZoneStanding& zone,
                JsonWriter& json) {
  if (zone.types.empty()) return;
  json.Field("type_count", zone.types.size()).Key("types").BeginArray();
  for (size_t i = 0; i < std::min(zone.types.size(), base::limits::kPropagationTypes); ++i) {
    const kds::OpenTypeOfZone& type = zone.types[i];
    json.BeginObject()
        .Field("type", registry.at(type.type).name)
        .Field("stage", kds::StageName(type.stage))
        .Field("taken_until", type.taken_until);
    OptionalTime("behind_since", type.behind_since, json);
    json.EndObject();
  }
  json.EndArray();
}

void WriteRefused(const model::TypeRegistry& registry,
                  const std::vector<kds::RefusalOfZone>& refused, JsonWriter& json) {
  if (refused.empty()) return;
  json.Field("refused_count", refused.size()).Key("refused").BeginArray();
  for (size_t i = 0; i < std::min(refused.size(), base::limits::kPropagationTypes); ++i) {
    const kds::RefusalOfZone& one = refused[i];
    json.BeginObject()
        .Field("type", registry.at(one.type).name)
        .OptionalField("mesh", one.key.mesh)
        .OptionalField("name", one.key.name)
        .Field("reason", one.reason)
        .Field("since", base::FormatRfc3339(one.since));
    if (one.revision != 0) json.Field("revision", one.revision);
    json.EndObject();
  }
  json.EndArray();
}

// Into an object that is open.
void WriteStanding(const model::TypeRegistry& registry, const kds::ZoneStanding& zone,
                   JsonWriter& json) {
  json.Field("name", zone.zone_name)
      .Field("standing", kds::StandingName(zone.standing))
      .Field("enabled", zone.is_enabled);
  const bool is_connected =
      zone.standing != kds::Standing::kOffline && zone.standing != kds::Standing::kNever;
  if (is_connected) json.Field("taken_until", zone.taken_until);
  OptionalTime("gone_since", zone.gone_since, json);
  WriteTypes(registry, zone, json);
  WriteRefused(registry, zone.refused, json);
}

void WriteConnected(const kds::ConnectedZone& zone, JsonWriter& json) {
  json.Key("session").BeginObject();
  json.Field("since", base::FormatRfc3339(zone.since))
      .OptionalField("peer", zone.peer_ip)
      .OptionalField("instance_id", zone.instance_id)
      .OptionalField("version", zone.version);
  json.Key("token").BeginObject();
  if (zone.token.has_value()) json.Field("id", zone.token->str());
  if (zone.token_ends_at != absl::InfiniteFuture()) {
    json.Field("ends_at", base::FormatRfc3339(zone.token_ends_at));
  }
  json.EndObject().EndObject();
}

}  // namespace

std::string PropagationJson(const model::TypeRegistry& registry, std::string_view epoch,
                            const kds::Propagation& propagation, PropagationShown shown,
                            absl::Time asked_at) {
  std::array<uint64_t, kds::kStandings> counts{};
  for (const kds::ZoneStanding& zone : propagation.zones) {
    if (zone.counts) ++counts[static_cast<size_t>(zone.standing)];
  }
  JsonWriter json;
  json.BeginObject()
      .Field("revision", EventId(epoch, propagation.revision))
      .Field("newest", EventId(epoch, propagation.newest))
      .Field("outcome", kds::OutcomeName(propagation.outcome))
      .Field("asked_at", base::FormatRfc3339(asked_at));
  json.Key("counts").BeginObject();
  for (size_t i = 0; i < counts.size(); ++i) {
    json.Field(kds::StandingName(static_cast<kds::Standing>(i)), counts[i]);
  }
  json.EndObject().Key("zones").BeginArray();
  for (const kds::ZoneStanding& zone : propagation.zones) {
    const bool is_open = zone.counts && zone.standing != kds::Standing::kArrived;
    if (shown == PropagationShown::kOpen && !is_open) continue;
    json.BeginObject();
    WriteStanding(registry, zone, json);
    json.Field("counts", zone.counts).EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

std::string ZoneDeliveryJson(const model::TypeRegistry& registry, std::string_view epoch,
                             const kds::ZoneDelivery& delivery) {
  JsonWriter json;
  json.BeginObject().Field("newest", EventId(epoch, delivery.newest));
  WriteStanding(registry, delivery.standing, json);
  if (delivery.connected.has_value()) WriteConnected(*delivery.connected, json);
  json.Key("delivery").BeginArray();
  for (const kds::TypeDelivery& type : delivery.types) {
    json.BeginObject()
        .Field("type", registry.at(type.type).name)
        .Field("newest", type.newest)
        .Field("sent", type.sent)
        .Field("taken", type.taken);
    if (type.stage.has_value()) json.Field("stage", kds::StageName(*type.stage));
    OptionalTime("behind_since", type.behind_since, json);
    json.EndObject();
  }
  json.EndArray().Key("withheld").BeginArray();
  for (const kds::WithheldType& one : delivery.withheld) {
    json.BeginObject()
        .Field("type", registry.at(one.type).name)
        .Field("bytes", one.bytes)
        .Field("bytes_max", one.bytes_max)
        .Field("since", base::FormatRfc3339(one.since))
        .EndObject();
  }
  json.EndArray().Key("connects").BeginArray();
  for (const kds::ZoneConnect& one : delivery.connects) {
    json.BeginObject().Field("begin", base::FormatRfc3339(one.begin));
    OptionalTime("end", one.end, json);
    json.OptionalField("instance_id", one.instance_id)
        .OptionalField("version", one.version)
        .EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace skyden::rest
