// SPDX-License-Identifier: Apache-2.0
// Go's text/template, for the templates in resources: the whole language, with the values they
// have. One text, read and run; nothing is kept.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "resources/go_template/executor.h"
#include "resources/go_template/value.h"

namespace skyden::resources::go_template {

// Pure, reentrant. `label` may be empty: then there is no such function.
class Template {
 public:
  // INVALID_ARGUMENT with Go's words.
  static absl::StatusOr<Template> Parse(std::string text, LabelFunction label);

  absl::StatusOr<std::string> Execute(const Data& data) const;

 private:
  Template(std::string text, Trees trees, LabelFunction label)
      : text_(std::move(text)), trees_(std::move(trees)), label_(std::move(label)) {}

  std::string text_;
  Trees trees_;
  LabelFunction label_;
};

}  // namespace skyden::resources::go_template
