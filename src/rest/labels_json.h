// SPDX-License-Identifier: Apache-2.0
// Labels of control planes and teams, in bodies and answers.
#pragma once

#include <nlohmann/json.hpp>

#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "skyden/model/label_rules.h"

namespace skyden::rest {

// The value of `labels`. Refused: what is no object (null is none), values that are no strings.
model::Labels ReadLabels(const nlohmann::json& value, ObjectReader& reader);
// The same of a PATCH, where null takes a label away.
model::LabelPatch ReadLabelPatch(const nlohmann::json& value, ObjectReader& reader);
// "labels": {...}
void WriteLabels(const model::Labels& labels, JsonWriter& json);

}  // namespace skyden::rest
