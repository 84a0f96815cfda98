// SPDX-License-Identifier: Apache-2.0
#include "resources/go_template/evaluator.h"

#include <algorithm>

#include "resources/go/text.h"
#include "resources/go_template/functions.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"

namespace skyden::resources::go_template {
namespace {

using Kind = Node::Kind;

constexpr Signature kLabelSignature = {1, false, true};

}  // namespace

absl::Status Evaluator::Complaint(std::string_view why) const {
  const Node& node = *frame_.node;
  const std::string_view before = text_.substr(0, node.offset);
  const size_t newline = before.rfind('\n');
  const size_t column =
      newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
  return absl::InvalidArgumentError(fmt::format("template: :{}:{}: executing {} at <{}>: {}",
                                                1 + std::count(before.begin(), before.end(), '\n'),
                                                column, GoQuote(frame_.template_name),
                                                node.Printed(), why));
}

absl::Status Evaluator::Spend(size_t steps) {
  steps_ += steps;
  if (steps_ <= base::limits::kTemplateSteps) return absl::OkStatus();
  return Error("takes more than {} steps", base::limits::kTemplateSteps);
}

Variable* Evaluator::Find(std::string_view name) {
  const auto found = std::find_if(frame_.variables.rbegin(), frame_.variables.rend(),
                                  [name](const Variable& known) { return known.name == name; });
  return found == frame_.variables.rend() ? nullptr : &*found;
}

absl::Status Evaluator::Set(const std::string& name, const Value& value) {
  Variable* const variable = Find(name);
  if (variable == nullptr) return Error("undefined variable: {}", name);
  variable->value = value;
  return absl::OkStatus();
}

absl::StatusOr<Value> Evaluator::Pipeline(const Value& dot, const Node& pipe) {
  LookAt(pipe);
  Final value;
  for (const NodePtr& command : pipe.children) {
    SKYDEN_ASSIGN_OR_RETURN(value, Command(dot, *command, value));
  }
  for (const NodePtr& variable : pipe.declared) {
    const std::string& name = variable->names.front();
    if (pipe.is_assign) {
      SKYDEN_RETURN_IF_ERROR(Set(name, *value));
    } else {
      frame_.variables.push_back({name, *value});
    }
  }
  return *std::move(value);
}

absl::Status Evaluator::NoArguments(const Nodes& arguments, const Final& final) const {
  if (arguments.size() <= 1 && !final) return absl::OkStatus();
  return Error("can't give argument to non-function {}", arguments.front()->Printed());
}

absl::StatusOr<Value> Evaluator::Command(const Value& dot, const Node& command,
                                         const Final& final) {
  SKYDEN_RETURN_IF_ERROR(Spend(1));
  const Node& first = *command.children.front();
  const Nodes& arguments = command.children;
  switch (first.kind) {
    case Kind::kField:
    case Kind::kChain:
      return Fields(dot, first, arguments.size() > 1 || final);
    case Kind::kIdentifier:
      return Call(dot, first, command, arguments, final);
    case Kind::kVariable:
      if (first.names.size() > 1) return Fields(dot, first, arguments.size() > 1 || final);
      SKYDEN_RETURN_IF_ERROR(CheckVariable(first));
      SKYDEN_RETURN_IF_ERROR(NoArguments(arguments, final));
      return Fields(dot, first, false);
    case Kind::kPipe:
      SKYDEN_RETURN_IF_ERROR(NoArguments(arguments, final));
      return Pipeline(dot, first);
    default:
      break;
  }
  LookAt(first);
  SKYDEN_RETURN_IF_ERROR(NoArguments(arguments, final));
  if (first.kind == Kind::kNil) return Error("nil is not a command");
  return Constant(dot, first);
}

absl::StatusOr<Value> Evaluator::Constant(const Value& dot, const Node& node) {
  LookAt(node);
  if (node.kind == Kind::kDot) return dot;
  if (node.overflows) return Error("{} overflows int", node.text);
  return node.value;
}

absl::Status Evaluator::CheckVariable(const Node& node) {
  LookAt(node);
  if (Find(node.names.front()) != nullptr) return absl::OkStatus();
  return Error("undefined variable: {}", node.names.front());
}

// `.A.B`, `$x.A`, `(pipeline).A`: the last may be asked to take arguments, which none can.
absl::StatusOr<Value> Evaluator::Fields(const Value& dot, const Node& node, bool has_arguments) {
  LookAt(node);
  Value receiver = dot;
  size_t first = 0;
  if (node.kind == Kind::kVariable) {
    SKYDEN_RETURN_IF_ERROR(CheckVariable(node));
    receiver = Find(node.names.front())->value;
    first = 1;
  } else if (node.kind == Kind::kChain) {
    SKYDEN_ASSIGN_OR_RETURN(receiver, Argument(dot, *node.children.front(), Wants::kAnything));
  }
  for (size_t i = first; i < node.names.size(); ++i) {
    const bool last = i + 1 == node.names.size();
    SKYDEN_ASSIGN_OR_RETURN(receiver, Field(receiver, node.names[i], last && has_arguments));
  }
  return receiver;
}

absl::StatusOr<Value> Evaluator::Field(const Value& receiver, const std::string& name,
                                       bool has_arguments) const {
  if (IsNothing(receiver)) return receiver;
  const auto* held = std::get_if<const Data*>(&receiver);
  const Data* const data = held == nullptr ? nullptr : *held;
  const std::string* const found = data == nullptr ? nullptr : data->Find(name);
  const bool is_map = data != nullptr && data->kind == Data::Kind::kMap;
  if (found == nullptr && !is_map) {
    return Error("can't evaluate field {} in type {}", name, TypeOf(receiver));
  }
  if (has_arguments) {
    return Error("{} {}", name,
                 is_map ? "is not a method but has arguments"
                        : "has arguments but cannot be invoked as function");
  }
  if (found == nullptr) return Value();
  return Value(MakeText(*found));
}

// `arguments` begins with the function itself, or is empty. `node` is what a failure is shown as.
absl::StatusOr<Value> Evaluator::Call(const Value& dot, const Node& function, const Node& node,
                                      const Nodes& arguments, const Final& final) {
  LookAt(function);
  const std::string& name = function.text;
  const bool is_label = label_ != nullptr && name == "label";
  const Signature* const signature = is_label ? &kLabelSignature : SignatureOf(name);
  if (signature == nullptr) return Error("{} is not a defined function", GoQuote(name));
  const size_t given = arguments.empty() ? 0 : arguments.size() - 1;
  const size_t total = given + (final ? 1 : 0);
  if (signature->variadic && total < signature->fixed) {
    return Error("wrong number of args for {}: want at least {} got {}", name, signature->fixed,
                 given);
  }
  if (!signature->variadic && total != signature->fixed) {
    return Error("wrong number of args for {}: want {} got {}", name, signature->fixed, total);
  }
  if (!is_label && (name == "and" || name == "or")) {
    return ShortCircuit(dot, name == "or", arguments, final);
  }
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<Value> values,
                          Arguments(dot, signature->text_first, arguments, final));
  if (name == "call") return NoFunction(node, arguments, values.front());
  Result result = is_label ? Label(values.front()) : CallBuiltin(name, values);
  if (!result.ok()) {
    LookAt(node);
    return Error("error calling {}: {}", name, base::ToStd(result.status().message()));
  }
  const std::string* const text = TextIn(*result);
  if (text != nullptr && text->size() > base::limits::kTemplateOutputBytes) {
    return Error("prints more than {} bytes", base::limits::kTemplateOutputBytes);
  }
  return result;
}

