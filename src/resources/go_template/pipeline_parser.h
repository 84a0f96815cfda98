// SPDX-License-Identifier: Apache-2.0
// What stands between the braces, after a keyword if there is one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "resources/go_template/node.h"
#include "resources/go_template/words.h"

namespace skyden::resources::go_template {

using NodeOr = absl::StatusOr<NodePtr>;

NodePtr MakeNode(Node::Kind kind, size_t offset);

class PipelineParser {
 public:
  // Both must outlive this. `functions`: names beside the builtin ones.
  PipelineParser(Words& words, const std::vector<std::string>& functions)
      : words_(words), functions_(functions) {}

  // A pipeline that `end` closes; `context` is what complaints call it.
  NodeOr Pipeline(std::string_view context, TokenKind end);

 private:
  absl::Status TakeDeclarations(std::string_view context, Node& pipe);
  NodeOr Command();
  NodeOr Operand();
  NodeOr Term();
  NodeOr Function(const Token& token) const;
  NodeOr Variable(const Token& token) const;
  NodeOr Literal(Token token) const;
  NodeOr Parenthesized();

  Words& words_;
  const std::vector<std::string>& functions_;
};

}  // namespace skyden::resources::go_template
