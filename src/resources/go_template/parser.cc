// SPDX-License-Identifier: Apache-2.0
//   list     = { text | action }
//   action   = "{{" ( control | pipeline ) "}}"
//
// Go reads a definition with a parser of its own, so that variables, loops and the place where an
// action began are those of the definition: `Scope`.
#include "resources/go_template/parser.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "resources/go/text.h"
#include "resources/go_template/literal.h"
#include "resources/go_template/pipeline_parser.h"
#include "resources/go_template/words.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources::go_template {
namespace {

using Kind = Node::Kind;

class Parser {
 public:
  Parser(std::string_view text, const std::vector<std::string>& functions)
      : words_(text), pipelines_(words_, functions) {}

  absl::StatusOr<Trees> Run() {
    NodePtr root = MakeNode(Kind::kList, words_.Peek().offset);
    while (words_.Peek().kind != TokenKind::kEndOfText) {
      SKYDEN_ASSIGN_OR_RETURN(const bool was_definition, TakeDefinition());
      if (was_definition) continue;
      SKYDEN_ASSIGN_OR_RETURN(NodePtr node, TextOrAction());
      if (node->kind == Kind::kEnd || node->kind == Kind::kElse) {
        return words_.Error("unexpected " + node->Printed());
      }
      root->children.push_back(std::move(node));
    }
    SKYDEN_RETURN_IF_ERROR(Add("", std::move(root)));
    return std::move(trees_);
  }

 private:
  absl::Status Deeper() {
    if (++depth_ > base::limits::kTemplateDepth) {
      return words_.Error(fmt::format("nested more than {} deep", base::limits::kTemplateDepth));
    }
    return absl::OkStatus();
  }

  // Definitions

