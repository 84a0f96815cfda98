// SPDX-License-Identifier: Apache-2.0
#include "resources/go_template/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "resources/go_template/escape.h"
#include "resources/go_template/format.h"
#include "skyden/base/html.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources::go_template {
namespace {

using Arguments = std::vector<Value>;
using Result = absl::StatusOr<Value>;

template <class... Args>
absl::Status Refuse(fmt::format_string<Args...> format, Args&&... args) {
  return absl::InvalidArgumentError(fmt::format(format, std::forward<Args>(args)...));
}

const Data* DataIn(const Value& value) {
  const auto* data = std::get_if<const Data*>(&value);
  return data == nullptr ? nullptr : *data;
}

// Comparison

bool IsInteger(const Value& value) {
  return std::holds_alternative<int64_t>(value) || std::holds_alternative<uint8_t>(value);
}
int64_t IntegerIn(const Value& value) {
  if (const auto* small = std::get_if<uint8_t>(&value)) return *small;
  return std::get<int64_t>(value);
}

bool IsBasic(const Value& value) { return !IsNothing(value) && DataIn(value) == nullptr; }

absl::Status Incompatible(const Value& a, const Value& b) {
  return Refuse("incompatible types for comparison: {} and {}", TypeOf(a), TypeOf(b));
}

absl::StatusOr<bool> AreEqual(const Value& a, const Value& b) {
  if (IsInteger(a) && IsInteger(b)) return IntegerIn(a) == IntegerIn(b);
  if (IsNothing(a) || IsNothing(b)) return IsNothing(a) && IsNothing(b);
  if (a.index() != b.index()) return Incompatible(a, b);
  if (const std::string* text = TextIn(a)) return *text == *TextIn(b);
  if (const Data* data = DataIn(a)) {
    if (data->kind == Data::Kind::kMap) {
      return Refuse("non-comparable type {}: {}", Printed(b), TypeOf(b));
    }
    return data == DataIn(b);
  }
  return a == b;
}

Result Equal(const Arguments& arguments) {
  if (arguments.size() < 2) return Refuse("missing argument for comparison");
  for (size_t i = 1; i < arguments.size(); ++i) {
    SKYDEN_ASSIGN_OR_RETURN(const bool equal, AreEqual(arguments[0], arguments[i]));
    if (equal) return Value(true);
  }
  return Value(false);
}

absl::StatusOr<bool> IsLess(const Value& a, const Value& b) {
  if (!IsBasic(a) || !IsBasic(b)) return Refuse("invalid type for comparison");
  if (IsInteger(a) && IsInteger(b)) return IntegerIn(a) < IntegerIn(b);
  if (a.index() != b.index()) return Incompatible(a, b);
  if (const auto* number = std::get_if<double>(&a)) return *number < std::get<double>(b);
  if (const std::string* text = TextIn(a)) return *text < *TextIn(b);
  return Refuse("invalid type for comparison");
}

// a <= b and a > b are made of < and ==, and so say what these say of NaN.
Result Compare(std::string_view name, const Arguments& arguments) {
  const Value& a = arguments[0];
  const Value& b = arguments[1];
  if (name == "ne") {
    SKYDEN_ASSIGN_OR_RETURN(const bool equal, AreEqual(a, b));
    return Value(!equal);
  }
  SKYDEN_ASSIGN_OR_RETURN(const bool less, IsLess(a, b));
  if (name == "lt") return Value(less);
  if (name == "ge") return Value(!less);
  bool at_most = less;
  if (!less) {
    SKYDEN_ASSIGN_OR_RETURN(at_most, AreEqual(a, b));
  }
  return Value(name == "le" ? at_most : !at_most);
}

// Indexing

absl::StatusOr<size_t> Position(const Value& index, size_t size) {
  if (IsNothing(index)) return Refuse("cannot index slice/array with nil");
  if (!IsInteger(index)) return Refuse("cannot index slice/array with type {}", TypeOf(index));
  const int64_t at = IntegerIn(index);
  if (at < 0 || static_cast<uint64_t>(at) > size) return Refuse("index out of range: {}", at);
  return static_cast<size_t>(at);
}

Result At(const Value& item, const Value& index) {
  if (const std::string* text = TextIn(item)) {
    SKYDEN_ASSIGN_OR_RETURN(const size_t at, Position(index, text->size()));
    if (at == text->size()) return Refuse("reflect: string index out of range");
    return Value(static_cast<uint8_t>((*text)[at]));
  }
  const Data* data = DataIn(item);
  if (data == nullptr || data->kind != Data::Kind::kMap) {
    return Refuse("can't index item of type {}", TypeOf(item));
  }
  if (IsNothing(index)) return Refuse("value is nil; should be of type string");
  const std::string* key = TextIn(index);
  if (key == nullptr) return Refuse("value has type {}; should be string", TypeOf(index));
  const std::string* found = data->Find(*key);
  return Value(MakeText(found == nullptr ? std::string() : *found));
}

Result Index(const Arguments& arguments) {
  if (IsNothing(arguments[0])) return Refuse("index of untyped nil");
  Value item = arguments[0];
  for (size_t i = 1; i < arguments.size(); ++i) {
    SKYDEN_ASSIGN_OR_RETURN(item, At(item, arguments[i]));
  }
  return item;
}

Result Slice(const Arguments& arguments) {
  if (IsNothing(arguments[0])) return Refuse("slice of untyped nil");
  const size_t indexes = arguments.size() - 1;
  if (indexes > 3) return Refuse("too many slice indexes: {}", indexes);
  const std::string* text = TextIn(arguments[0]);
  if (text == nullptr) return Refuse("can't slice item of type {}", TypeOf(arguments[0]));
  if (indexes == 3) return Refuse("cannot 3-index slice a string");
  std::array<size_t, 2> bounds = {0, text->size()};
  for (size_t i = 0; i < indexes; ++i) {
    SKYDEN_ASSIGN_OR_RETURN(bounds[i], Position(arguments[i + 1], text->size()));
  }
  if (bounds[0] > bounds[1]) {
    return Refuse("invalid slice index: {} > {}", bounds[0], bounds[1]);
  }
  return Value(MakeText(text->substr(bounds[0], bounds[1] - bounds[0])));
}

Result Length(const Value& item) {
  if (IsNothing(item)) return Refuse("reflect: call of reflect.Value.Type on zero Value");
  if (const std::string* text = TextIn(item)) return Value(static_cast<int64_t>(text->size()));
  const Data* data = DataIn(item);
  if (data != nullptr && data->kind == Data::Kind::kMap) {
    return Value(static_cast<int64_t>(data->members.size()));
  }
  return Refuse("len of type {}", TypeOf(item));
}

// What the escaping functions escape.
std::string Together(Arguments arguments) {
  for (Value& argument : arguments) {
    if (IsNothing(argument)) argument = MakeText("<no value>");
  }
  return Sprint(arguments);
}

constexpr std::array<std::pair<std::string_view, Signature>, 19> kBuiltins = {{
    {"and", {1, true}},          {"call", {1, true}},    {"eq", {1, true}},
    {"ge", {2, false}},          {"gt", {2, false}},     {"html", {0, true}},
    {"index", {1, true}},        {"js", {0, true}},      {"le", {2, false}},
    {"len", {1, false}},         {"lt", {2, false}},     {"ne", {2, false}},
    {"not", {1, false}},         {"or", {1, true}},      {"print", {0, true}},
    {"printf", {1, true, true}}, {"println", {0, true}}, {"slice", {1, true}},
    {"urlquery", {0, true}},
}};

}  // namespace

