// SPDX-License-Identifier: Apache-2.0
#include "resources/go_template/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "resources/go/text.h"
#include "resources/go/unicode.h"

namespace skyden::resources::go_template {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kSpaces = " \t\r\n";

bool IsSpace(char c) { return kSpaces.find(c) != std::string_view::npos; }

bool OpensTrimming(std::string_view text) {
  return text.size() >= 2 && text[0] == '-' && IsSpace(text[1]);
}

bool ClosesTrimming(std::string_view text) {
  return text.size() >= 2 && IsSpace(text[0]) && text[1] == '-' &&
         text.substr(2).starts_with(kClose);
}

size_t SpacesAtFront(std::string_view text) {
  return std::min(text.find_first_not_of(kSpaces), text.size());
}

TokenKind KindOfWord(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, TokenKind>, 13> kKeywords = {{
      {"block", TokenKind::kBlock},
      {"break", TokenKind::kBreak},
      {"continue", TokenKind::kContinue},
      {"define", TokenKind::kDefine},
      {"else", TokenKind::kElse},
      {"end", TokenKind::kEnd},
      {"false", TokenKind::kBool},
      {"if", TokenKind::kIf},
      {"nil", TokenKind::kNil},
      {"range", TokenKind::kRange},
      {"template", TokenKind::kTemplate},
      {"true", TokenKind::kBool},
      {"with", TokenKind::kWith},
  }};
  for (const auto& [keyword, kind] : kKeywords) {
    if (word == keyword) return kind;
  }
  return TokenKind::kIdentifier;
}

// At most ten characters, quoted.
std::string QuotedHead(std::string_view text) {
  size_t bytes = 0;
  for (int i = 0; i < 10 && bytes < text.size(); ++i) bytes += FirstRune(text.substr(bytes)).bytes;
  return GoQuote(text.substr(0, bytes));
}

}  // namespace

std::string Token::Printed() const {
  if (kind == TokenKind::kEndOfText) return "EOF";
  if (kind == TokenKind::kError) return text;
  if (kind >= TokenKind::kBlock) return fmt::format("<{}>", text);
  if (text.size() > 10) return QuotedHead(text) + "...";
  return GoQuote(text);
}

Token Lexer::Next() {
  if (failed_) return Token{TokenKind::kEndOfText, 0, line_, ""};
  return in_action_ ? InAction() : TextOrDelimiter();
}

int Lexer::LineOf(size_t offset) {
  for (; counted_to_ < offset; ++counted_to_) {
    if (text_[counted_to_] == '\n') ++line_;
  }
  return line_;
}

Token Lexer::Emit(TokenKind kind) {
  Token token{kind, start_, LineOf(start_), std::string(text_.substr(start_, at_ - start_))};
  start_ = at_;
  return token;
}

Token Lexer::Error(std::string why) {
  failed_ = true;
  return Token{TokenKind::kError, start_, LineOf(start_), std::move(why)};
}

// False when there is one that is wrong, with `error`.
bool Lexer::SkipComment(Token& error) {
  start_ = at_;
  const size_t end = text_.find("*/", at_ + 2);
  if (end == std::string_view::npos) {
    error = Error("unclosed comment");
    return false;
  }
  at_ = end + 2;
  bool trims = false;
  if (!AtRightDelimiter(trims)) {
    error = Error("comment ends before closing delimiter");
    return false;
  }
  at_ += (trims ? 2 : 0) + kClose.size();
  if (trims) at_ += SpacesAtFront(Rest());
  start_ = at_;
  return true;
}

Token Lexer::TextOrDelimiter() {
  while (true) {
    const size_t open = text_.find(kOpen, at_);
    if (open == std::string_view::npos) {
      at_ = text_.size();
      return Emit(at_ > start_ ? TokenKind::kText : TokenKind::kEndOfText);
    }
    const bool trims = OpensTrimming(text_.substr(open + kOpen.size()));
    if (open > at_) {
      std::string_view literal = text_.substr(start_, open - start_);
      if (trims) literal = literal.substr(0, literal.find_last_not_of(kSpaces) + 1);
      at_ = start_ + literal.size();
      Token token = Emit(TokenKind::kText);
      at_ = start_ = open;
      if (!literal.empty()) return token;
    }
    const size_t after = open + kOpen.size() + (trims ? 2 : 0);
    if (text_.substr(after).starts_with("/*")) {
      at_ = after;
      Token error;
      if (!SkipComment(error)) return error;
      continue;
    }
    at_ = open + kOpen.size();
    Token token = Emit(TokenKind::kLeftDelim);
    at_ = start_ = after;
    in_action_ = true;
    parens_ = 0;
    return token;
  }
}

bool Lexer::AtRightDelimiter(bool& trims) const {
  trims = ClosesTrimming(Rest());
  return trims || Rest().starts_with(kClose);
}

bool Lexer::AtTerminator() const {
  if (AtEnd()) return true;
  const char c = text_[at_];
  return IsSpace(c) || std::string_view(".,|:)(").find(c) != std::string_view::npos ||
         Rest().starts_with(kClose);
}

Token Lexer::RightDelimiter(bool trims) {
  if (trims) at_ = start_ = at_ + 2;
  at_ += kClose.size();
  Token token = Emit(TokenKind::kRightDelim);
  if (trims) at_ = start_ = at_ + SpacesAtFront(Rest());
  in_action_ = false;
  return token;
}

