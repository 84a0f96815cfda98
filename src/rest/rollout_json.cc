// SPDX-License-Identifier: Apache-2.0
#include "rest/rollout_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "skyden/base/go_duration.h"
#include "skyden/base/limits_rollouts.h"
#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

using resources::RolloutPlan;
using resources::RolloutRequest;
using resources::RolloutWave;

// "30%" or 30.
std::optional<int> PercentOf(const nlohmann::json& json) {
  if (json.is_number_unsigned()) {
    const auto number = json.get<uint64_t>();
    return number >= 1 && number <= 100 ? std::optional(static_cast<int>(number)) : std::nullopt;
  }
  if (!json.is_string()) return std::nullopt;
  const std::string text = json.get<std::string>();
  if (text.size() < 2 || text.size() > 4 || text.back() != '%') return std::nullopt;
  int percent = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    percent = 10 * percent + (text[i] - '0');
  }
  return percent >= 1 && percent <= 100 ? std::optional(percent) : std::nullopt;
}

std::optional<RolloutWave> WaveOf(const nlohmann::json& json) {
  if (const auto percent = PercentOf(json)) return RolloutWave(*percent);
  std::vector<std::string> zones;
  if (!json.is_array() || json.empty()) return std::nullopt;
  for (const nlohmann::json& zone : json) {
    if (!zone.is_string()) return std::nullopt;
    zones.push_back(zone.get<std::string>());
  }
  return RolloutWave(std::move(zones));
}

void TakeWaves(ObjectReader& reader, RolloutRequest& request) {
  const nlohmann::json* waves = reader.Take("waves");
  if (waves == nullptr || !waves->is_array() || waves->empty()) {
    return reader.Refuse("waves", "required",
                         "must be a list: of each wave the names of its zones, or \"30%\"");
  }
  if (waves->size() > base::limits::kRolloutWaves) {
    return reader.Refuse("waves", "max_items",
                         fmt::format("must be {} at most", base::limits::kRolloutWaves));
  }
  for (size_t i = 0; i < waves->size(); ++i) {
    if (auto wave = WaveOf((*waves)[i])) {
      request.waves.push_back(*std::move(wave));
    } else {
      reader.Refuse(fmt::format("waves[{}]", i), "invalid",
                    "must be a list of names of zones, or \"1%\" to \"100%\" of all zones");
    }
  }
}

// One text as files have it, or resources as JSON.
void TakeDocuments(ObjectReader& reader, RolloutRequest& request) {
  const nlohmann::json* documents = reader.Take("documents");
  if (documents != nullptr && documents->is_string()) {
    request.body = documents->get<std::string>();
  } else if (documents != nullptr && (documents->is_array() || documents->is_object())) {
    request.body = documents->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  if (request.body.empty()) {
    reader.Refuse("documents", "required",
                  "must be resources: a text of YAML or JSON, or a list of objects");
  }
}

void TakeGate(ObjectReader& reader, RolloutRequest& request) {
  const nlohmann::json* gate = reader.Take("gate");
  if (gate == nullptr || gate->is_null()) return;
  if (!gate->is_object()) return reader.Refuse("gate", "type", "must be an object");
  request.gate.emplace();
  for (const auto& [name, value] : gate->items()) {
    const std::string field = "gate." + name;
    if (name == "max_rise_percent") {
      if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 100) {
        reader.Refuse(field, "invalid", "must be a number from 0 to 100");
      } else {
        request.gate->rise_max = value.get<double>() / 100;
      }
    } else if (name == "min_requests") {
      if (!value.is_number_unsigned() ||
          value.get<uint64_t>() > base::limits::kRolloutGateRequests) {
        reader.Refuse(field, "invalid",
                      fmt::format("must be a number up to {}", base::limits::kRolloutGateRequests));
      } else {
        request.gate->requests_min = value.get<uint64_t>();
      }
    } else {
      reader.Refuse(field, "unknown_property", "is no member of a gate");
    }
  }
}

