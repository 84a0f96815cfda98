// SPDX-License-Identifier: Apache-2.0
#include "rest/fleet_log.h"

#include <utility>

#include "rest/control_plane_json.h"
#include "rest/fleet_json.h"
#include "rest/json_writer.h"
#include "rest/watcher.h"
#include "skyden/base/rfc3339.h"
#include "skyden/insights/fleet_summary.h"

namespace skyden::rest {
namespace {

using insights::Fleet;
using insights::ZoneRow;
using store::ControlPlaneRecord;

std::string FleetEvent(std::string_view name, JsonWriter& json) {
  return EventText(name, std::nullopt, json.Take());
}

void WriteRef(const ControlPlaneRecord& record, JsonWriter& json) {
  json.Key("control_plane").BeginObject();
  json.Field("id", record.id.str()).Field("name", record.name).EndObject();
}

// What the event of a zone says; that its proxies or its progress are otherwise is no event.
auto Told(const ZoneRow& zone) {
  return std::tie(zone.status, zone.since, zone.reason, zone.advice, zone.version, zone.peer);
}

void NoteZone(const Fleet::Member& member, const ZoneRow& zone, FleetLog& log) {
  JsonWriter json;
  json.BeginObject().Field("operation", "put").Field("name", zone.name);
  WriteRef(*member.control_plane, json);
  json.Field("status", insights::ZoneStatusName(zone.status))
      .Field("since", base::FormatRfc3339(zone.since))
      .OptionalField("reason", zone.reason)
      .OptionalField("advice", zone.advice)
      .OptionalField("version", zone.version)
      .OptionalField("peer", zone.peer)
      .EndObject();
  log.Put({FleetTopic::kZones, member.control_plane->tenant, zone.name, FleetEvent("zone", json)});
}

void NoteZoneGone(const Fleet::Member& member, const std::string& name, FleetLog& log) {
  JsonWriter json;
  json.BeginObject().Field("operation", "delete").Field("name", name);
  WriteRef(*member.control_plane, json);
  json.EndObject();
  log.Put({FleetTopic::kZones, member.control_plane->tenant, name, FleetEvent("zone", json)});
}

void NoteControlPlane(const Fleet::Member& member, FleetLog& log) {
  const ControlPlaneRecord& record = *member.control_plane;
  JsonWriter json;
  json.BeginObject().Field("operation", "put").Field("id", record.id.str());
  json.Field("name", record.name);
  json.Field("worst", insights::SeverityName(insights::SeverityOf(member.zones->counts)));
  json.Key("zones");
  WriteZoneCounts(member.zones->counts, json);
  if (record.suspension.has_value()) WriteSuspension(*record.suspension, json);
  json.EndObject();
  log.Put({FleetTopic::kFleet, record.tenant, "", FleetEvent("control_plane", json)});
}

void NoteControlPlaneGone(const ControlPlaneRecord& record, FleetLog& log) {
  JsonWriter json;
  json.BeginObject().Field("operation", "delete").Field("id", record.id.str()).EndObject();
  log.Put({FleetTopic::kFleet, record.tenant, "", FleetEvent("control_plane", json)});
}

bool IsDescribedAlike(const ControlPlaneRecord& a, const ControlPlaneRecord& b) {
  const auto suspension = [](const ControlPlaneRecord& record) {
    return record.suspension
               ? std::make_tuple(record.suspension->at, record.suspension->reason,
                                 record.suspension->until)
               : std::make_tuple(absl::InfinitePast(), std::string(), std::optional<absl::Time>());
  };
  return a.updated_at == b.updated_at && a.name == b.name && a.labels == b.labels &&
         suspension(a) == suspension(b);
}

void NoteZones(const Fleet::Member& before, const Fleet::Member& after, FleetLog& log) {
  if (before.stamp == after.stamp) return;
  for (const ZoneRow& zone : after.zones->zones) {
    const ZoneRow* was = before.zones->Find(zone.name);
    if (was == nullptr || Told(*was) != Told(zone)) NoteZone(after, zone, log);
  }
  for (const ZoneRow& zone : before.zones->zones) {
    if (after.zones->Find(zone.name) == nullptr) NoteZoneGone(after, zone.name, log);
  }
}

std::map<model::TenantKey, const Fleet::Member*> ByTenant(const Fleet::Reading& reading) {
  std::map<model::TenantKey, const Fleet::Member*> members;
  for (const Fleet::Member& member : reading.members) {
    members.emplace(member.control_plane->tenant, &member);
  }
  return members;
}

}  // namespace

void FleetLog::Put(Entry entry) {
  Key key{entry.topic, entry.tenant, entry.name};
  const auto known = numbers_.find(key);
  if (known != numbers_.end()) {
    entries_.erase(known->second);
    known->second = ++last_;
  } else {
    numbers_.emplace(std::move(key), ++last_);
  }
  entries_.emplace(last_, std::move(entry));
  if (entries_.size() <= entries_max_) return;
  const auto oldest = entries_.begin();
  forgotten_ = oldest->first;
  numbers_.erase({oldest->second.topic, oldest->second.tenant, oldest->second.name});
  entries_.erase(oldest);
}

void NoteChanges(const Fleet::Reading* before, const Fleet::Reading& after, FleetLog& log) {
  if (before == nullptr) return;
  const auto was = ByTenant(*before);
  const auto is = ByTenant(after);
  for (const auto& [tenant, member] : is) {
    const auto found = was.find(tenant);
    if (found == was.end()) {
      NoteControlPlane(*member, log);
      for (const ZoneRow& zone : member->zones->zones) NoteZone(*member, zone, log);
      continue;
    }
    const Fleet::Member& old = *found->second;
    if (!IsDescribedAlike(*old.control_plane, *member->control_plane) ||
        old.zones->counts != member->zones->counts) {
      NoteControlPlane(*member, log);
    }
    NoteZones(old, *member, log);
  }
  for (const auto& [tenant, member] : was) {
    if (!is.contains(tenant)) NoteControlPlaneGone(*member->control_plane, log);
  }
}

void NoteAudit(const store::AuditEntry& entry, FleetLog& log) {
  JsonWriter json;
  json.BeginObject().Field("sequence", entry.sequence).Field("place", entry.place);
  json.Field("at", base::FormatRfc3339(entry.note.at)).Field("action", entry.note.action);
  json.Key("actor").BeginObject().Field("kind", store::ActorKindName(entry.actor_kind));
  json.OptionalField("id", entry.actor_id).OptionalField("name", entry.actor_name).EndObject();
  json.Key("object").BeginObject().OptionalField("type", entry.note.object_type);
  json.OptionalField("name", entry.note.object_name).EndObject();
  json.OptionalField("control_plane_id", entry.control_plane.str())
      .OptionalField("request_id", entry.origin.request_id)
      .EndObject();
  log.Put(
      {FleetTopic::kAudit, entry.tenant, std::to_string(entry.place), FleetEvent("audit", json)});
}

}  // namespace skyden::rest