  absl::Status Add(const std::string& name, NodePtr tree) {
    NodePtr& known = trees_[name];
    if (known == nullptr || IsEmpty(*known)) {
      known = std::move(tree);
    } else if (!IsEmpty(*tree)) {
      return words_.Error(
          fmt::format("template: multiple definition of template {}", GoQuote(name)));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> TakeDefinition() {
    if (words_.Peek().kind != TokenKind::kLeftDelim) return false;
    Token delimiter = words_.Next();
    Token word = words_.NextNonSpace();
    if (word.kind != TokenKind::kDefine) {
      words_.Unread(std::move(word));
      words_.Unread(std::move(delimiter));
      return false;
    }
    constexpr std::string_view kContext = "define clause";
    const Scope outer = std::exchange(words_.scope(), {});
    const Token quoted = words_.NextNonSpace();
    if (quoted.kind != TokenKind::kString && quoted.kind != TokenKind::kRawString) {
      return words_.Unexpected(quoted, kContext);
    }
    auto name = Unquote(quoted.text);
    if (!name.ok()) return words_.Error(name.status());
    SKYDEN_RETURN_IF_ERROR(words_.Expect(TokenKind::kRightDelim, kContext).status());
    SKYDEN_RETURN_IF_ERROR(Body(*name, kContext));
    words_.scope() = outer;
    return true;
  }

  // What a template is, up to its end. An `else` instead is told of `line`.
  absl::Status Body(const std::string& name, std::string_view context,
                    std::optional<int> line = std::nullopt) {
    SKYDEN_RETURN_IF_ERROR(Deeper());
    NodePtr end;
    SKYDEN_ASSIGN_OR_RETURN(NodePtr list, List(end));
    if (end->kind != Kind::kEnd) {
      if (line) words_.set_line(*line);
      return words_.Error(fmt::format("unexpected {} in {}", end->Printed(), context));
    }
    --depth_;
    return Add(name, std::move(list));
  }

  // Text and actions

  // Up to an end or else, which goes to `end`.
  NodeOr List(NodePtr& end) {
    NodePtr list = MakeNode(Kind::kList, words_.PeekNonSpace().offset);
    while (words_.PeekNonSpace().kind != TokenKind::kEndOfText) {
      SKYDEN_ASSIGN_OR_RETURN(NodePtr node, TextOrAction());
      if (node->kind == Kind::kEnd || node->kind == Kind::kElse) {
        end = std::move(node);
        return list;
      }
      list->children.push_back(std::move(node));
    }
    return words_.Error("unexpected EOF");
  }

  NodeOr TextOrAction() {
    Token token = words_.NextNonSpace();
    if (token.kind == TokenKind::kText) {
      NodePtr node = MakeNode(Kind::kText, token.offset);
      node->text = std::move(token.text);
      return node;
    }
    if (token.kind != TokenKind::kLeftDelim) return words_.Unexpected(token, "input");
    words_.scope().action_line = token.line;
    NodeOr node = Action();
    words_.scope().action_line = 0;
    return node;
  }

  NodeOr Action() {
    Token token = words_.NextNonSpace();
    switch (token.kind) {
      case TokenKind::kBlock:
        return Block();
      case TokenKind::kBreak:
        return LoopExit(Kind::kBreak, token.offset);
      case TokenKind::kContinue:
        return LoopExit(Kind::kContinue, token.offset);
      case TokenKind::kElse:
        return Else();
      case TokenKind::kEnd: {
        SKYDEN_ASSIGN_OR_RETURN(const Token close, words_.Expect(TokenKind::kRightDelim, "end"));
        return MakeNode(Kind::kEnd, close.offset);
      }
      case TokenKind::kIf:
        return Branch(Kind::kIf);
      case TokenKind::kRange:
        return Branch(Kind::kRange);
      case TokenKind::kTemplate:
        return Invocation();
      case TokenKind::kWith:
        return Branch(Kind::kWith);
      default:
        break;
    }
    NodePtr action = MakeNode(Kind::kAction, token.offset);
    words_.Unread(std::move(token));
    SKYDEN_ASSIGN_OR_RETURN(action->pipe, pipelines_.Pipeline("command", TokenKind::kRightDelim));
    return action;
  }

  NodeOr LoopExit(Kind kind, size_t offset) {
    NodePtr node = MakeNode(kind, offset);
    if (const Token token = words_.NextNonSpace(); token.kind != TokenKind::kRightDelim) {
      return words_.Unexpected(token, node->Printed());
    }
    if (words_.scope().loops == 0) return words_.Error(node->Printed() + " outside {{range}}");
    return node;
  }

  // `else if` and `else with` leave their second word for Branch.
  NodeOr Else() {
    const Token& next = words_.PeekNonSpace();
    if (next.kind == TokenKind::kIf || next.kind == TokenKind::kWith) {
      return MakeNode(Kind::kElse, next.offset);
    }
    SKYDEN_ASSIGN_OR_RETURN(const Token close, words_.Expect(TokenKind::kRightDelim, "else"));
    return MakeNode(Kind::kElse, close.offset);
  }

  NodeOr Branch(Kind kind) {
    SKYDEN_RETURN_IF_ERROR(Deeper());
    const std::string_view keyword = kind == Kind::kIf     ? "if"
                                     : kind == Kind::kWith ? "with"
                                                           : "range";
    const size_t variables = words_.scope().variables.size();
    SKYDEN_ASSIGN_OR_RETURN(NodePtr pipe, pipelines_.Pipeline(keyword, TokenKind::kRightDelim));
    NodePtr node = MakeNode(kind, pipe->offset);
    node->pipe = std::move(pipe);
    const int loop = kind == Kind::kRange ? 1 : 0;
    words_.scope().loops += loop;
    NodePtr end;
    SKYDEN_ASSIGN_OR_RETURN(node->list, List(end));
    words_.scope().loops -= loop;
    if (end->kind == Kind::kElse) {
      SKYDEN_ASSIGN_OR_RETURN(node->else_list, ElseList(kind, end->offset));
    }
    words_.scope().variables.resize(variables);
    --depth_;
    return node;
  }

  NodeOr ElseList(Kind kind, size_t offset) {
    const TokenKind next = words_.Peek().kind;
    if ((kind == Kind::kIf && next == TokenKind::kIf) ||
        (kind == Kind::kWith && next == TokenKind::kWith)) {
      words_.Next();
      NodePtr list = MakeNode(Kind::kList, offset);
      SKYDEN_ASSIGN_OR_RETURN(NodePtr branch, Branch(kind));
      list->children.push_back(std::move(branch));
      return list;
    }
    NodePtr end;
    SKYDEN_ASSIGN_OR_RETURN(NodePtr list, List(end));
    if (end->kind != Kind::kEnd) return words_.Error("expected end; found " + end->Printed());
    return list;
  }

  NodeOr TemplateNamed(std::string_view context) {
    const Token token = words_.NextNonSpace();
    if (token.kind != TokenKind::kString && token.kind != TokenKind::kRawString) {
      return words_.Unexpected(token, context);
    }
    NodePtr node = MakeNode(Kind::kTemplate, token.offset);
    auto name = Unquote(token.text);
    if (!name.ok()) return words_.Error(name.status());
    node->text = *std::move(name);
    return node;
  }

  NodeOr Block() {
    constexpr std::string_view kContext = "block clause";
    SKYDEN_ASSIGN_OR_RETURN(NodePtr node, TemplateNamed(kContext));
    SKYDEN_ASSIGN_OR_RETURN(node->pipe, pipelines_.Pipeline(kContext, TokenKind::kRightDelim));
    Scope outer = std::exchange(words_.scope(), {});
    SKYDEN_RETURN_IF_ERROR(Body(node->text, kContext, words_.line()));
    words_.scope() = std::move(outer);
    return node;
  }

  NodeOr Invocation() {
    constexpr std::string_view kContext = "template clause";
    SKYDEN_ASSIGN_OR_RETURN(NodePtr node, TemplateNamed(kContext));
    Token next = words_.NextNonSpace();
    if (next.kind == TokenKind::kRightDelim) return node;
    words_.Unread(std::move(next));
    SKYDEN_ASSIGN_OR_RETURN(node->pipe, pipelines_.Pipeline(kContext, TokenKind::kRightDelim));
    return node;
  }

  Words words_;
  PipelineParser pipelines_;
  int depth_ = 0;
  Trees trees_;
};

}  // namespace

absl::StatusOr<Trees> Parse(std::string_view text, const std::vector<std::string>& functions) {
  if (text.size() > base::limits::kTemplateBytes) {
    return absl::InvalidArgumentError(
        fmt::format("template: longer than {} bytes", base::limits::kTemplateBytes));
  }
  return Parser(text, functions).Run();
}

}  // namespace skyden::resources::go_template