const Signature* SignatureOf(std::string_view name) {
  const auto* found = std::find_if(kBuiltins.begin(), kBuiltins.end(),
                                   [name](const auto& builtin) { return builtin.first == name; });
  return found == kBuiltins.end() ? nullptr : &found->second;
}

bool IsBuiltin(std::string_view name) { return SignatureOf(name) != nullptr; }

Result CallBuiltin(std::string_view name, const Arguments& arguments) {
  if (name == "eq") return Equal(arguments);
  if (name == "index") return Index(arguments);
  if (name == "slice") return Slice(arguments);
  if (name == "len") return Length(arguments[0]);
  if (name == "not") return Value(!IsTrue(arguments[0]));
  if (name == "html") return Value(MakeText(base::EscapeHtml(Together(arguments))));
  if (name == "js") return Value(MakeText(EscapeJavaScript(Together(arguments))));
  if (name == "urlquery") return Value(MakeText(EscapeQuery(Together(arguments))));
  if (name == "print") return Value(MakeText(Sprint(arguments)));
  if (name == "println") return Value(MakeText(Sprintln(arguments)));
  if (name == "printf") {
    return Value(MakeText(Sprintf(*TextIn(arguments[0]), {arguments.begin() + 1, arguments.end()},
                                  base::limits::kTemplateOutputBytes)));
  }
  return Compare(name, arguments);
}

}  // namespace skyden::resources::go_template
