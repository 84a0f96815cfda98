// SPDX-License-Identifier: Apache-2.0
#include "resources/go_template/words.h"

#include <fmt/format.h>

#include "skyden/base/strings.h"

namespace skyden::resources::go_template {

Token Words::Next() {
  if (!pending_.empty()) {
    Token token = std::move(pending_.back());
    pending_.pop_back();
    return token;
  }
  Token token = lexer_.Next();
  line_ = token.line;
  return token;
}
const Token& Words::Peek() {
  if (pending_.empty()) Unread(Next());
  return pending_.back();
}
Token Words::NextNonSpace() {
  Token token = Next();
  while (token.kind == TokenKind::kSpace) token = Next();
  return token;
}
const Token& Words::PeekNonSpace() {
  Unread(NextNonSpace());
  return pending_.back();
}

absl::Status Words::Error(std::string_view why) const {
  return absl::InvalidArgumentError(fmt::format("template: :{}: {}", line_, why));
}
absl::Status Words::Error(const absl::Status& why) const {
  return Error(base::ToStd(why.message()));
}

absl::Status Words::Unexpected(const Token& token, std::string_view context) const {
  if (token.kind != TokenKind::kError) {
    return Error(fmt::format("unexpected {} in {}", token.Printed(), context));
  }
  std::string where;
  if (scope_.action_line != 0 && scope_.action_line != token.line) {
    where = fmt::format("{} started at :{}", token.text.ends_with(" action") ? "" : " in action",
                        scope_.action_line);
  }
  return Error(token.text + where);
}

absl::StatusOr<Token> Words::Expect(TokenKind kind, std::string_view context) {
  Token token = NextNonSpace();
  if (token.kind != kind) return Unexpected(token, context);
  return token;
}

}  // namespace skyden::resources::go_template
