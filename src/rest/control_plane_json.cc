// SPDX-License-Identifier: Apache-2.0
// Decoding collects every error of the body before it gives up: a client sees them all at once.
#include "rest/control_plane_json.h"

#include <fmt/format.h>

#include <utility>

#include "rest/fleet_summary_json.h"
#include "rest/labels_json.h"
#include "rest/object_reader.h"
#include "rest/page_query.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

using control_planes::CreateControlPlane;
using control_planes::UpdateControlPlane;
using nlohmann::json;

struct Feature {
  const char* type;
  const char* field;
  bool CreateControlPlane::*enabled;
};
constexpr Feature kFeatures[] = {
    {"MeshCreation", "meshCreation", &CreateControlPlane::mesh_creation},
    {"HostnameGeneratorCreation", "hostnameGeneratorCreation",
     &CreateControlPlane::hostname_generator_creation},
};

void ReadFeature(const json& value, const std::string& field, CreateControlPlane& request,
                 ObjectReader& reader) {
  const auto type = value.is_object() ? value.find("type") : value.end();
  if (!value.is_object() || type == value.end() || !type->is_string()) {
    return reader.Refuse(field + ".type", "required", "must be an object with a type");
  }
  for (const Feature& feature : kFeatures) {
    if (type->get_ref<const std::string&>() != feature.type) continue;
    const auto settings = value.find(feature.field);
    if (settings == value.end()) return;
    const auto enabled = settings->is_object() ? settings->find("enabled") : settings->end();
    if (!settings->is_object() || enabled == settings->end() || !enabled->is_boolean()) {
      return reader.Refuse(fmt::format("{}.{}.enabled", field, feature.field), "is_boolean",
                           "must be true or false");
    }
    request.*feature.enabled = enabled->get<bool>();
    return;
  }
  reader.Refuse(field + ".type", "enum", "is not a known feature");
}

void ReadFeatures(CreateControlPlane& request, ObjectReader& reader) {
  const json* features = reader.Take("features");
  if (features == nullptr || features->is_null()) return;
  if (!features->is_array()) return reader.Refuse("features", "is_array", "must be an array");
  size_t i = 0;
  for (const json& feature : *features) {
    ReadFeature(feature, fmt::format("features[{}]", i++), request, reader);
  }
}

using Text = std::optional<std::string>;
using kds::RejectedConnection;

constexpr model::FilterField<RejectedConnection> kRejectedFields[] = {
    {"at",
     [](const RejectedConnection& one, absl::Time) { return Text(base::FormatRfc3339(one.at)); }},
    {"peer", [](const RejectedConnection& one, absl::Time) { return Text(one.peer); }},
    {"zone_name", [](const RejectedConnection& one, absl::Time) { return Text(one.zone_name); }},
    {"reason", [](const RejectedConnection& one, absl::Time) { return Text(one.reason); }},
    {"advice", [](const RejectedConnection& one, absl::Time) { return GivenText(one.advice); }},
    {"control_plane_id",
     [](const RejectedConnection& one, absl::Time) { return GivenText(one.control_plane.str()); }},
};

}  // namespace

Decoded<CreateControlPlane> DecodeCreate(std::string_view body) {
  ObjectReader reader(body);
  CreateControlPlane request;
  if (reader.readable()) {
    request.name = reader.TakeRequiredString("name");
    request.description = reader.TakeString("description").value_or("");
    if (auto version = reader.TakeString("version")) request.api_version = *std::move(version);
    if (const json* labels = reader.Take("labels")) {
      request.labels = ReadLabels(*labels, reader);
    }
    ReadFeatures(request, reader);
  }
  return Result(reader, std::move(request));
}

Decoded<UpdateControlPlane> DecodeReplace(std::string_view body) {
  ObjectReader reader(body);
  UpdateControlPlane request;
  if (reader.readable()) {
    request.name = reader.TakeRequiredString("name");
    request.description = reader.TakeString("description").value_or("");
    request.api_version = reader.TakeString("version");
    const json* labels = reader.Take("labels");
    request.labels = labels == nullptr ? model::Labels() : ReadLabels(*labels, reader);
  }
  return Result(reader, std::move(request));
}

