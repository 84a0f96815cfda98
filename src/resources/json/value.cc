// SPDX-License-Identifier: Apache-2.0
// Two passes: go_json::CheckValid says in Go's words what is wrong with a text; what passes is read
// here without looking back.
#include "resources/json/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "resources/go/json.h"
#include "resources/go/json_escape.h"
#include "resources/go/text.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources::json {
// Reads a text that passed CheckValid.
class Reader {
 public:
  Reader(std::string_view text, Document& document) : text_(text), document_(document) {}

  absl::Status Read() {
    TakeValue(document_.root_);
    return status_;
  }

 private:
  void SkipSpace() {
    while (go_json::IsSpace(text_[at_])) ++at_;
  }

  void TakeValue(Value& out) {
    SkipSpace();
    switch (text_[at_]) {
      case '{':
        return TakeObject(out);
      case '[':
        return TakeArray(out);
      case '"':
        out.kind = Value::Kind::kString;
        out.text = TakeString();
        return;
      case 't':
        out = Value::Bool(true);
        at_ += 4;
        return;
      case 'f':
        out = Value::Bool(false);
        at_ += 5;
        return;
      case 'n':
        at_ += 4;
        return;
      default:
        return TakeNumber(out);
    }
  }

  void TakeObject(Value& out) {
    out.kind = Value::Kind::kObject;
    ++at_;
    SkipSpace();
    if (text_[at_] == '}') {
      ++at_;
      return;
    }
    while (true) {
      SkipSpace();
      const std::string_view name = TakeString();
      SkipSpace();
      ++at_;  // the colon
      Value* const earlier = out.members.size() <= kLinear ? out.Find(name) : nullptr;
      if (earlier != nullptr) {
        *earlier = Value();
        TakeValue(*earlier);
      } else {
        out.members.push_back({name, Value()});
        TakeValue(out.members.back().value);
      }
      SkipSpace();
      if (text_[at_++] == '}') break;
    }
    if (out.members.size() > kLinear) DropRepeated(out.members);
  }

  // Large objects: keeps the last of equal names without comparing all pairs.
  static void DropRepeated(std::vector<Member>& members) {
    std::stable_sort(members.begin(), members.end(),
                     [](const Member& a, const Member& b) { return a.name < b.name; });
    const auto last =
        std::unique(members.rbegin(), members.rend(),
                    [](const Member& a, const Member& b) { return a.name == b.name; });
    members.erase(members.begin(), last.base());
  }

  void TakeArray(Value& out) {
    out.kind = Value::Kind::kArray;
    ++at_;
    SkipSpace();
    if (text_[at_] == ']') {
      ++at_;
      return;
    }
    while (true) {
      out.items.emplace_back();
      TakeValue(out.items.back());
      SkipSpace();
      if (text_[at_++] == ']') return;
    }
  }

  std::string_view TakeString() {
    const size_t begin = ++at_;
    bool plain = true;
    for (; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') {
        plain = false;
        ++at_;
      } else if (static_cast<uint8_t>(text_[at_]) >= 0x80) {
        plain = false;
      }
    }
    const std::string_view raw = text_.substr(begin, at_ - begin);
    ++at_;
    if (plain) return raw;
    return document_.unescaped_.emplace_back(UnescapeJson(ToValidUtf8(raw)));
  }

  void TakeNumber(Value& out) {
    const size_t begin = at_;
    while (at_ < text_.size() &&
           std::string_view("+-.eE0123456789").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
    const std::string_view raw = text_.substr(begin, at_ - begin);
    out.kind = Value::Kind::kNumber;
    const auto result = std::from_chars(raw.data(), raw.data() + raw.size(), out.number);
    if (result.ec == std::errc::result_out_of_range) {
      // Too small is zero; too large is what Go refuses.
      const size_t exponent = raw.find_first_of("eE");
      if (exponent != std::string_view::npos && raw.substr(exponent + 1, 1) == "-") {
        out.number = 0;
        return;
      }
      if (status_.ok()) {
        status_ = absl::InvalidArgumentError(
            fmt::format("json: cannot unmarshal number {} into Go value of type float64", raw));
      }
    }
  }

  static constexpr size_t kLinear = 32;

  const std::string_view text_;
  Document& document_;
  size_t at_ = 0;
  absl::Status status_;
};

const Value* Value::Find(std::string_view name) const {
  for (const Member& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

Value* Value::Find(std::string_view name) {
  for (Member& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

Value Value::String(std::string_view text) {
  Value value;
  value.kind = Kind::kString;
  value.text = text;
  return value;
}

Value Value::Number(double number) {
  Value value;
  value.kind = Kind::kNumber;
  value.number = number;
  return value;
}

Value Value::Bool(bool boolean) {
  Value value;
  value.kind = Kind::kBool;
  value.boolean = boolean;
  return value;
}

Value Value::Object() {
  Value value;
  value.kind = Kind::kObject;
  return value;
}

std::string_view KindName(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::kNull:
      return "null";
    case Value::Kind::kBool:
      return "boolean";
    case Value::Kind::kNumber:
      return "number";
    case Value::Kind::kString:
      return "string";
    case Value::Kind::kArray:
      return "array";
    case Value::Kind::kObject:
      return "object";
  }
  return "";
}

absl::StatusOr<Document> Document::Parse(std::string_view text) {
  SKYDEN_RETURN_IF_ERROR(go_json::CheckValid(text, base::limits::kJsonDepth));
  Document document;
  SKYDEN_RETURN_IF_ERROR(Reader(text, document).Read());
  return document;
}

void AppendString(std::string_view text, std::string& out) {
  out.push_back('"');
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<uint8_t>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(begin, i - begin));
    begin = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += fmt::format("\\u{:04x}", static_cast<uint8_t>(c));
    }
  }
  out.append(text.substr(begin));
  out.push_back('"');
}

void AppendNumber(double number, std::string& out) {
  if (number == 0 && std::signbit(number)) {
    out += "-0";
  } else if (std::trunc(number) == number && std::fabs(number) < 1e15) {
    fmt::format_to(std::back_inserter(out), "{}", static_cast<int64_t>(number));
  } else {
    out += GoJsonNumber(number);
  }
}

void AppendValue(const Value& value, std::string& out) {
  switch (value.kind) {
    case Value::Kind::kNull:
      out += "null";
      return;
    case Value::Kind::kBool:
      out += value.boolean ? "true" : "false";
      return;
    case Value::Kind::kNumber:
      return AppendNumber(value.number, out);
    case Value::Kind::kString:
      return AppendString(value.text, out);
    case Value::Kind::kArray: {
      char separator = '[';
      for (const Value& item : value.items) {
        out.push_back(separator);
        AppendValue(item, out);
        separator = ',';
      }
      if (value.items.empty()) out.push_back('[');
      out.push_back(']');
      return;
    }
    case Value::Kind::kObject: {
      std::vector<const Member*> sorted;
      sorted.reserve(value.members.size());
      for (const Member& member : value.members) sorted.push_back(&member);
      std::sort(sorted.begin(), sorted.end(),
                [](const Member* a, const Member* b) { return a->name < b->name; });
      char separator = '{';
      for (const Member* member : sorted) {
        out.push_back(separator);
        AppendString(member->name, out);
        out.push_back(':');
        AppendValue(member->value, out);
        separator = ',';
      }
      if (sorted.empty()) out.push_back('{');
      out.push_back('}');
      return;
    }
  }
}

}  // namespace skyden::resources::json
