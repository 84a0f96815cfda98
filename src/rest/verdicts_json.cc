// SPDX-License-Identifier: Apache-2.0
#include "rest/verdicts_json.h"

#include <optional>

#include "rest/json_writer.h"
#include "rest/page_query.h"
#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

using RefusedOfType = OfType<kds::RefusedResource>;
using Withheld = OfType<kds::WithheldType>;
using Text = std::optional<std::string>;

constexpr model::FilterField<RefusedOfType> kRefusedFields[] = {
    {"zone_name", [](const RefusedOfType& one, absl::Time) { return Text(one.verdict.zone_name); }},
    {"zone_version",
     [](const RefusedOfType& one, absl::Time) { return Text(one.verdict.zone_version); }},
    {"zone_online", [](const RefusedOfType& one,
                       absl::Time) { return Text(one.verdict.zone_online ? "true" : "false"); }},
    {"type", [](const RefusedOfType& one, absl::Time) { return Text(std::string(one.type)); }},
    {"mesh", [](const RefusedOfType& one, absl::Time) { return GivenText(one.verdict.key.mesh); }},
    {"name", [](const RefusedOfType& one, absl::Time) { return GivenText(one.verdict.key.name); }},
    {"reason", [](const RefusedOfType& one, absl::Time) { return Text(one.verdict.reason); }},
    {"since", [](const RefusedOfType& one,
                 absl::Time) { return Text(base::FormatRfc3339(one.verdict.since)); }},
};

constexpr model::FilterField<Withheld> kWithheldFields[] = {
    {"zone_name", [](const Withheld& one, absl::Time) { return Text(one.verdict.zone_name); }},
    {"type", [](const Withheld& one, absl::Time) { return Text(std::string(one.type)); }},
    {"bytes",
     [](const Withheld& one, absl::Time) { return Text(std::to_string(one.verdict.bytes)); }},
    {"bytes_max",
     [](const Withheld& one, absl::Time) { return Text(std::to_string(one.verdict.bytes_max)); }},
    {"since",
     [](const Withheld& one, absl::Time) { return Text(base::FormatRfc3339(one.verdict.since)); }},
};

}  // namespace

const model::Filterable<RefusedOfType>& RejectedResourceFilters() {
  static constexpr model::Filterable<RefusedOfType> filters{kRefusedFields};
  return filters;
}

const model::Filterable<Withheld>& WithheldTypeFilters() {
  static constexpr model::Filterable<Withheld> filters{kWithheldFields};
  return filters;
}

std::string RejectedResourcesJson(const model::TypeRegistry& registry,
                                  const std::vector<kds::RefusedResource>& refused,
                                  const std::vector<model::TextFilter>& filters, absl::Time now) {
  JsonWriter json;
  json.BeginObject().Key("data").BeginArray();
  for (const kds::RefusedResource& one : refused) {
    const RefusedOfType named{one, registry.at(one.type).name};
    if (!model::PassesAll(named, RejectedResourceFilters(), filters, now)) continue;
    json.BeginObject()
        .Field("zone_name", one.zone_name)
        .Field("zone_version", one.zone_version)
        .Field("zone_online", one.zone_online)
        .Field("type", named.type)
        .OptionalField("mesh", one.key.mesh)
        .OptionalField("name", one.key.name)
        .Field("reason", one.reason)
        .Field("since", base::FormatRfc3339(one.since))
        .EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

std::string WithheldTypesJson(const model::TypeRegistry& registry,
                              const std::vector<kds::WithheldType>& withheld,
                              const std::vector<model::TextFilter>& filters, absl::Time now) {
  JsonWriter json;
  json.BeginObject().Key("data").BeginArray();
  for (const kds::WithheldType& one : withheld) {
    const Withheld named{one, registry.at(one.type).name};
    if (!model::PassesAll(named, WithheldTypeFilters(), filters, now)) continue;
    json.BeginObject()
        .Field("zone_name", one.zone_name)
        .Field("type", named.type)
        .Field("bytes", one.bytes)
        .Field("bytes_max", one.bytes_max)
        .Field("since", base::FormatRfc3339(one.since))
        .EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace skyden::rest
