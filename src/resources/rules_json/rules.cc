// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/rules.h"

#include "resources/rules_json/table.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources::rules_json {

std::string_view Subject::Label(std::string_view key) const {
  return labels == nullptr ? std::string_view() : model::LabelOf(*labels, key);
}

std::string_view Subject::DisplayName() const {
  const std::string_view display_name = Label(model::kDisplayNameLabel);
  return display_name.empty() ? name : display_name;
}

bool Subject::IsSystemPolicy() const {
  const std::string_view role = Label(model::kPolicyRoleLabel);
  return role.empty() || role == "system";
}

Rules RulesOf(std::string_view type) {
  for (const NamedRules& named : RuleTable()) {
    if (named.type == type) return *named.rules;
  }
  return {};
}

}  // namespace skyden::resources::rules_json
