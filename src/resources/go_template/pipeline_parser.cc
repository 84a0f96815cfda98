// SPDX-License-Identifier: Apache-2.0
// Recursive descent with three words of look-ahead, as Go's language needs: `$x foo`, `$x := foo`.
//
//   pipeline = [ $x { "," $y } ( ":=" | "=" ) ] command { "|" command }
//   command  = operand { space operand }
//   operand  = term { .Field }
//   term     = literal | function | .Field | $x | . | "(" pipeline ")"
#include "resources/go_template/pipeline_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "resources/go/text.h"
#include "resources/go_template/functions.h"
#include "resources/go_template/literal.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources::go_template {

using Kind = Node::Kind;

NodePtr MakeNode(Kind kind, size_t offset) {
  auto node = std::make_unique<Node>();
  node->kind = kind;
  node->offset = offset;
  return node;
}

namespace {

bool StartsOperand(TokenKind kind) {
  switch (kind) {
    case TokenKind::kBool:
    case TokenKind::kCharConstant:
    case TokenKind::kComplex:
    case TokenKind::kDot:
    case TokenKind::kField:
    case TokenKind::kIdentifier:
    case TokenKind::kNumber:
    case TokenKind::kNil:
    case TokenKind::kRawString:
    case TokenKind::kString:
    case TokenKind::kVariable:
    case TokenKind::kLeftParen:
      return true;
    default:
      return false;
  }
}

bool IsConstant(Kind kind) {
  return kind == Kind::kBool || kind == Kind::kDot || kind == Kind::kNil || kind == Kind::kNumber ||
         kind == Kind::kString;
}

}  // namespace

NodeOr PipelineParser::Pipeline(std::string_view context, TokenKind end) {
  NodePtr pipe = MakeNode(Kind::kPipe, words_.PeekNonSpace().offset);
  SKYDEN_RETURN_IF_ERROR(TakeDeclarations(context, *pipe));
  while (true) {
    Token token = words_.NextNonSpace();
    if (token.kind == end) break;
    if (!StartsOperand(token.kind)) return words_.Unexpected(token, context);
    words_.Unread(std::move(token));
    SKYDEN_ASSIGN_OR_RETURN(NodePtr command, Command());
    pipe->children.push_back(std::move(command));
  }
  if (pipe->children.empty()) return words_.Error(fmt::format("missing value for {}", context));
  for (size_t i = 1; i < pipe->children.size(); ++i) {
    if (IsConstant(pipe->children[i]->children.front()->kind)) {
      return words_.Error(fmt::format("non executable command in pipeline stage {}", i + 1));
    }
  }
  return pipe;
}

// `$x :=`, `$x =`, and `$i, $x :=` of a range.
absl::Status PipelineParser::TakeDeclarations(std::string_view context, Node& pipe) {
  while (words_.PeekNonSpace().kind == TokenKind::kVariable) {
    Token variable = words_.Next();
    Token after = words_.Next();
    Token next = after;
    while (next.kind == TokenKind::kSpace) next = words_.Next();
    const bool comma = next.kind == TokenKind::kChar && next.text == ",";
    const bool assigns = next.kind == TokenKind::kAssign;
    if (!comma && !assigns && next.kind != TokenKind::kDeclare) {
      // Not a declaration: all of it is read again.
      words_.Unread(std::move(next));
      if (after.kind == TokenKind::kSpace) words_.Unread(std::move(after));
      words_.Unread(std::move(variable));
      return absl::OkStatus();
    }
    NodePtr node = MakeNode(Kind::kVariable, variable.offset);
    node->names = {variable.text};
    pipe.declared.push_back(std::move(node));
    words_.scope().variables.push_back(std::move(variable.text));
    if (!comma) {
      pipe.is_assign = assigns;
      return absl::OkStatus();
    }
    if (context != "range" || pipe.declared.size() >= 2) {
      return words_.Error(fmt::format("too many declarations in {}", context));
    }
    const TokenKind second = words_.PeekNonSpace().kind;
    if (second != TokenKind::kVariable && second != TokenKind::kRightDelim &&
        second != TokenKind::kRightParen) {
      return words_.Error("range can only initialize variables");
    }
  }
  return absl::OkStatus();
}