void TakeHold(ObjectReader& reader, RolloutRequest& request) {
  const auto text = reader.TakeString("hold");
  if (!text.has_value()) return;
  const auto hold = base::ParseGoDuration(*text);
  if (!hold.ok() || *hold < absl::ZeroDuration() || *hold > base::limits::kRolloutHold) {
    return reader.Refuse("hold", "invalid",
                         fmt::format("must be a duration such as 5m, {} at most",
                                     base::FormatGoDuration(base::limits::kRolloutHold)));
  }
  request.hold = *hold;
}

void WriteMembers(const resources::Rollout& rollout, JsonWriter& json) {
  const RolloutPlan& plan = rollout.plan;
  json.Field("id", rollout.id)
      .Field("mesh", rollout.mesh)
      .Field("state", store::NameOf(rollout.state))
      .OptionalField("reason", rollout.reason)
      .Field("wave", static_cast<uint64_t>(rollout.wave))
      .Key("waves")
      .BeginArray();
  for (const std::vector<std::string>& wave : plan.waves) json.Strings(wave);
  json.EndArray().Field("hold", base::FormatGoDuration(plan.hold));
  if (plan.gate.has_value()) {
    json.Key("gate")
        .BeginObject()
        .Key("max_rise_percent")
        .Raw(fmt::format("{:g}", 100 * plan.gate->rise_max))
        .Field("min_requests", plan.gate->requests_min)
        .EndObject();
  }
  json.Field("away", plan.away == RolloutPlan::Away::kSkipped ? "skipped" : "awaited")
      .Field("end", plan.end == RolloutPlan::End::kByItself ? "by_itself" : "by_hand")
      .OptionalField("by", plan.actor)
      .Field("created_at", base::FormatRfc3339(rollout.created_at))
      .Field("changed_at", base::FormatRfc3339(rollout.changed_at));
  if (rollout.arrived_at.has_value()) {
    json.Field("arrived_at", base::FormatRfc3339(*rollout.arrived_at));
  }
  json.Field("revision", rollout.revision).Key("resources").BeginArray();
  for (const resources::RolloutItem& item : rollout.items) {
    json.BeginObject()
        .Field("type", item.type->name)
        .OptionalField("mesh", item.key.mesh)
        .Field("name", item.key.name)
        .Field("action", item.action())
        .EndObject();
  }
  json.EndArray();
}

}  // namespace

Decoded<RolloutRequest> DecodeRollout(std::string_view body) {
  ObjectReader reader(body);
  RolloutRequest request;
  if (!reader.readable()) return Result(reader, std::move(request));
  TakeDocuments(reader, request);
  TakeWaves(reader, request);
  TakeHold(reader, request);
  TakeGate(reader, request);
  const auto away = reader.TakeString("away");
  if (away == "skipped") {
    request.away = RolloutPlan::Away::kSkipped;
  } else if (away.has_value() && away != "awaited") {
    reader.Refuse("away", "enum", "must be awaited or skipped");
  }
  const auto end = reader.TakeString("end");
  if (end == "by_itself") {
    request.end = RolloutPlan::End::kByItself;
  } else if (end.has_value() && end != "by_hand") {
    reader.Refuse("end", "enum", "must be by_hand or by_itself");
  }
  return Result(reader, std::move(request));
}

void WriteRollout(const resources::Rollout& rollout, JsonWriter& json) {
  json.BeginObject();
  WriteMembers(rollout, json);
  json.EndObject();
}

std::string RolloutJson(const resources::Rollout& rollout, const kds::Propagation* propagation) {
  JsonWriter json;
  json.BeginObject();
  WriteMembers(rollout, json);
  if (propagation != nullptr) {
    json.Key("zones").BeginArray();
    for (const kds::ZoneStanding& zone : propagation->zones) {
      json.BeginObject()
          .Field("name", zone.zone_name)
          .Field("wave", static_cast<uint64_t>(rollout.WaveOf(zone.zone_name)))
          .Field("told", rollout.IsTold(zone.zone_name) ? "new" : "old")
          .Field("standing", kds::StandingName(zone.standing))
          .EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  return json.Take();
}

}  // namespace skyden::rest
