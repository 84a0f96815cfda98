// SPDX-License-Identifier: Apache-2.0
#include "rest/preview_json.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "rest/effects_json.h"
#include "rest/json_writer.h"
#include "rest/watcher.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/access.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

using resources::ForeseenChange;

constexpr size_t kChangesShown = 1'000;
constexpr size_t kTextsShown = 100;  // warnings, refusals

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

void WriteChanges(const Deps& deps, const model::TenantScope& scope,
                  const resources::Foresight& foresight, JsonWriter& json) {
  uint64_t left_out = 0;
  size_t shown = 0;
  json.Key("changes").BeginArray();
  for (const ForeseenChange& change : foresight.changes) {
    if (!resources::CheckMayRead(scope, *change.type).ok()) continue;
    if (++shown > kChangesShown) {
      ++left_out;
    } else {
      WriteChange(deps, change, json);
    }
  }
  json.EndArray().Field("changes_left_out", left_out);
}

std::string PreviewJson(const Deps& deps, const model::TenantScope& scope, const Preview& preview) {
  const preview::Effects& effects = preview.effects;
  JsonWriter json;
  json.BeginObject()
      .Field("revision", EventId(deps.store.epoch(), preview.foresight.revision))
      .Field("complete", effects.stopped.empty() && preview.hostnames_complete)
      .OptionalField("stopped", effects.stopped);
  WriteChanges(deps, scope, preview.foresight, json);
  WriteEffects(effects, json);
  WriteServices(deps, preview.foresight.changes, json);
  WriteHostnames("hostnames_come", preview.hostnames_come, json);
  WriteHostnames("hostnames_go", preview.hostnames_go, json);
  WriteTexts("refusals", preview.refusals, json);
  WriteTexts("warnings", preview.foresight.warnings, json);
  return json.EndObject().Take();
}

}  // namespace skyden::rest