absl::StatusOr<std::vector<Value>> Evaluator::Arguments(const Value& dot, bool text_first,
                                                        const Nodes& arguments,
                                                        const Final& final) {
  std::vector<Value> values;
  for (size_t i = 1; i < arguments.size(); ++i) {
    const Wants wants = i == 1 && text_first ? Wants::kText : Wants::kAnything;
    SKYDEN_ASSIGN_OR_RETURN(Value value, Argument(dot, *arguments[i], wants));
    values.push_back(std::move(value));
  }
  if (final) {
    if (values.empty() && text_first) SKYDEN_RETURN_IF_ERROR(MustBeText(*final));
    values.push_back(*final);
  }
  SKYDEN_RETURN_IF_ERROR(SpendOn(values));
  return values;
}

// Long texts take longer.
absl::Status Evaluator::SpendOn(const std::vector<Value>& values) {
  constexpr size_t kBytesAStep = 256;
  size_t bytes = 0;
  for (const Value& value : values) {
    if (const std::string* text = TextIn(value)) bytes += text->size();
  }
  return Spend(1 + bytes / kBytesAStep);
}

absl::StatusOr<Value> Evaluator::Label(const Value& key) const {
  SKYDEN_ASSIGN_OR_RETURN(std::string text, label_(*TextIn(key)));
  return Value(MakeText(std::move(text)));
}

absl::StatusOr<Value> Evaluator::ShortCircuit(const Value& dot, bool until, const Nodes& arguments,
                                              const Final& final) {
  Value value;
  for (size_t i = 1; i < arguments.size(); ++i) {
    SKYDEN_ASSIGN_OR_RETURN(value, Argument(dot, *arguments[i], Wants::kAnything));
    if (IsTrue(value) == until) return value;
  }
  return final ? *final : value;
}

// No value of a template is a function.
absl::StatusOr<Value> Evaluator::NoFunction(const Node& node, const Nodes& arguments,
                                            const Value& value) {
  const std::string* const text = TextIn(value);
  const std::string name = arguments.size() > 1 ? arguments[1]->Printed()
                           : text != nullptr    ? *text
                           : IsNothing(value)   ? "<invalid Value>"
                                                : fmt::format("<{} Value>", TypeOf(value));
  LookAt(node);
  if (IsNothing(value)) return Error("error calling call: call of nil");
  return Error("error calling call: non-function {} of type {}", name, TypeOf(value));
}

absl::Status Evaluator::MustBeText(const Value& value) const {
  if (TextIn(value) != nullptr) return absl::OkStatus();
  if (IsNothing(value)) return Error("invalid value; expected string");
  return Error("wrong type for value; expected string; got {}", TypeOf(value));
}

absl::StatusOr<Value> Evaluator::Argument(const Value& dot, const Node& node, Wants wants) {
  LookAt(node);
  SKYDEN_RETURN_IF_ERROR(Spend(1));
  Result value = Value();
  switch (node.kind) {
    case Kind::kNil:
      if (wants == Wants::kText) return Error("cannot assign nil to string");
      return value;
    case Kind::kBool:
    case Kind::kNumber:
    case Kind::kString:
      if (wants == Wants::kText && node.kind != Kind::kString) {
        return Error("expected string; found {}", node.Printed());
      }
      return Constant(dot, node);
    case Kind::kDot:
      value = dot;
      break;
    case Kind::kIdentifier:
      value = Call(dot, node, node, {}, std::nullopt);
      break;
    case Kind::kPipe:
      value = Pipeline(dot, node);
      break;
    default:
      value = Fields(dot, node, false);
  }
  if (value.ok() && wants == Wants::kText) SKYDEN_RETURN_IF_ERROR(MustBeText(*value));
  return value;
}

}  // namespace skyden::resources::go_template
