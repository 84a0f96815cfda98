// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/label_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "skyden/base/limits.h"

namespace skyden::model {
namespace {

namespace limits = base::limits;

bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// ^[a-z0-9A-Z]{1}([a-z0-9A-Z\-\.\_]*[a-z0-9A-Z]+)?$
bool IsLabelText(std::string_view text) {
  return !text.empty() && IsAlnum(text.front()) && IsAlnum(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlnum(c) || c == '-' || c == '.' || c == '_'; });
}

void CheckLabelText(std::string_view what, std::string_view text, const std::string& field,
                    std::vector<base::FieldViolation>& violations) {
  if (text.empty() || text.size() > limits::kControlPlaneLabelChars) {
    violations.push_back({field, fmt::format("a label's {} has 1 to {} characters", what,
                                             limits::kControlPlaneLabelChars)});
  } else if (!IsLabelText(text)) {
    violations.push_back(
        {field, fmt::format("a label's {} is made of letters, digits, '-', '.' and '_', and begins "
                            "and ends with a letter or digit",
                            what)});
  }
}

}  // namespace

void CheckLabels(const Labels& labels, std::vector<base::FieldViolation>& violations) {
  if (labels.size() > limits::kControlPlaneLabels) {
    violations.push_back(
        {"labels", fmt::format("must have at most {} entries", limits::kControlPlaneLabels)});
    return;
  }
  for (const auto& [key, value] : labels) {
    // A foreign key is echoed only as far as it may be long.
    const std::string field =
        fmt::format("labels.{}", std::string_view(key).substr(0, limits::kControlPlaneLabelChars));
    CheckLabelText("key", key, field, violations);
    CheckLabelText("value", value, field, violations);
  }
}

void ApplyPatch(const LabelPatch& patch, Labels& labels) {
  for (const auto& [key, value] : patch) {
    if (value.has_value()) {
      labels[key] = *value;
    } else {
      labels.erase(key);
    }
  }
}

}  // namespace skyden::model
