// SPDX-License-Identifier: Apache-2.0
// The words of a Go template.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace skyden::resources::go_template {

enum class TokenKind {
  kError,  // `text` says why; nothing useful follows
  kBool,
  kChar,  // a character of no other meaning, such as ','
  kCharConstant,
  kComplex,
  kAssign,
  kDeclare,
  kEndOfText,
  kField,
  kIdentifier,
  kLeftDelim,
  kLeftParen,
  kNumber,
  kPipe,
  kRawString,
  kRightDelim,
  kRightParen,
  kSpace,
  kString,
  kText,
  kVariable,
  // Keywords
  kBlock,
  kBreak,
  kContinue,
  kDot,
  kDefine,
  kElse,
  kEnd,
  kIf,
  kNil,
  kRange,
  kTemplate,
  kWith,
};

struct Token {
  TokenKind kind = TokenKind::kEndOfText;
  size_t offset = 0;
  int line = 1;
  std::string text;

  // As Go's complaints name it.
  std::string Printed() const;
};

// Reads the words one by one; comments are left out, and what trim markers trim.
class Lexer {
 public:
  // `text` must outlive the lexer.
  explicit Lexer(std::string_view text) : text_(text) {}

  // After the end: kEndOfText for ever.
  Token Next();

 private:
  Token TextOrDelimiter();
  Token InAction();
  Token Word();
  Token Space();
  Token Identifier();
  Token FieldOrVariable(TokenKind kind);
  Token Number();
  Token Quoted(char quote, TokenKind kind, std::string_view what);
  Token RightDelimiter(bool trims);
  bool SkipComment(Token& error);
  bool TakeNumber();
  void TakeRun(std::string_view set);
  bool TakeOne(std::string_view set);

  bool AtEnd() const { return at_ >= text_.size(); }
  std::string_view Rest() const { return text_.substr(at_); }
  bool AtTerminator() const;
  bool AtRightDelimiter(bool& trims) const;
  Token Emit(TokenKind kind);
  Token Error(std::string why);
  int LineOf(size_t offset);

  const std::string_view text_;
  size_t at_ = 0;
  size_t start_ = 0;  // of the word being read
  int parens_ = 0;
  bool in_action_ = false;
  bool failed_ = false;
  size_t counted_to_ = 0;  // newlines before it are in `line_`
  int line_ = 1;
};

}  // namespace skyden::resources::go_template
