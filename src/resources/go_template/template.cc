// SPDX-License-Identifier: Apache-2.0
#include "resources/go_template/template.h"

#include <utility>
#include <vector>

#include "skyden/base/status.h"

namespace skyden::resources::go_template {

absl::StatusOr<Template> Template::Parse(std::string text, LabelFunction label) {
  std::vector<std::string> functions;
  if (label != nullptr) functions.emplace_back("label");
  SKYDEN_ASSIGN_OR_RETURN(Trees trees, go_template::Parse(text, functions));
  return Template(std::move(text), std::move(trees), std::move(label));
}

absl::StatusOr<std::string> Template::Execute(const Data& data) const {
  return go_template::Execute(text_, trees_, data, label_);
}

}  // namespace skyden::resources::go_template
