// SPDX-License-Identifier: Apache-2.0
// The structural check. It says what kube-openapi's validator says, which is more than "no": every
// rule that applies to a value's kind is tried even when its type is wrong, so that a number where
// one of several strings is wanted gets two complaints. Members are checked in order of their names
// (Kuma's order is that of a Go map), then what is missing.
#include <fmt/format.h>
#include <re2/re2.h>

#include <array>
#include <charconv>
#include <cmath>

#include "resources/go/text.h"
#include "resources/json/schema.h"
#include "resources/json/text_formats.h"
#include "skyden/base/limits.h"

namespace skyden::resources::json {
namespace {

using Kind = Value::Kind;

constexpr double kIntegerMax = 9007199254740991.0;  // 2^53 - 1: beyond, JSON has no integers

bool IsInteger(const Value& value) {
  return value.kind == Kind::kNumber && std::trunc(value.number) == value.number &&
         std::fabs(value.number) <= kIntegerMax;
}

// Characters, as Go counts runes; the text is UTF-8.
double LengthOf(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<uint8_t>(c) & 0xC0) != 0x80 ? 1 : 0;
  return static_cast<double>(count);
}

// As Go's %v prints a float64.
std::string Bound(double value) {
  if (std::fabs(value) < 1e6) return fmt::format("{}", value);
  std::array<char, 32> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::scientific);
  return std::string(buffer.data(), result.ptr);
}

class Checker {
 public:
  Checker(const std::string& path, Problems& problems) : path_(path), problems_(problems) {}

  void Run(const Type& type, const Value& value) {
    switch (type.base) {
      case Type::Base::kAny:
        return;
      case Type::Base::kIntOrString:
        return CheckIntOrString(value);
      case Type::Base::kObject:
        if (Expect("object", Kind::kObject, value)) CheckObject(*type.shape, value);
        return;
      case Type::Base::kMap:
        if (Expect("object", Kind::kObject, value)) CheckMap(*type.element, value);
        return;
      case Type::Base::kList:
        if (Expect("array", Kind::kArray, value)) CheckList(type, value);
        return;
      case Type::Base::kBool:
        Expect("boolean", Kind::kBool, value);
        return;
      case Type::Base::kBytes:
        return CheckFormatted("byte", IsBase64, value);
      case Type::Base::kTime:
        return CheckFormatted("date-time", IsDateTime, value);
      case Type::Base::kInteger:
        CheckInteger(type, value);
        return CheckChoices(type, value);
      case Type::Base::kString:
      case Type::Base::kDuration:
        if (Expect("string", Kind::kString, value)) CheckText(type, value.text);
        return CheckChoices(type, value);
    }
  }

 private:
  void Say(std::string_view what) { problems_.Add(fmt::format("{} in body {}", path_, what)); }

  bool Expect(std::string_view wanted, Kind kind, const Value& value) {
    if (value.kind == kind) return true;
    Say(fmt::format("must be of type {}: \"{}\"", wanted, KindName(value.kind)));
    return false;
  }

  // Runs a check one level down.
  template <class Suffix>
  void Below(const Suffix& suffix, const Type& type, const Value& value) {
    const size_t size = path_.size();
    suffix(path_);
    Run(type, value);
    path_.resize(size);
  }

  void CheckObject(const Shape& shape, const Value& value) {
    for (const Field* field : shape.by_name) {
      const Value* const member = value.Find(field->name);
      if (member == nullptr) continue;
      Below([&](std::string& path) { path.append(path.empty() ? "" : ".").append(field->name); },
            field->type, *member);
    }
    const auto require = [&](const Field& field) {
      if (!field.required || value.Find(field.name) != nullptr) return;
      problems_.Add(fmt::format("{}.{} in body is required", path_, field.name));
    };
    // A body asks for its type, name and spec in this order; all else goes by name.
    if (path_.empty()) {
      for (const Field& field : shape.fields) require(field);
    } else {
      for (const Field* field : shape.by_name) require(*field);
    }
  }

  void CheckMap(const Type& element, const Value& value) {
    for (const Member& member : value.members) {
      Below([&](std::string& path) { path.append(".").append(member.name); }, element,
            member.value);
    }
  }

  void CheckList(const Type& type, const Value& value) {
    for (size_t i = 0; i < value.items.size(); ++i) {
      Below([&](std::string& path) { path += fmt::format("[{}]", i); }, *type.element,
            value.items[i]);
    }
    const auto size = static_cast<double>(value.items.size());
    if (type.items.min && size < *type.items.min) {
      Say(fmt::format("should have at least {} items", *type.items.min));
    }
    if (type.items.max && size > *type.items.max) {
      Say(fmt::format("should have at most {} items", *type.items.max));
    }
  }

