// SPDX-License-Identifier: Apache-2.0
#include "rest/labels_json.h"

#include <fmt/format.h>

#include <utility>

#include "skyden/base/limits.h"

namespace skyden::rest {
namespace {

using nlohmann::json;

enum class NullLabels { kRefused, kAllowed };

model::LabelPatch Read(const json& value, NullLabels nulls, ObjectReader& reader) {
  model::LabelPatch labels;
  if (!value.is_object()) {
    if (!value.is_null()) reader.Refuse("labels", "is_object", "must be an object");
    return labels;
  }
  for (const auto& [key, label] : value.items()) {
    if (label.is_string()) {
      labels[key] = label.get<std::string>();
    } else if (label.is_null() && nulls == NullLabels::kAllowed) {
      labels[key] = std::nullopt;
    } else {
      reader.Refuse(fmt::format("labels.{}", key.substr(0, base::limits::kEchoBytes)), "is_string",
                    "must be a string");
    }
  }
  return labels;
}

}  // namespace

model::Labels ReadLabels(const json& value, ObjectReader& reader) {
  model::Labels labels;
  model::ApplyPatch(Read(value, NullLabels::kRefused, reader), labels);
  return labels;
}

model::LabelPatch ReadLabelPatch(const json& value, ObjectReader& reader) {
  return Read(value, NullLabels::kAllowed, reader);
}

void WriteLabels(const model::Labels& labels, JsonWriter& json) {
  json.Key("labels").BeginObject();
  for (const auto& [key, value] : labels) json.Field(key, value);
  json.EndObject();
}

}  // namespace skyden::rest
