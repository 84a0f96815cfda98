// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "resources/rules/template.h"
#include "skyden/resources/templates.h"

namespace skyden::resources {

absl::StatusOr<std::string> FillTemplate(std::string_view text, const TemplateFields& fields,
                                         const model::Labels& labels) {
  const spec_rules::LabelFunction label =
      [&labels](std::string_view key) -> absl::StatusOr<std::string> {
    const auto found = labels.find(key);
    if (found == labels.end()) {
      return absl::InvalidArgumentError(fmt::format("label {} not found", key));
    }
    return found->second;
  };
  return spec_rules::RenderTemplate(text, fields, label);
}

}  // namespace skyden::resources