  void CheckText(const Type& type, std::string_view text) {
    const bool measured = type.length.min || type.length.max;
    const double length = measured ? LengthOf(text) : 0;
    if (type.length.max && length > *type.length.max) {
      Say(fmt::format("should be at most {} chars long", *type.length.max));
    } else if (type.length.min && length < *type.length.min) {
      Say(fmt::format("should be at least {} chars long", *type.length.min));
    } else if (type.pattern != nullptr &&
               !re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *type.pattern)) {
      Say(fmt::format("should match '{}'", type.pattern_text));
    }
  }

  void CheckFormatted(std::string_view format, bool (*holds)(std::string_view),
                      const Value& value) {
    switch (value.kind) {
      case Kind::kString:
        if (!holds(value.text))
          Say(fmt::format("must be of type {}: {}", format, GoQuote(value.text)));
        return;
      case Kind::kNull:
      case Kind::kArray:
        return Say(fmt::format("must be of type string: \"{}\"", KindName(value.kind)));
      default:
        return Say(fmt::format("must be of type {}: \"{}\"", format, FormatOf(value.kind)));
    }
  }

  // What the validator calls the format of a value that is not text.
  static std::string_view FormatOf(Kind kind) { return kind == Kind::kNumber ? "float64" : ""; }

  void CheckInteger(const Type& type, const Value& value) {
    if (!IsInteger(value)) {
      const bool by_format = !type.format.empty() && value.kind != Kind::kString &&
                             value.kind != Kind::kArray && value.kind != Kind::kNull;
      if (by_format) {
        Say(fmt::format("must be of type {}: \"{}\"", type.format, FormatOf(value.kind)));
      } else {
        Say(fmt::format("must be of type integer: \"{}\"", KindName(value.kind)));
      }
      if (value.kind != Kind::kNumber) return;
    }
    CheckNumberFits(type.format, value);
    if (type.range.min && value.number < *type.range.min) {
      Say(fmt::format("should be greater than or equal to {}", Bound(*type.range.min)));
    }
    if (type.range.max && value.number > *type.range.max) {
      Say(fmt::format("should be less than or equal to {}", Bound(*type.range.max)));
    }
  }

  void CheckNumberFits(std::string_view format, const Value& value) {
    const double max = format == "int32" ? 2147483647.0 : 9223372036854774784.0;
    const double min = format == "int32" ? -2147483648.0 : -9223372036854775808.0;
    if (std::trunc(value.number) == value.number && value.number >= min && value.number <= max) {
      return;
    }
    problems_.Add(fmt::format(
        "Checked value must be of type integer {} in {}",
        format.empty() ? "(default format)" : fmt::format("with format {}", format), path_));
  }

  // A choice of two schemas; of two failures the validator shows the first one's.
  void CheckIntOrString(const Value& value) {
    if (value.kind == Kind::kString || value.kind == Kind::kNull || IsInteger(value)) return;
    problems_.Add(fmt::format("{} must validate at least one schema (anyOf)", GoQuote(path_)));
    Say(fmt::format("must be of type integer: \"{}\"", KindName(value.kind)));
    if (value.kind == Kind::kNumber) CheckNumberFits("", value);
  }

  void CheckChoices(const Type& type, const Value& value) {
    if (type.choices.empty()) return;
    for (const Value& choice : type.choices) {
      if (choice.kind != value.kind) continue;
      const bool same = choice.kind == Kind::kString ? choice.text == value.text
                                                     : choice.number == std::trunc(value.number);
      if (same) return;
    }
    Say(fmt::format("should be one of {}", type.choices_text));
  }

  std::string path_;
  Problems& problems_;
};

}  // namespace

void Problems::Add(std::string message) {
  const size_t space = message.find(' ');
  base::FieldViolation violation;
  if (message.starts_with("spec.") && space != std::string::npos) {
    violation = {message.substr(0, space), message.substr(space + 1)};
  } else {
    violation.reason = std::move(message);
  }
  for (const base::FieldViolation& earlier : violations_) {
    if (earlier == violation) return;
  }
  if (violations_.size() < base::limits::kSchemaViolations) {
    violations_.push_back(std::move(violation));
  }
}

void Check(const Type& type, const Value& value, const std::string& path, Problems& problems) {
  Checker(path, problems).Run(type, value);
}

void FillDefaults(const Type& type, Value& value) {
  if (value.kind == Kind::kObject && type.base == Type::Base::kObject) {
    for (const Field& field : type.shape->fields) {
      Value* const member = value.Find(field.name);
      if (field.type.fallback && (member == nullptr || member->IsNull())) {
        if (member != nullptr) {
          *member = *field.type.fallback;
        } else {
          value.members.push_back({field.name, *field.type.fallback});
        }
      } else if (member != nullptr) {
        FillDefaults(field.type, *member);
      }
    }
  } else if (value.kind == Kind::kArray && type.base == Type::Base::kList) {
    for (Value& item : value.items) {
      if (item.IsNull() && type.element->fallback) item = *type.element->fallback;
      FillDefaults(*type.element, item);
    }
  } else if (value.kind == Kind::kObject && type.base == Type::Base::kMap) {
    for (Member& member : value.members) FillDefaults(*type.element, member.value);
  }
}

}  // namespace skyden::resources::json
