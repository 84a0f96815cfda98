// SPDX-License-Identifier: Apache-2.0
// Walks the trees as Go does. Steps, depth and bytes are counted, so that a template that never
// ends is one that is refused.
#include "resources/go_template/executor.h"

#include <utility>
#include <vector>

#include "resources/go/text.h"
#include "resources/go_template/format.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources::go_template {
namespace {

using Kind = Node::Kind;

enum class Flow { kOn, kBreak, kContinue };

class Executor {
 public:
  Executor(std::string_view text, const Trees& trees, const LabelFunction& label)
      : trees_(trees), evaluator_(text, label) {}

  absl::StatusOr<std::string> Run(const Data& data) {
    const auto root = trees_.find("");
    if (root == trees_.end()) return std::string();
    variables().push_back({"$", &data});
    SKYDEN_RETURN_IF_ERROR(Walk(&data, *root->second).status());
    return std::move(out_);
  }

 private:
  std::vector<Variable>& variables() { return evaluator_.frame().variables; }

  absl::Status Write(std::string_view text) {
    if (out_.size() + text.size() > base::limits::kTemplateOutputBytes) {
      return evaluator_.Error("prints more than {} bytes", base::limits::kTemplateOutputBytes);
    }
    out_ += text;
    return absl::OkStatus();
  }

  absl::StatusOr<Flow> Walk(const Value& dot, const Node& node) {
    evaluator_.LookAt(node);
    ++depth_;
    absl::StatusOr<Flow> flow = WalkNode(dot, node);
    --depth_;
    return flow;
  }

  absl::StatusOr<Flow> WalkNode(const Value& dot, const Node& node) {
    SKYDEN_RETURN_IF_ERROR(evaluator_.Spend(1));
    switch (node.kind) {
      case Kind::kAction: {
        SKYDEN_ASSIGN_OR_RETURN(const Value value, evaluator_.Pipeline(dot, *node.pipe));
        if (!node.pipe->declared.empty()) return Flow::kOn;
        evaluator_.LookAt(node);
        SKYDEN_RETURN_IF_ERROR(Write(IsNothing(value) ? "<no value>" : Printed(value)));
        return Flow::kOn;
      }
      case Kind::kBreak:
        return Flow::kBreak;
      case Kind::kContinue:
        return Flow::kContinue;
      case Kind::kIf:
      case Kind::kWith:
        return WalkBranch(dot, node);
      case Kind::kList:
        for (const NodePtr& child : node.children) {
          SKYDEN_ASSIGN_OR_RETURN(const Flow flow, Walk(dot, *child));
          if (flow != Flow::kOn) return flow;
        }
        return Flow::kOn;
      case Kind::kRange:
        return WalkRange(dot, node);
      case Kind::kTemplate:
        return WalkTemplate(dot, node);
      default:
        SKYDEN_RETURN_IF_ERROR(Write(node.text));
        return Flow::kOn;
    }
  }

  absl::StatusOr<Flow> WalkBranch(const Value& dot, const Node& node) {
    const size_t mark = variables().size();
    SKYDEN_ASSIGN_OR_RETURN(const Value value, evaluator_.Pipeline(dot, *node.pipe));
    Flow flow = Flow::kOn;
    if (IsTrue(value)) {
      SKYDEN_ASSIGN_OR_RETURN(flow, Walk(node.kind == Kind::kWith ? value : dot, *node.list));
    } else if (node.else_list != nullptr) {
      SKYDEN_ASSIGN_OR_RETURN(flow, Walk(dot, *node.else_list));
    }
    variables().resize(mark);
    return flow;
  }

  absl::StatusOr<Flow> WalkRange(const Value& dot, const Node& node) {
    const size_t outer = variables().size();
    SKYDEN_ASSIGN_OR_RETURN(const Value over, evaluator_.Pipeline(dot, *node.pipe));
    SKYDEN_ASSIGN_OR_RETURN(const bool ran, Iterate(over, node));
    Flow flow = Flow::kOn;
    if (!ran && node.else_list != nullptr) {
      SKYDEN_ASSIGN_OR_RETURN(flow, Walk(dot, *node.else_list));
    }
    variables().resize(outer);
    return flow;
  }

  // Whether there was anything to iterate over.
  absl::StatusOr<bool> Iterate(const Value& over, const Node& range) {
    if (IsNothing(over)) return false;
    const bool is_small = std::holds_alternative<uint8_t>(over);
    if (is_small || std::holds_alternative<int64_t>(over)) {
      if (range.pipe->declared.size() > 1) {
        return evaluator_.Error("can't use {} to iterate over more than one variable",
                                Printed(over));
      }
      const int64_t count = is_small ? std::get<uint8_t>(over) : std::get<int64_t>(over);
      for (int64_t i = 0; i < count; ++i) {
        const Value element = is_small ? Value(static_cast<uint8_t>(i)) : Value(i);
        SKYDEN_ASSIGN_OR_RETURN(const Flow flow, Iteration({}, element, range));
        if (flow == Flow::kBreak) break;
      }
      return count > 0;
    }
    const auto* data = std::get_if<const Data*>(&over);
    if (data == nullptr || (*data)->kind != Data::Kind::kMap) {
      return evaluator_.Error("range can't iterate over {}", Printed(over));
    }
    for (const auto& [key, value] : (*data)->members) {
      SKYDEN_ASSIGN_OR_RETURN(const Flow flow, Iteration(MakeText(key), MakeText(value), range));
      if (flow == Flow::kBreak) break;
    }
    return !(*data)->members.empty();
  }

  absl::StatusOr<Flow> Iteration(const Value& index, const Value& element, const Node& range) {
    const auto& declared = range.pipe->declared;
    const size_t mark = variables().size();
    const bool assign = range.pipe->is_assign;
    for (size_t i = 0; i < declared.size(); ++i) {
      const Value& value = i + 1 == declared.size() ? element : index;
      if (assign) {
        SKYDEN_RETURN_IF_ERROR(evaluator_.Set(declared[i]->names.front(), value));
      } else {
        variables()[mark - declared.size() + i].value = value;
      }
    }
    SKYDEN_ASSIGN_OR_RETURN(const Flow flow, Walk(element, *range.list));
    variables().resize(mark);
    return flow;
  }

  absl::StatusOr<Flow> WalkTemplate(const Value& dot, const Node& node) {
    const auto found = trees_.find(node.text);
    if (found == trees_.end())
      return evaluator_.Error("template {} not defined", GoQuote(node.text));
    if (depth_ >= base::limits::kTemplateRunDepth) {
      // Go goes deeper; what comes here has no end.
      return evaluator_.Error("exceeded maximum template depth (100000)");
    }
    Value inner_dot;
    if (node.pipe != nullptr) {
      SKYDEN_ASSIGN_OR_RETURN(inner_dot, evaluator_.Pipeline(dot, *node.pipe));
    }
    Frame outer = std::exchange(evaluator_.frame(), {node.text, {{"$", inner_dot}}, nullptr});
    SKYDEN_RETURN_IF_ERROR(Walk(inner_dot, *found->second).status());
    evaluator_.frame() = std::move(outer);
    return Flow::kOn;
  }

  const Trees& trees_;
  Evaluator evaluator_;
  std::string out_;
  int depth_ = 0;
};

}  // namespace

absl::StatusOr<std::string> Execute(std::string_view text, const Trees& trees, const Data& data,
                                    const LabelFunction& label) {
  return Executor(text, trees, label).Run(data);
}

}  // namespace skyden::resources::go_template
