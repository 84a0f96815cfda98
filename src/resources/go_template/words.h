// SPDX-License-Identifier: Apache-2.0
// The words of a template with look-ahead, and the complaints about them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "resources/go_template/lexer.h"

namespace skyden::resources::go_template {

// What Go's parser remembers of the definition it is in.
struct Scope {
  std::vector<std::string> variables = {"$"};
  int loops = 0;
  int parens = 0;
  int action_line = 0;  // where the action being read began; 0 outside
};

class Words {
 public:
  // `text` must outlive this.
  explicit Words(std::string_view text) : lexer_(text) {}

  Token Next();
  Token NextNonSpace();
  // The next word will be `token`.
  void Unread(Token token) { pending_.push_back(std::move(token)); }
  const Token& Peek();
  const Token& PeekNonSpace();

  // The next word but space, which must be of that kind.
  absl::StatusOr<Token> Expect(TokenKind kind, std::string_view context);

  // Complaints are about the line of the last word read.
  absl::Status Error(std::string_view why) const;
  absl::Status Error(const absl::Status& why) const;
  absl::Status Unexpected(const Token& token, std::string_view context) const;
  int line() const { return line_; }
  void set_line(int line) { line_ = line; }

  Scope& scope() { return scope_; }

 private:
  Lexer lexer_;
  std::vector<Token> pending_;  // words that will be read again; the next one last
  int line_ = 1;
  Scope scope_;
};

}  // namespace skyden::resources::go_template
