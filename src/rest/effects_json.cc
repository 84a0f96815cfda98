// SPDX-License-Identifier: Apache-2.0
#include "rest/effects_json.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "skyden/preview/limits.h"
#include "skyden/preview/line_diff.h"

namespace skyden::rest {
namespace {

using preview::Group;

constexpr size_t kPlacesShown = 100;  // meshes, zones, services of a tally

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
    if (shown >= preview::limits::kGroups || (shown > 0 && bytes > preview::limits::kAnswerBytes)) {
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

}  // namespace

void WriteName(const model::TypeDescriptor& type, const model::ResourceKey& key, JsonWriter& json) {
  json.Field("type", type.name).OptionalField("mesh", key.mesh).Field("name", key.name);
}

void WriteEffects(const preview::Effects& effects, JsonWriter& json) {
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
}

}  // namespace skyden::rest
