// SPDX-License-Identifier: Apache-2.0
#include "resources/go_template/node.h"

#include <algorithm>

#include "resources/go/text.h"
#include "resources/go/unicode.h"

namespace skyden::resources::go_template {
namespace {

using Kind = Node::Kind;

void Append(const Node& node, std::string& out);

void AppendNames(const Node& node, std::string_view before_first, std::string& out) {
  for (size_t i = 0; i < node.names.size(); ++i) {
    out += i == 0 ? before_first : ".";
    out += node.names[i];
  }
}

// A pipeline that is an argument stands in parentheses.
void AppendArgument(const Node& node, std::string& out) {
  if (node.kind != Kind::kPipe) return Append(node, out);
  out += '(';
  Append(node, out);
  out += ')';
}

void AppendPipe(const Node& node, std::string& out) {
  for (size_t i = 0; i < node.declared.size(); ++i) {
    if (i > 0) out += ", ";
    Append(*node.declared[i], out);
  }
  if (!node.declared.empty()) out += node.is_assign ? " = " : " := ";
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += " | ";
    Append(*node.children[i], out);
  }
}

void AppendBranch(const Node& node, std::string_view keyword, std::string& out) {
  out += "{{";
  out += keyword;
  out += ' ';
  Append(*node.pipe, out);
  out += "}}";
  Append(*node.list, out);
  if (node.else_list != nullptr) {
    out += "{{else}}";
    Append(*node.else_list, out);
  }
  out += "{{end}}";
}

void AppendTemplate(const Node& node, std::string& out) {
  out += "{{template " + GoQuote(node.text);
  if (node.pipe != nullptr) {
    out += ' ';
    Append(*node.pipe, out);
  }
  out += "}}";
}

void Append(const Node& node, std::string& out) {
  switch (node.kind) {
    case Kind::kText:
    case Kind::kIdentifier:
    case Kind::kNumber:
    case Kind::kString:
      out += node.text;
      return;
    case Kind::kList:
      for (const NodePtr& child : node.children) Append(*child, out);
      return;
    case Kind::kAction:
      out += "{{";
      Append(*node.pipe, out);
      out += "}}";
      return;
    case Kind::kIf:
      return AppendBranch(node, "if", out);
    case Kind::kWith:
      return AppendBranch(node, "with", out);
    case Kind::kRange:
      return AppendBranch(node, "range", out);
    case Kind::kTemplate:
      return AppendTemplate(node, out);
    case Kind::kBreak:
      out += "{{break}}";
      return;
    case Kind::kContinue:
      out += "{{continue}}";
      return;
    case Kind::kPipe:
      return AppendPipe(node, out);
    case Kind::kCommand:
      for (size_t i = 0; i < node.children.size(); ++i) {
        if (i > 0) out += ' ';
        AppendArgument(*node.children[i], out);
      }
      return;
    case Kind::kField:
      return AppendNames(node, ".", out);
    case Kind::kVariable:
      return AppendNames(node, "", out);
    case Kind::kChain:
      AppendArgument(*node.children.front(), out);
      return AppendNames(node, ".", out);
    case Kind::kDot:
      out += '.';
      return;
    case Kind::kNil:
      out += "nil";
      return;
    case Kind::kBool:
      out += IsTrue(node.value) ? "true" : "false";
      return;
    case Kind::kEnd:
      out += "{{end}}";
      return;
    case Kind::kElse:
      out += "{{else}}";
      return;
  }
}

bool IsSpace(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(FirstRune(text).bytes)) {
    const uint32_t rune = FirstRune(text).value;
    const bool space = rune == ' ' || (rune >= '\t' && rune <= '\r') || rune == 0x85 ||
                       rune == 0xA0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200A) ||
                       rune == 0x2028 || rune == 0x2029 || rune == 0x202F || rune == 0x205F ||
                       rune == 0x3000;
    if (!space) return false;
  }
  return true;
}

}  // namespace

std::string Node::Printed() const {
  std::string out;
  Append(*this, out);
  return out;
}

bool IsEmpty(const Node& list) {
  return std::all_of(list.children.begin(), list.children.end(), [](const NodePtr& child) {
    return child->kind == Kind::kText && IsSpace(child->text);
  });
}

}  // namespace skyden::resources::go_template
