// SPDX-License-Identifier: Apache-2.0
// The rules for labels that people give to control planes and teams.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "skyden/base/status.h"
#include "skyden/model/labels.h"

namespace skyden::model {

// Adds what is wrong to `violations`, each under "labels" or "labels.<key>": too many, too long, or
// made of other than letters, digits, '-', '.' and '_'.
void CheckLabels(const Labels& labels, std::vector<base::FieldViolation>& violations);

// What a request says of labels: a value, or nullopt for one that goes.
using LabelPatch = std::map<std::string, std::optional<std::string>>;
void ApplyPatch(const LabelPatch& patch, Labels& labels);

}  // namespace skyden::model
