// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_proto/text_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "resources/proto/go_text.h"

namespace skyden::resources::rules {
namespace {

using Kind = TemplateOutcome::Kind;

constexpr std::string_view kSpace = " \t\r\n";

bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string_view TrimLeft(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpace), text.size()));
}
std::string_view TrimRight(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

// Words that begin a command we do not run.
bool IsKnownWord(std::string_view word) {
  static constexpr std::array<std::string_view, 32> kWords = {
      "and",    "break",   "block", "call",  "continue", "define", "else",     "end",
      "eq",     "false",   "ge",    "gt",    "html",     "if",     "index",    "js",
      "le",     "len",     "lt",    "ne",    "nil",      "not",    "or",       "print",
      "printf", "println", "range", "slice", "template", "true",   "urlquery", "with"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

class Runner {
 public:
  Runner(std::string_view source, const std::map<std::string, std::string, std::less<>>& values)
      : source_(source), values_(values) {}

  TemplateOutcome Run() {
    bool trim_next = false;
    while (true) {
      const size_t open = source_.find("{{", at_);
      std::string_view text = source_.substr(at_, open - at_);
      if (trim_next) text = TrimLeft(text);
      if (open == std::string_view::npos) {
        out_ += text;
        return {Kind::kText, std::move(out_)};
      }
      at_ = open + 2;
      if (IsTrimMark(source_.substr(at_, 2))) {
        text = TrimRight(text);
        ++at_;
      }
      out_ += text;
      line_ += std::count(source_.begin() + static_cast<std::ptrdiff_t>(counted_),
                          source_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
      counted_ = at_;
      const std::optional<std::string_view> action = TakeAction(trim_next);
      if (!action.has_value()) return Refuse("unclosed action");
      if (std::optional<TemplateOutcome> end = Do(*action); end.has_value()) return *end;
    }
  }

 private:
  static bool IsTrimMark(std::string_view two) {
    return two.size() == 2 && two[0] == '-' && kSpace.find(two[1]) != std::string_view::npos;
  }

  TemplateOutcome Refuse(std::string_view why) const {
    return {Kind::kParseError, fmt::format("template: :{}: {}", line_, why)};
  }

  // What stands between the braces. `trim_next` is set when it ends in a trim mark.
  std::optional<std::string_view> TakeAction(bool& trim_next) {
    const size_t begin = at_;
    char quote = 0;
    for (; at_ < source_.size(); ++at_) {
      const char c = source_[at_];
      if (quote != 0) {
        if (c == '\\' && quote != '`') ++at_;
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '`' || c == '\'') {
        quote = c;
      } else if (source_.substr(at_, 2) == "}}") {
        std::string_view action = source_.substr(begin, at_ - begin);
        at_ += 2;
        trim_next = action.size() >= 2 && action.back() == '-' &&
                    kSpace.find(action[action.size() - 2]) != std::string_view::npos;
        if (trim_next) action.remove_suffix(1);
        return TrimRight(TrimLeft(action));
      }
    }
    return std::nullopt;
  }

  // Nothing when the run goes on.
  std::optional<TemplateOutcome> Do(std::string_view action) {
    if (action.starts_with("/*") && action.ends_with("*/")) return std::nullopt;
    if (action.empty()) return Refuse("missing value for command");
    if (action.front() == '.') return Field(action);
    if (const std::string_view word = FirstWord(action); !word.empty()) {
      const bool digit = word.front() >= '0' && word.front() <= '9';
      if (!digit && !IsKnownWord(word)) {
        return Refuse(fmt::format("function {} not defined", GoQuote(word)));
      }
    } else if (const char c = action.front();
               std::string_view("\"`'($-+").find(c) == std::string_view::npos) {
      return Refuse(fmt::format("unexpected {} in command", GoQuote(std::string_view(&c, 1))));
    }
    return TemplateOutcome{Kind::kBeyondUs, ""};
  }

  static std::string_view FirstWord(std::string_view action) {
    const auto* const end = std::find_if_not(action.begin(), action.end(), IsWordChar);
    return action.substr(0, static_cast<size_t>(end - action.begin()));
  }

  // `.name`; anything more is a pipeline or a chain.
  std::optional<TemplateOutcome> Field(std::string_view action) {
    const std::string_view name = FirstWord(action.substr(1));
    const std::string_view rest = action.substr(1 + name.size());
    if (name.empty()) return TemplateOutcome{Kind::kBeyondUs, ""};
    if (rest.empty()) {
      const auto value = values_.find(name);
      out_ += value == values_.end() ? "<no value>" : value->second;
      return std::nullopt;
    }
    if (rest.front() == '}') return Refuse("unexpected \"}\" in operand");
    if (rest.front() == '.' || rest.front() == '|' ||
        kSpace.find(rest.front()) != std::string_view::npos) {
      return TemplateOutcome{Kind::kBeyondUs, ""};
    }
    return Refuse(fmt::format("bad character U+{:04X} '{}'", static_cast<unsigned>(rest.front()),
                              rest.front()));
  }

  const std::string_view source_;
  const std::map<std::string, std::string, std::less<>>& values_;
  size_t at_ = 0;
  size_t counted_ = 0;
  std::ptrdiff_t line_ = 1;
  std::string out_;
};

}  // namespace

TemplateOutcome RunTemplate(std::string_view source,
                            const std::map<std::string, std::string, std::less<>>& values) {
  return Runner(source, values).Run();
}

}  // namespace skyden::resources::rules
