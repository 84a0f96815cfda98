// SPDX-License-Identifier: Apache-2.0
// Computes pipelines: fields, variables, functions. A complaint names the node that was looked at
// last, as Go's do; so the order of looking is Go's as well.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "resources/go_template/node.h"
#include "resources/go_template/value.h"

namespace skyden::resources::go_template {

// What the function `label` says of a key; its error is the template's.
using LabelFunction = std::function<absl::StatusOr<std::string>(std::string_view key)>;

struct Variable {
  std::string name;
  Value value;
};

// Where the execution of one template is.
struct Frame {
  std::string template_name;
  std::vector<Variable> variables;
  const Node* node = nullptr;  // looked at last
};

class Evaluator {
 public:
  // Both must outlive this. Without `label` there is no such function.
  Evaluator(std::string_view text, const LabelFunction& label) : text_(text), label_(label) {}

  // The value of a pipeline; what it declares is put on top of the variables.
  absl::StatusOr<Value> Pipeline(const Value& dot, const Node& pipe);

  absl::Status Set(const std::string& name, const Value& value);
  absl::Status Spend(size_t steps);

  template <class... Args>
  absl::Status Error(fmt::format_string<Args...> format, Args&&... args) const {
    return Complaint(fmt::format(format, std::forward<Args>(args)...));
  }

  // That of whoever walks the trees, who changes it at will.
  Frame& frame() { return frame_; }
  void LookAt(const Node& node) { frame_.node = &node; }

 private:
  using Result = absl::StatusOr<Value>;
  using Nodes = std::vector<NodePtr>;
  // What the command before in a pipeline gave; nothing for the first.
  using Final = std::optional<Value>;
  enum class Wants { kAnything, kText };

  absl::Status Complaint(std::string_view why) const;
  Variable* Find(std::string_view name);
  Result Command(const Value& dot, const Node& command, const Final& final);
  Result Constant(const Value& dot, const Node& node);
  Result Argument(const Value& dot, const Node& node, Wants wants);
  Result Fields(const Value& dot, const Node& node, bool has_arguments);
  Result Field(const Value& receiver, const std::string& name, bool has_arguments) const;
  Result Call(const Value& dot, const Node& function, const Node& node, const Nodes& arguments,
              const Final& final);
  absl::StatusOr<std::vector<Value>> Arguments(const Value& dot, bool text_first,
                                               const Nodes& arguments, const Final& final);
  Result Label(const Value& key) const;
  Result ShortCircuit(const Value& dot, bool until, const Nodes& arguments, const Final& final);
  Result NoFunction(const Node& node, const Nodes& arguments, const Value& value);
  absl::Status CheckVariable(const Node& node);
  absl::Status NoArguments(const Nodes& arguments, const Final& final) const;
  absl::Status MustBeText(const Value& value) const;
  absl::Status SpendOn(const std::vector<Value>& values);

  const std::string_view text_;
  const LabelFunction& label_;
  Frame frame_;
  size_t steps_ = 0;
};

}  // namespace skyden::resources::go_template
