// SPDX-License-Identifier: Apache-2.0
#include "rest/preview_json.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "rest/json_writer.h"
#include "rest/watcher.h"
#include "skyden/model/type_registry.h"
#include "skyden/preview/limits.h"
#include "skyden/preview/line_diff.h"
#include "skyden/resources/access.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

namespace limits = preview::limits;
using preview::Group;
using resources::ForeseenChange;

constexpr size_t kChangesShown = 1'000;
constexpr size_t kPlacesShown = 100;  // meshes, zones, services of a tally
constexpr size_t kTextsShown = 100;   // warnings, refusals

void WriteName(const model::TypeDescriptor& type, const model::ResourceKey& key, JsonWriter& json) {
  json.Field("type", type.name).OptionalField("mesh", key.mesh).Field("name", key.name);
}

// The most first.
void WritePlaces(std::string_view name, const std::map<std::string, uint64_t>& counts,
                 JsonWriter& json) {
  std::vector<std::pair<std::string_view, uint64_t>> places(counts.begin(), counts.end());
  std::stable_sort(places.begin(), places.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (places.size() > kPlacesShown) places.resize(kPlacesShown);
  json.Key(name).BeginArray();
  for (const auto& [place, count] : places) {
    json.BeginObject().Field("name", place).Field("proxies", count).EndObject();
  }
  json.EndArray();
}

void WriteTally(const preview::Tally& tally, JsonWriter& json) {
  WritePlaces("meshes", tally.meshes, json);
  WritePlaces("zones", tally.zones, json);
  WritePlaces("services", tally.services, json);
}

void WriteTexts(std::string_view name, const std::vector<std::string>& texts, JsonWriter& json) {
  const auto shown = static_cast<ptrdiff_t>(std::min(texts.size(), kTextsShown));
  json.Key(name).Strings({texts.begin(), texts.begin() + shown});
}

std::string_view OutcomeOf(const ForeseenChange& change) {
  if (change.before == nullptr) return "created";
  if (change.after == nullptr) return "deleted";
  return change.is_same() ? "unchanged" : "updated";
}

void WriteChange(const Deps& deps, const ForeseenChange& change, JsonWriter& json) {
  json.BeginObject();
  WriteName(*change.type, (change.before ? change.before : change.after)->key, json);
  json.Field("outcome", OutcomeOf(change));
  if (change.before != nullptr && change.after != nullptr && !change.is_same()) {
    resources::ImportLine line;
    line.type = change.type;
    line.update = std::make_unique<resources::ImportUpdate>(
        resources::ImportUpdate{*change.before, *change.after});
    json.Key("changes").BeginArray();
    for (const resources::ImportChange& each : resources::ChangesOf(deps.codec, line)) {
      json.BeginObject()
          .Field("path", each.path)
          .OptionalField("before", each.before)
          .OptionalField("after", each.after)
          .EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
}

void WriteChanges(const Deps& deps, const model::TenantScope& scope, const Preview& preview,
                  JsonWriter& json) {
  uint64_t left_out = 0;
  size_t shown = 0;
  json.Key("changes").BeginArray();
  for (const ForeseenChange& change : preview.foresight.changes) {
    if (!resources::CheckMayRead(scope, *change.type).ok()) continue;
    if (++shown > kChangesShown) {
      ++left_out;
    } else {
      WriteChange(deps, change, json);
    }
  }
  json.EndArray().Field("changes_left_out", left_out);
}

std::string_view NameOf(Group::Fate fate) {
  switch (fate) {
    case Group::Fate::kComes:
      return "new";
    case Group::Fate::kGoes:
      return "gone";
    case Group::Fate::kStays:
      break;
  }
  return "changed";
}

void WritePart(const preview::Part& part, JsonWriter& json) {
  json.BeginObject().Field("name", part.name).OptionalField("member", part.member);
  if (!part.before.empty()) json.Key("before").Raw(part.before);
  if (!part.after.empty()) json.Key("after").Raw(part.after);
  const auto laid_out = [](const std::string& text) {
    return text.empty() ? std::string() : Indent(text);
  };
  json.Field("diff", preview::LineDiff(laid_out(part.before), laid_out(part.after))).EndObject();
}

size_t BytesOf(const Group& group) {
  size_t bytes = 0;
  for (const preview::Part& part : group.parts) bytes += part.before.size() + part.after.size();
  return bytes;
}

void WriteGroup(const Group& group, JsonWriter& json) {
  const bool dataplanes = group.subject == Group::Subject::kDataplanes;
  json.BeginObject()
      .Field("type", dataplanes ? "Dataplane" : "MeshGateway")
      .Field("effect", NameOf(group.fate))
      .Field("proxies", group.tally.proxies)
      .Key("first")
      .BeginArray();
  for (const model::ResourceKey& key : group.first) {
    json.BeginObject().Field("mesh", key.mesh).Field("name", key.name).EndObject();
  }
  json.EndArray();
  WriteTally(group.tally, json);
  json.Key("parts").BeginArray();
  for (const preview::Part& part : group.parts) WritePart(part, json);
  json.EndArray().EndObject();
}

void WriteGroups(const std::vector<Group>& groups, JsonWriter& json) {
  uint64_t left_out = 0;
  size_t shown = 0;
  size_t bytes = 0;
  json.Key("groups").BeginArray();
  for (const Group& group : groups) {
    bytes += BytesOf(group);
    if (shown >= limits::kGroups || (shown > 0 && bytes > limits::kAnswerBytes)) {
      ++left_out;
      continue;
    }
    ++shown;
    WriteGroup(group, json);
  }
  json.EndArray().Field("groups_left_out", left_out);
}

void WriteUses(std::string_view name, const std::vector<preview::PolicyUse>& uses,
               JsonWriter& json) {
  json.Key(name).BeginArray();
  for (const preview::PolicyUse& use : uses) {
    json.BeginObject();
    WriteName(*use.type, use.key, json);
    json.Field("proxies", std::max(use.before, use.after)).EndObject();
  }
  json.EndArray();
}

// Services that come or go; those that change are no news for who calls them by name.
void WriteServices(const Deps& deps, const std::vector<ForeseenChange>& changes, JsonWriter& json) {
  size_t shown = 0;
  json.Key("services").BeginArray();
  for (const ForeseenChange& change : changes) {
    const bool comes = change.before == nullptr;
    if (comes == (change.after == nullptr) || shown >= kChangesShown) continue;
    const bool is_service = change.type == deps.registry.core().mesh_service ||
                            change.type->name == "MeshExternalService" ||
                            change.type->name == "MeshMultiZoneService";
    if (!is_service) continue;
    ++shown;
    json.BeginObject();
    WriteName(*change.type, (comes ? change.after : change.before)->key, json);
    json.Field("effect", comes ? "new" : "gone").EndObject();
  }
  json.EndArray();
}

void WriteHostnames(std::string_view name, const std::vector<HostnameChange>& changes,
                    JsonWriter& json) {
  json.Key(name).BeginArray();
  for (const HostnameChange& change : changes) {
    json.BeginObject().Field("hostname", change.hostname);
    json.Field("zone", change.zone).Key("service").BeginObject();
    WriteName(*change.type, change.service, json);
    json.EndObject().EndObject();
  }
  json.EndArray();
}

}  // namespace

std::string PreviewJson(const Deps& deps, const model::TenantScope& scope, const Preview& preview) {
  const preview::Effects& effects = preview.effects;
  JsonWriter json;
  json.BeginObject()
      .Field("revision", EventId(deps.store.epoch(), preview.foresight.revision))
      .Field("complete", effects.stopped.empty() && preview.hostnames_complete)
      .OptionalField("stopped", effects.stopped);
  WriteChanges(deps, scope, preview, json);
  json.Key("proxies")
      .BeginObject()
      .Field("total", effects.proxies)
      .Field("looked_at", effects.seen)
      .Field("changed", effects.changed.proxies);
  WriteTally(effects.changed, json);
  json.EndObject();
  WriteGroups(effects.groups, json);
  WriteUses("policies_begin", effects.begins, json);
  WriteUses("policies_stop", effects.stops, json);
  WriteServices(deps, preview.foresight.changes, json);
  WriteHostnames("hostnames_come", preview.hostnames_come, json);
  WriteHostnames("hostnames_go", preview.hostnames_go, json);
  WriteTexts("refusals", preview.refusals, json);
  WriteTexts("warnings", preview.foresight.warnings, json);
  return json.EndObject().Take();
}

}  // namespace skyden::rest
