// SPDX-License-Identifier: Apache-2.0
#include "rest/fleet_summary_json.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "rest/control_plane_json.h"
#include "rest/fleet_json.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"
#include "skyden/http/uri.h"

namespace skyden::rest {
namespace {

using insights::Cause;
using insights::ZoneStatus;

void WriteTime(std::string_view key, const std::optional<absl::Time>& time, JsonWriter& json) {
  if (time.has_value()) json.Field(key, base::FormatRfc3339(*time));
}

void WriteProxies(const insights::ProxyTally& proxies, JsonWriter& json) {
  json.Key("proxies").BeginObject();
  json.Field("total", proxies.total).Field("online", proxies.online).EndObject();
}

// The most frequent first.
void WriteVersions(const std::map<std::string, uint64_t>& versions, JsonWriter& json) {
  std::vector<std::pair<std::string, uint64_t>> all(versions.begin(), versions.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (all.size() > base::limits::kFacetValues) all.resize(base::limits::kFacetValues);
  json.Key("versions").BeginArray();
  for (const auto& [version, count] : all) {
    json.BeginObject().Field("value", version).Field("count", count).EndObject();
  }
  json.EndArray();
}

void WriteTotals(const insights::Totals& totals, JsonWriter& json) {
  json.Key("totals").BeginObject();
  json.Field("control_planes", totals.control_planes).Field("suspended", totals.suspended);
  json.Key("zones");
  WriteZoneCounts(totals.zones, json);
  WriteProxies(totals.proxies, json);
  WriteVersions(totals.versions, json);
  json.EndObject();
}

// The query of /v3/zones that shows the zones of a cause; empty when none does.
std::string FilterOf(const Cause& cause) {
  std::string filter;
  const auto add = [&](std::string_view field, std::string_view value) {
    if (!filter.empty()) filter += '&';
    filter += "filter[" + std::string(field) + "]=" + http::PercentEncode(value);
  };
  if (cause.count == 0) return filter;
  switch (cause.kind) {
    case Cause::Kind::kZonesRefused:
      add("status", ZoneStatusName(ZoneStatus::kRefused));
      break;
    case Cause::Kind::kZonesOffline:
      add("status", ZoneStatusName(ZoneStatus::kOffline));
      break;
    case Cause::Kind::kZonesBehind:
      add("status", ZoneStatusName(ZoneStatus::kBehind));
      break;
    case Cause::Kind::kSuspended:
      add("status", ZoneStatusName(ZoneStatus::kSuspended));
      break;
    case Cause::Kind::kTokensEnd:
      return "sort=token_ends";
    case Cause::Kind::kOldVersions:
      return "sort=version";
  }
  if (!cause.network.empty()) add("network", cause.network);
  if (cause.control_plane_count == 1) {
    add("control_plane_id", cause.control_planes.front()->id.str());
  }
  return filter;
}

void WriteCause(const Cause& cause, JsonWriter& json) {
  json.BeginObject().Field("id", cause.id).Field("kind", insights::CauseKindName(cause.kind));
  json.Field("severity", insights::SeverityName(cause.severity)).Field("count", cause.count);
  if (cause.recovered > 0) json.Field("recovered", cause.recovered);
  WriteTime("since", cause.since, json);
  WriteTime("ended", cause.ended, json);
  WriteTime(cause.kind == Cause::Kind::kTokensEnd ? "first" : "until", cause.until, json);
  json.OptionalField("reason", cause.reason)
      .OptionalField("advice", cause.advice)
      .OptionalField("network", cause.network)
      .OptionalField("version", cause.version)
      .OptionalField("newest", cause.newest);
  json.Key("control_planes").BeginArray();
  for (const store::ControlPlaneRecord* one : cause.control_planes) {
    json.BeginObject().Field("id", one->id.str()).Field("name", one->name).EndObject();
  }
  json.EndArray().Field("control_plane_count", cause.control_plane_count);
  json.Key("zones").Strings(cause.zones).OptionalField("filter", FilterOf(cause)).EndObject();
}

void WriteMember(const insights::Fleet::Member& member, absl::Time now, JsonWriter& json) {
  const store::ControlPlaneRecord& record = *member.control_plane;
  json.BeginObject().Field("id", record.id.str()).Field("name", record.name);
  json.Key("labels").BeginObject();
  for (const auto& [key, value] : record.labels) json.Field(key, value);
  json.EndObject();
  WriteFigures(*member.zones, json);
  if (record.SuspendedAt(now)) WriteSuspension(*record.suspension, json);
  json.EndObject();
}

}  // namespace

void WriteFigures(const insights::TenantZones& zones, JsonWriter& json) {
  json.Field("worst", insights::SeverityName(insights::SeverityOf(zones.counts))).Key("zones");
  WriteZoneCounts(zones.counts, json);
  WriteProxies(zones.proxies, json);
  if (!zones.versions.empty()) {
    const auto [oldest, newest] = std::minmax_element(
        zones.versions.begin(), zones.versions.end(),
        [](const auto& a, const auto& b) { return insights::IsOlderVersion(a.first, b.first); });
    json.Key("versions").BeginObject().Field("oldest", oldest->first);
    json.Field("newest", newest->first).EndObject();
  }
  WriteTime("last_change", zones.last_change, json);
}

std::string FleetJson(const insights::Fleet::Reading& reading,
                      const insights::FleetSummary& summary) {
  JsonWriter json;
  json.Reserve(64u << 10);
  json.BeginObject().Field("revision", insights::RevisionOf(reading));
  json.Field("at", base::FormatRfc3339(reading.at));
  WriteTotals(summary.totals, json);
  json.Key("causes").BeginArray();
  for (const Cause& cause : summary.causes) WriteCause(cause, json);
  json.EndArray().Field("causes_left_off", summary.causes_left_off);
  json.Key("control_planes").BeginArray();
  for (const insights::Fleet::Member& member : summary.worst) {
    WriteMember(member, reading.at, json);
  }
  json.EndArray().Field("control_planes_left_off", summary.control_planes_left_off).EndObject();
  return json.Take();
}

}  // namespace skyden::rest