Token Lexer::InAction() {
  bool trims = false;
  if (AtRightDelimiter(trims)) {
    return parens_ == 0 ? RightDelimiter(trims) : Error("unclosed left paren");
  }
  if (AtEnd()) return Error("unclosed action");
  if (IsSpace(text_[at_])) return Space();
  return Word();
}

Token Lexer::Word() {
  const GoRune rune = FirstRune(Rest());
  const char c = text_[at_];
  const bool digit_follows =
      at_ + 1 >= text_.size() || (text_[at_ + 1] >= '0' && text_[at_ + 1] <= '9');
  if (c == '+' || c == '-' || (c >= '0' && c <= '9') || (c == '.' && digit_follows)) {
    return Number();
  }
  if (IsWordRune(rune.value)) return Identifier();
  at_ += rune.bytes;
  switch (c) {
    case '=':
      return Emit(TokenKind::kAssign);
    case ':':
      if (!Rest().starts_with('=')) return Error("expected :=");
      ++at_;
      return Emit(TokenKind::kDeclare);
    case '|':
      return Emit(TokenKind::kPipe);
    case '"':
      return Quoted('"', TokenKind::kString, "quoted string");
    case '`':
      return Quoted('`', TokenKind::kRawString, "raw quoted string");
    case '\'':
      return Quoted('\'', TokenKind::kCharConstant, "character constant");
    case '$':
      return FieldOrVariable(TokenKind::kVariable);
    case '.':
      return FieldOrVariable(TokenKind::kField);
    case '(':
      ++parens_;
      return Emit(TokenKind::kLeftParen);
    case ')':
      if (--parens_ < 0) return Error("unexpected right paren");
      return Emit(TokenKind::kRightParen);
    default:
      if (rune.value < 0x80 && IsPrintableRune(rune.value)) return Emit(TokenKind::kChar);
      return Error("unrecognized character in action: " + GoUnicode(rune.value));
  }
}

// The last space may belong to a trim marker.
Token Lexer::Space() {
  at_ += SpacesAtFront(Rest());
  if (ClosesTrimming(text_.substr(at_ - 1))) {
    --at_;
    if (at_ == start_) return RightDelimiter(true);
  }
  return Emit(TokenKind::kSpace);
}

Token Lexer::Identifier() {
  while (!AtEnd()) {
    const GoRune rune = FirstRune(Rest());
    if (!IsWordRune(rune.value)) break;
    at_ += rune.bytes;
  }
  if (!AtTerminator()) return Error("bad character " + GoUnicode(FirstRune(Rest()).value));
  return Emit(KindOfWord(text_.substr(start_, at_ - start_)));
}

Token Lexer::FieldOrVariable(TokenKind kind) {
  if (AtTerminator()) {
    return Emit(kind == TokenKind::kVariable ? TokenKind::kVariable : TokenKind::kDot);
  }
  const Token word = Identifier();
  if (word.kind == TokenKind::kError) return word;
  return Token{kind, word.offset, word.line, word.text};
}

void Lexer::TakeRun(std::string_view set) {
  while (TakeOne(set)) {
  }
}

bool Lexer::TakeOne(std::string_view set) {
  if (AtEnd() || set.find(text_[at_]) == std::string_view::npos) return false;
  ++at_;
  return true;
}

// Not exact: what is no number after all, the parser sees.
bool Lexer::TakeNumber() {
  constexpr std::string_view kDecimal = "0123456789_";
  constexpr std::string_view kHex = "0123456789abcdefABCDEF_";
  std::string_view digits = kDecimal;
  TakeOne("+-");
  if (TakeOne("0")) {
    if (TakeOne("xX")) {
      digits = kHex;
    } else if (TakeOne("oO")) {
      digits = "01234567_";
    } else if (TakeOne("bB")) {
      digits = "01_";
    }
  }
  TakeRun(digits);
  if (TakeOne(".")) TakeRun(digits);
  if ((digits == kDecimal && TakeOne("eE")) || (digits == kHex && TakeOne("pP"))) {
    TakeOne("+-");
    TakeRun(kDecimal);
  }
  TakeOne("i");
  if (AtEnd()) return true;
  const GoRune next = FirstRune(Rest());
  if (!IsWordRune(next.value)) return true;
  at_ += next.bytes;
  return false;
}

Token Lexer::Number() {
  const auto bad = [this] {
    return Error("bad number syntax: " + GoQuote(text_.substr(start_, at_ - start_)));
  };
  if (!TakeNumber()) return bad();
  if (AtEnd() || (text_[at_] != '+' && text_[at_] != '-')) return Emit(TokenKind::kNumber);
  if (!TakeNumber() || text_[at_ - 1] != 'i') return bad();
  return Emit(TokenKind::kComplex);
}

Token Lexer::Quoted(char quote, TokenKind kind, std::string_view what) {
  const bool raw = quote == '`';
  while (true) {
    const bool escaped = !raw && Rest().starts_with('\\');
    if (escaped) ++at_;
    if (AtEnd() || (!raw && text_[at_] == '\n')) return Error(fmt::format("unterminated {}", what));
    if (text_[at_++] == quote && !escaped) break;
  }
  return Emit(kind);
}

}  // namespace skyden::resources::go_template
