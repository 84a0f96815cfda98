// SPDX-License-Identifier: Apache-2.0
#include "rest/fleet_json.h"

#include <algorithm>
#include <iterator>

#include "skyden/base/crypto.h"
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

void WriteEnding(const insights::Ending& one, absl::Time now, JsonWriter& json) {
  using Kind = insights::Ending::Kind;
  json.BeginObject().Field("kind", insights::EndingKindName(one.kind));
  WriteTime("ends_at", one.ends_at, json);
  json.Field("ended", one.ends_at <= now).OptionalField("name", one.name);
  if (one.kind == Kind::kIdentityCertificates) json.Field("count", one.count);
  if (!one.control_plane_id.empty()) {
    json.Key("control_plane").BeginObject().Field("id", one.control_plane_id);
    json.Field("name", one.control_plane_name).EndObject();
  }
  json.OptionalField("zone_name", one.zone_name).OptionalField("mesh", one.mesh);
  if (!one.account_id.empty()) {
    const bool is_user = one.kind == Kind::kPersonalToken;
    json.Key("account").BeginObject().Field("id", one.account_id);
    json.Field("type", is_user ? "user" : "system_account").Field("name", one.account_name);
    json.EndObject();
  }
  json.OptionalField("token_id", one.token_id);
  json.Field("advice", insights::EndingAdvice(one.kind)).EndObject();
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

std::string EndingPageJson(const std::vector<insights::Ending>& endings, bool complete,
                           size_t page_size, std::string_view after, absl::Time now) {
  const auto begin = std::partition_point(
      endings.begin(), endings.end(),
      [&](const insights::Ending& one) { return !after.empty() && one.Place() <= after; });
  const auto left = static_cast<size_t>(endings.end() - begin);
  const auto end = begin + static_cast<std::ptrdiff_t>(std::min(page_size, left));
  JsonWriter json;
  json.BeginObject().Key("meta").BeginObject().Key("page").BeginObject();
  json.Field("size", page_size).Field("total", endings.size()).Key("next");
  if (end == endings.end()) {
    json.Null();
  } else {
    json.String(base::Base64UrlEncode(std::prev(end)->Place()));
  }
  json.EndObject().Field("complete", complete).EndObject().Key("data").BeginArray();
  for (auto one = begin; one != end; ++one) WriteEnding(*one, now, json);
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace skyden::rest