NodeOr PipelineParser::Command() {
  NodePtr command = MakeNode(Kind::kCommand, words_.PeekNonSpace().offset);
  while (true) {
    words_.PeekNonSpace();
    SKYDEN_ASSIGN_OR_RETURN(NodePtr operand, Operand());
    if (operand != nullptr) command->children.push_back(std::move(operand));
    Token token = words_.Next();
    if (token.kind == TokenKind::kSpace) continue;
    if (token.kind == TokenKind::kRightDelim || token.kind == TokenKind::kRightParen) {
      words_.Unread(std::move(token));
    } else if (token.kind != TokenKind::kPipe) {
      return words_.Unexpected(token, "operand");
    }
    break;
  }
  if (command->children.empty()) return words_.Error("empty command");
  return command;
}

// nullptr when the next word is none.
NodeOr PipelineParser::Operand() {
  SKYDEN_ASSIGN_OR_RETURN(NodePtr term, Term());
  if (term == nullptr || words_.Peek().kind != TokenKind::kField) return term;
  const size_t offset = words_.Peek().offset;
  std::vector<std::string> fields;
  while (words_.Peek().kind == TokenKind::kField) fields.push_back(words_.Next().text.substr(1));
  if (term->kind == Kind::kField || term->kind == Kind::kVariable) {
    term->offset = offset;
    for (std::string& field : fields) term->names.push_back(std::move(field));
    return term;
  }
  if (IsConstant(term->kind)) {
    return words_.Error(fmt::format("unexpected . after term {}", GoQuote(term->Printed())));
  }
  NodePtr chain = MakeNode(Kind::kChain, offset);
  chain->names = std::move(fields);
  chain->children.push_back(std::move(term));
  return chain;
}

NodeOr PipelineParser::Term() {
  Token token = words_.NextNonSpace();
  switch (token.kind) {
    case TokenKind::kIdentifier:
      return Function(token);
    case TokenKind::kDot:
      return MakeNode(Kind::kDot, token.offset);
    case TokenKind::kNil:
      return MakeNode(Kind::kNil, token.offset);
    case TokenKind::kVariable:
      return Variable(token);
    case TokenKind::kField: {
      NodePtr node = MakeNode(Kind::kField, token.offset);
      node->names = {token.text.substr(1)};
      return node;
    }
    case TokenKind::kBool: {
      NodePtr node = MakeNode(Kind::kBool, token.offset);
      node->value = token.text == "true";
      return node;
    }
    case TokenKind::kCharConstant:
    case TokenKind::kComplex:
    case TokenKind::kNumber:
    case TokenKind::kString:
    case TokenKind::kRawString:
      return Literal(std::move(token));
    case TokenKind::kLeftParen:
      return Parenthesized();
    default:
      words_.Unread(std::move(token));
      return NodePtr();
  }
}

NodeOr PipelineParser::Function(const Token& token) const {
  if (!IsBuiltin(token.text) &&
      std::find(functions_.begin(), functions_.end(), token.text) == functions_.end()) {
    return words_.Error(fmt::format("function {} not defined", GoQuote(token.text)));
  }
  NodePtr node = MakeNode(Kind::kIdentifier, token.offset);
  node->text = token.text;
  return node;
}

NodeOr PipelineParser::Variable(const Token& token) const {
  const auto& known = words_.scope().variables;
  if (std::find(known.begin(), known.end(), token.text) == known.end()) {
    return words_.Error(fmt::format("undefined variable {}", GoQuote(token.text)));
  }
  NodePtr node = MakeNode(Kind::kVariable, token.offset);
  node->names = {token.text};
  return node;
}

NodeOr PipelineParser::Literal(Token token) const {
  const bool is_text = token.kind == TokenKind::kString || token.kind == TokenKind::kRawString;
  NodePtr node = MakeNode(is_text ? Kind::kString : Kind::kNumber, token.offset);
  if (is_text) {
    auto text = Unquote(token.text);
    if (!text.ok()) return words_.Error(text.status());
    node->value = MakeText(*std::move(text));
  } else {
    auto number = ParseNumber(token);
    if (!number.ok()) return words_.Error(number.status());
    node->value = number->value;
    node->overflows = number->overflows;
  }
  node->text = std::move(token.text);
  return node;
}

NodeOr PipelineParser::Parenthesized() {
  if (words_.scope().parens >= base::limits::kTemplateDepth)
    return words_.Error("max expression depth exceeded");
  ++words_.scope().parens;
  NodeOr pipe = Pipeline("parenthesized pipeline", TokenKind::kRightParen);
  --words_.scope().parens;
  return pipe;
}

}  // namespace skyden::resources::go_template