Decoded<UpdateControlPlane> DecodePatch(std::string_view body) {
  ObjectReader reader(body);
  UpdateControlPlane request;
  if (reader.readable()) {
    request.name = reader.TakeString("name");
    request.description = reader.TakeString("description");
    request.api_version = reader.TakeString("version");
    if (const json* labels = reader.Take("labels")) {
      if (labels->is_null()) {
        request.labels = model::Labels();
      } else {
        request.label_patch = ReadLabelPatch(*labels, reader);
      }
    }
  }
  return Result(reader, std::move(request));
}

Decoded<control_planes::SuspendControlPlane> DecodeSuspend(std::string_view body) {
  ObjectReader reader(body.empty() ? "{}" : body);
  control_planes::SuspendControlPlane request;
  if (reader.readable()) {
    request.reason = reader.TakeString("reason").value_or("");
    request.until = reader.TakeTime("until");
  }
  return Result(reader, std::move(request));
}

Decoded<std::string> DecodeProvisionZone(std::string_view body) {
  ObjectReader reader(body);
  std::string name;
  if (reader.readable()) name = reader.TakeRequiredString("name");
  return Result(reader, std::move(name));
}

void WriteSuspension(const store::Suspension& suspension, JsonWriter& json) {
  json.Key("suspension").BeginObject();
  json.Field("suspended_at", base::FormatRfc3339(suspension.at))
      .Field("reason", suspension.reason)
      .Key("until");
  if (suspension.until) {
    json.String(base::FormatRfc3339(*suspension.until));
  } else {
    json.Null();
  }
  json.EndObject();
}

void WriteControlPlane(const store::ControlPlaneRecord& record, absl::Time now, JsonWriter& json,
                       const insights::TenantZones* figures) {
  json.BeginObject()
      .Field("id", record.id.str())
      .Field("name", record.name)
      .Field("description", record.description);
  WriteLabels(record.labels, json);
  json.Key("features").BeginArray();
  const auto feature = [&](const Feature& one, bool enabled) {
    json.BeginObject().Field("type", one.type).Key(one.field).BeginObject();
    json.Field("enabled", enabled).EndObject().EndObject();
  };
  feature(kFeatures[0], record.mesh_creation);
  feature(kFeatures[1], record.hostname_generator_creation);
  json.EndArray()
      .Field("version", record.api_version)
      .Field("created_at", base::FormatRfc3339(record.created_at))
      .Field("updated_at", base::FormatRfc3339(record.updated_at));
  if (record.SuspendedAt(now)) WriteSuspension(*record.suspension, json);
  if (figures != nullptr) {
    json.Key("figures").BeginObject();
    WriteFigures(*figures, json);
    json.EndObject();
  }
  json.EndObject();
}

std::string ControlPlanePageJson(const control_planes::ListControlPlanes& request,
                                 const control_planes::ControlPlanePage& page, absl::Time now) {
  JsonWriter json;
  BeginPage(request.page_size, request.page_number, page.total, json);
  for (const store::ControlPlaneRecord& record : page.items) WriteControlPlane(record, now, json);
  EndPage(json);
  return json.Take();
}

const model::Filterable<kds::RejectedConnection>& RejectedConnectionFilters() {
  static constexpr model::Filterable<kds::RejectedConnection> filters{kRejectedFields};
  return filters;
}

std::string RejectedConnectionsJson(const std::vector<kds::RejectedConnection>& rejected,
                                    const std::vector<model::TextFilter>& filters, absl::Time now) {
  JsonWriter json;
  std::vector<std::string> unanswered;
  json.BeginObject().Key("data").BeginArray();
  for (const kds::RejectedConnection& one : rejected) {
    if (!one.unanswered.empty()) {
      unanswered.push_back(one.unanswered);
      continue;
    }
    if (!model::PassesAll(one, RejectedConnectionFilters(), filters, now)) continue;
    json.BeginObject()
        .Field("at", base::FormatRfc3339(one.at))
        .Field("peer", one.peer)
        .Field("zone_name", one.zone_name)
        .Field("reason", one.reason)
        .OptionalField("advice", one.advice)
        .OptionalField("control_plane_id", one.control_plane.str())
        .EndObject();
  }
  json.EndArray();
  if (!unanswered.empty()) {
    json.Key("unanswered").BeginArray();
    for (const std::string& instance : unanswered) json.String(instance);
    json.EndArray();
  }
  json.EndObject();
  return json.Take();
}

}  // namespace skyden::rest
