// SPDX-License-Identifier: Apache-2.0
#include "rest/fleet_json.h"

#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

using insights::ZoneRow;

void WriteTime(std::string_view key, absl::Time time, JsonWriter& json) {
  json.Field(key, base::FormatRfc3339(time));
}

void WriteBehind(const ZoneRow& zone, JsonWriter& json) {
  if (zone.confirmed > 0) json.Field("confirmed_revision", zone.confirmed);
  if (!zone.behind_since.has_value()) return;
  WriteTime("behind_since", *zone.behind_since, json);
  json.Key("behind_types").Strings(zone.behind_types);
}

void WriteToken(const insights::ZoneToken& token, JsonWriter& json) {
  json.Key("token").BeginObject().OptionalField("id", token.id);
  if (token.ends_at != absl::InfiniteFuture()) WriteTime("ends_at", token.ends_at, json);
  json.EndObject();
}

void WriteFacets(const std::vector<insights::Facet>& facets, JsonWriter& json) {
  json.Key("facets").BeginObject();
  for (const insights::Facet& facet : facets) {
    json.Key(facet.field).BeginArray();
    for (const insights::Facet::Value& value : facet.values) {
      json.BeginObject().Field("value", value.value).OptionalField("name", value.name);
      json.Field("count", value.count).EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
}

}  // namespace

void WriteZoneCounts(const insights::ZoneCounts& counts, JsonWriter& json) {
  json.BeginObject().Field("total", counts.total());
  for (size_t i = 0; i < insights::kZoneStatuses; ++i) {
    const auto status = static_cast<insights::ZoneStatus>(i);
    json.Field(insights::ZoneStatusName(status), counts.of(status));
  }
  json.EndObject();
}

void WriteZone(const insights::FleetZone& one, JsonWriter& json) {
  const ZoneRow& zone = *one.zone;
  json.BeginObject().Field("name", zone.name).Key("control_plane").BeginObject();
  json.Field("id", one.control_plane->id.str()).Field("name", one.control_plane->name).EndObject();
  json.Field("status", insights::ZoneStatusName(zone.status));
  WriteTime("since", zone.since, json);
  json.OptionalField("reason", zone.reason)
      .OptionalField("advice", zone.advice)
      .OptionalField("version", zone.version)
      .OptionalField("peer", zone.peer)
      .OptionalField("network", insights::NetworkOf(zone.peer))
      .OptionalField("instance", zone.instance_id)
      .Field("proxies", zone.proxies.total)
      .Field("proxies_online", zone.proxies.online);
  WriteBehind(zone, json);
  if (zone.token.has_value()) WriteToken(*zone.token, json);
  json.EndObject();
}

std::string ZonePageJson(const insights::ListZones& request, const insights::ZonePage& page,
                         std::string_view revision) {
  JsonWriter json;
  json.BeginObject().Key("meta").BeginObject().Key("page").BeginObject();
  json.Field("size", request.page_size).Field("total", page.total).Key("next");
  if (page.next.empty()) {
    json.Null();
  } else {
    json.String(page.next);
  }
  json.EndObject().Field("revision", revision).EndObject();
  WriteFacets(page.facets, json);
  json.Key("data").BeginArray();
  for (const insights::FleetZone& one : page.items) WriteZone(one, json);
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace skyden::rest
