// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "resources/go_template/template.h"
#include "skyden/base/status.h"
#include "skyden/resources/templates.h"

namespace skyden::resources {

absl::StatusOr<std::string> FillTemplate(std::string_view text, const TemplateFields& fields,
                                         const model::Labels& labels) {
  const auto label = [&labels](std::string_view key) -> absl::StatusOr<std::string> {
    const auto found = labels.find(key);
    if (found != labels.end()) return found->second;
    return absl::InvalidArgumentError(fmt::format("label {} not found", key));
  };
  SKYDEN_ASSIGN_OR_RETURN(const auto parsed,
                          go_template::Template::Parse(std::string(text), label));
  return parsed.Execute(go_template::Data::Struct(fields));
}

}  // namespace skyden::resources
