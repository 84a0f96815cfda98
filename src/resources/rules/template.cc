// SPDX-License-Identifier: Apache-2.0
#include "resources/rules/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "resources/proto/go_text.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"

namespace skyden::resources::spec_rules {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::array<std::string_view, 22> kFunctions = {
    "label",  "and",     "or",   "not",  "len",      "index", "slice", "print",
    "printf", "println", "html", "js",   "urlquery", "eq",    "ne",    "lt",
    "le",     "gt",      "ge",   "call", "true",     "false"};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// Literal text before an action, and the action; the last piece has none.
struct Piece {
  std::string_view literal;
  std::optional<std::string_view> action;
  size_t offset = 0;  // of the action in the template
};

std::string At(std::string_view text, size_t offset, std::string_view why) {
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n');
  return fmt::format("template: :{}: {}", line, why);
}

// A word of an action: `.Name`, `label`, `"text"`, `|`, `(`, `)`. "" at the end, nullopt when
// there is no word.
std::optional<std::string_view> TakeWord(std::string_view& rest) {
  while (!rest.empty() && IsSpace(rest.front())) rest.remove_prefix(1);
  if (rest.empty()) return std::string_view();
  size_t size = 1;
  if (rest.front() == '"' || rest.front() == '`') {
    while (size < rest.size() && rest[size] != rest.front()) {
      size += rest.front() == '"' && rest[size] == '\\' ? 2 : 1;
    }
    if (size >= rest.size()) return std::nullopt;
    ++size;
  } else if (rest.front() == '.' || rest.front() == '$' || IsWordChar(rest.front())) {
    while (size < rest.size() && (IsWordChar(rest[size]) || rest[size] == '.')) ++size;
  } else if (std::string_view("|()").find(rest.front()) == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view word = rest.substr(0, size);
  rest.remove_prefix(size);
  return word;
}

std::string WhyNotAction(std::string_view action) {
  std::string_view rest = action;
  bool any = false;
  while (true) {
    const std::optional<std::string_view> word = TakeWord(rest);
    if (!word) {
      if (rest.front() == '"') return "unterminated quoted string";
      if (rest.front() == '`') return "unterminated raw quoted string";
      return fmt::format("unexpected {} in command", GoQuote(rest.substr(0, 1)));
    }
    if (word->empty()) break;
    any = true;
    const char first = word->front();
    const bool is_word = IsWordChar(first) && !(first >= '0' && first <= '9');
    if (is_word && std::find(kFunctions.begin(), kFunctions.end(), *word) == kFunctions.end()) {
      return fmt::format("function {} not defined", GoQuote(*word));
    }
  }
  return any ? "" : "missing value for command";
}

// INVALID_ARGUMENT when an action does not end or makes no sense.
absl::StatusOr<std::vector<Piece>> Split(std::string_view text) {
  std::vector<Piece> pieces;
  size_t at = 0;
  bool trim_next = false;
  while (true) {
    const size_t open = text.find(kOpen, at);
    Piece piece;
    piece.literal = text.substr(at, open == std::string_view::npos ? open : open - at);
    if (trim_next) {
      while (!piece.literal.empty() && IsSpace(piece.literal.front())) {
        piece.literal.remove_prefix(1);
      }
    }
    if (open == std::string_view::npos) {
      pieces.push_back(piece);
      return pieces;
    }
    const size_t close = text.find(kClose, open);
    if (close == std::string_view::npos) {
      return absl::InvalidArgumentError(At(text, open, "unclosed action"));
    }
    std::string_view action = text.substr(open + 2, close - open - 2);
    if (action.size() > 1 && action[0] == '-' && IsSpace(action[1])) {
      action.remove_prefix(1);
      while (!piece.literal.empty() && IsSpace(piece.literal.back())) {
        piece.literal.remove_suffix(1);
      }
    }
    const size_t last = action.size();
    trim_next = last > 1 && action[last - 1] == '-' && IsSpace(action[last - 2]);
    if (trim_next) action.remove_suffix(1);
    piece.action = Trim(action);
    piece.offset = open;
    const bool comment = piece.action->starts_with("/*");
    if (comment) piece.action = std::string_view();
    if (!comment) {
      const std::string why = WhyNotAction(*piece.action);
      if (!why.empty()) return absl::InvalidArgumentError(At(text, open, why));
    }
    pieces.push_back(piece);
    at = close + 2;
  }
}

// "" or the field that a struct of texts does not have, in Go's words; `word` is `.A` or `.A.B`.
std::string WhyNoField(std::string_view text, std::string_view word,
                       const std::map<std::string, std::string, std::less<>>& fields) {
  const size_t dot = word.find('.', 1);
  const bool known = fields.contains(word.substr(1, dot == std::string_view::npos ? dot : dot - 1));
  if (known && dot == std::string_view::npos) return "";
  const size_t at = known ? dot : 0;
  const size_t end = word.find('.', at + 1);
  const std::string_view field =
      word.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
  std::string type = "string";
  if (!known) {
    std::string members;
    for (const std::string_view name : {"Name", "DisplayName", "Namespace", "Mesh", "Zone"}) {
      members += fmt::format("{}{} string", members.empty() ? "" : "; ", name);
    }
    type = fmt::format("struct {{ {} }}", members);
  }
  return fmt::format("template: :1:{}: executing \"\" at <{}>: can't evaluate field {} in type {}",
                     static_cast<size_t>(word.data() - text.data()) + at, word, field, type);
}

// How many arguments the function at the front of `rest` is given, up to the end of its command.
size_t ArgumentsIn(std::string_view rest) {
  size_t count = 0;
  while (const std::optional<std::string_view> word = TakeWord(rest)) {
    if (word->empty() || *word == "|" || *word == ")") break;
    ++count;
  }
  return count;
}

}  // namespace

std::string WhyNotTemplate(std::string_view text) {
  const auto pieces = Split(text);
  return pieces.ok() ? "" : std::string(base::ToStd(pieces.status().message()));
}

absl::StatusOr<std::string> RenderTemplate(
    std::string_view text, const std::map<std::string, std::string, std::less<>>& fields,
    std::string_view label) {
  const LabelFunction constant = [label](std::string_view) { return std::string(label); };
  return RenderTemplate(text, fields, constant);
}

absl::StatusOr<std::string> RenderTemplate(
    std::string_view text, const std::map<std::string, std::string, std::less<>>& fields,
    const LabelFunction& label) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<Piece> pieces, Split(text));
  std::string out;
  for (const Piece& piece : pieces) {
    out += piece.literal;
    if (!piece.action) continue;
    std::string_view rest = *piece.action;
    bool piped = false;
    while (const std::optional<std::string_view> word = TakeWord(rest)) {
      if (word->empty()) break;
      if (*word == "label") {
        const size_t given = ArgumentsIn(rest) + (piped ? 1 : 0);
        if (given != 1) {
          return absl::InvalidArgumentError(
              fmt::format("template: :1:{}: executing \"\" at <label>: wrong number of args for "
                          "label: want 1 got {}",
                          word->data() - text.data(), given));
        }
        const std::string_view key = piped ? std::string_view() : TakeWord(rest).value_or("");
        const bool is_quoted = key.size() > 1 && (key.front() == '"' || key.front() == '`');
        SKYDEN_ASSIGN_OR_RETURN(const std::string value,
                                label(is_quoted ? key.substr(1, key.size() - 2) : key));
        out += value;
      } else if (word->size() > 1 && word->front() == '.') {
        if (const std::string why = WhyNoField(text, *word, fields); !why.empty()) {
          return absl::InvalidArgumentError(why);
        }
        out += fields.find(word->substr(1))->second;
      }
      piped = *word == "|";
    }
  }
  return out;
}

}  // namespace skyden::resources::spec_rules
