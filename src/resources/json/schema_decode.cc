// SPDX-License-Identifier: Apache-2.0
// Decoding and printing as encoding/json does it for Kuma's structs. A value that passed the check
// can still fail here: the check knows int32, the struct says uint32; a duration is just a string
// to it. encoding/json reads members in the order of their names (the text it reads was printed
// from a map), remembers the first number that does not fit, and gives up at the first text that
// does not parse; so the error is the first of the latter kind, else the first of the former.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "resources/go/text.h"
#include "resources/json/schema.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/strings.h"

namespace skyden::resources::json {
namespace {

using Kind = Value::Kind;

bool EqualFold(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           const auto lower = [](char c) {
             return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
           };
           return lower(x) == lower(y);
         });
}

class Decoder {
 public:
  Decoder(std::string_view root, std::deque<std::string>& keep) : path_(root), keep_(keep) {}

  absl::Status Run(const Type& type, Value& value) {
    Decode(type, value, nullptr);
    if (!fatal_.empty()) return absl::InvalidArgumentError(fatal_);
    if (!misfit_.empty()) return absl::InvalidArgumentError(misfit_);
    return absl::OkStatus();
  }

 private:
  // `shape`: the struct that the value is a member of; nullptr at the top.
  void Decode(const Type& type, Value& value, const Shape* shape) {
    if (!fatal_.empty()) return;
    if (value.IsNull()) return;  // a nil pointer or a zero
    switch (type.base) {
      case Type::Base::kAny:
      case Type::Base::kTime:
        return;
      case Type::Base::kObject:
        return value.kind == Kind::kObject ? DecodeObject(*type.shape, value)
                                           : Misfit(value, GoName(type), shape);
      case Type::Base::kMap:
        if (value.kind != Kind::kObject) return Misfit(value, "map[string]string", shape);
        for (Member& member : value.members) Decode(*type.element, member.value, shape);
        return;
      case Type::Base::kList:
        if (value.kind != Kind::kArray) return Misfit(value, "[]" + GoName(*type.element), shape);
        for (Value& item : value.items) Decode(*type.element, item, shape);
        return;
      case Type::Base::kBool:
        if (value.kind != Kind::kBool) Misfit(value, "bool", shape);
        return;
      case Type::Base::kString:
      case Type::Base::kBytes:
        if (value.kind != Kind::kString) Misfit(value, GoName(type), shape);
        return;
      case Type::Base::kInteger:
        return DecodeInteger(type, value, shape);
      case Type::Base::kIntOrString:
        return DecodeIntOrString(value, shape);
      case Type::Base::kDuration:
        return DecodeDuration(value);
    }
  }

  static std::string GoName(const Type& type) {
    switch (type.base) {
      case Type::Base::kInteger:
        return type.go_type;
      case Type::Base::kBytes:
        return "[]uint8";
      case Type::Base::kObject:
        return fmt::format("v1alpha1.{}", type.shape->name);
      default:
        return "string";
    }
  }

  void DecodeObject(const Shape& shape, Value& value) {
    for (Member& member : value.members) {
      if (shape.Find(member.name) != nullptr) continue;
      for (const Field& field : shape.fields) {
        if (!EqualFold(field.name, member.name) || value.Find(field.name) != nullptr) continue;
        member.name = field.name;
        break;
      }
    }
    for (const Field* field : shape.by_name) {
      Value* const member = value.Find(field->name);
      if (member == nullptr) continue;
      const size_t size = path_.size();
      path_.append(".").append(field->name);
      Decode(field->type, *member, &shape);
      path_.resize(size);
    }
  }

  static bool IsIntegerName(std::string_view go_type) {
    return go_type.starts_with("int") || go_type.starts_with("uint");
  }

  // encoding/json's complaint; array indices are not part of its path, and a number is only told
  // where one was expected.
  void Misfit(const Value& value, std::string_view go_type, const Shape* shape) {
    if (!misfit_.empty()) return;
    std::string what(value.kind == Kind::kBool ? "bool" : KindName(value.kind));
    if (value.kind == Kind::kNumber && IsIntegerName(go_type)) {
      what += ' ';
      AppendNumber(value.number, what);
    }
    misfit_ = shape == nullptr
                  ? fmt::format("json: cannot unmarshal {} into Go value of type {}", what, go_type)
                  : fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}",
                                what, shape->name, path_, go_type);
  }

  void DecodeInteger(const Type& type, const Value& value, const Shape* shape) {
    const bool fits = value.kind == Kind::kNumber && std::trunc(value.number) == value.number &&
                      value.number >= *type.go_range.min && value.number <= *type.go_range.max;
    if (!fits) Misfit(value, type.go_type, shape);
  }

  void DecodeIntOrString(const Value& value, const Shape* shape) {
    if (value.kind == Kind::kString) return;
    if (value.kind == Kind::kNumber && std::trunc(value.number) == value.number &&
        std::fabs(value.number) <= 2147483647.0) {
      return;
    }
    Misfit(value, "int32", shape);
    fatal_ = misfit_;
  }

  void DecodeDuration(Value& value) {
    if (value.kind != Kind::kString) {
      fatal_ = fmt::format("json: cannot unmarshal {} into Go value of type string",
                           value.kind == Kind::kBool ? "bool" : KindName(value.kind));
      return;
    }
    const auto duration = base::ParseGoDuration(value.text);
    if (!duration.ok()) {
      fatal_ = std::string(base::ToStd(duration.status().message()));
      return;
    }
    std::string text = base::FormatGoDuration(*duration);
    if (text != value.text) value.text = keep_.emplace_back(std::move(text));
  }

  std::string path_;
  std::deque<std::string>& keep_;
  std::string fatal_;
  std::string misfit_;
};

bool IsZero(const Type& type, const Value* value) {
  if (value == nullptr) return true;
  switch (value->kind) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return !value->boolean;
    case Kind::kNumber:
      return value->number == 0;
    case Kind::kString:
      return value->text.empty();
    case Kind::kArray:
      return value->items.empty();
    case Kind::kObject:
      return type.base == Type::Base::kMap && value->members.empty();
  }
  return false;
}

// What Go prints for a member that nothing was decoded into.
void AppendZero(const Type& type, std::string& out) {
  switch (type.base) {
    case Type::Base::kString:
    case Type::Base::kBytes:
      out += "\"\"";
      return;
    case Type::Base::kDuration:
      out += "\"0s\"";
      return;
    case Type::Base::kBool:
      out += "false";
      return;
    case Type::Base::kInteger:
    case Type::Base::kIntOrString:
      out += "0";
      return;
    case Type::Base::kObject:
      return AppendCanonical(type, Value::Object(), out);
    default:
      out += "null";
  }
}

void AppendMembers(const Shape& shape, const Value& value, std::string& out) {
  char separator = '{';
  for (const Field& field : shape.fields) {
    const Value* const member = value.Find(field.name);
    const bool null = member == nullptr || member->IsNull();
    // Raw JSON that is not behind a pointer keeps a null that was written.
    const bool raw = field.type.base == Type::Base::kAny && member != nullptr &&
                     field.printed == Field::Printed::kWhenNonzero;
    const bool given = !null || raw;
    if (field.printed == Field::Printed::kWhenGiven && !given) continue;
    if (field.printed == Field::Printed::kWhenNonzero && !raw && IsZero(field.type, member)) {
      continue;
    }
    out.push_back(separator);
    separator = ',';
    out.push_back('"');
    out += field.name;
    out += "\":";
    if (given) {
      AppendCanonical(field.type, *member, out);
    } else {
      AppendZero(field.type, out);
    }
  }
  if (separator == '{') out.push_back('{');
  out.push_back('}');
}

}  // namespace

absl::Status Decode(const Type& type, std::string_view root, Value& value,
                    std::deque<std::string>& keep) {
  return Decoder(root, keep).Run(type, value);
}

void AppendCanonical(const Type& type, const Value& value, std::string& out) {
  if (value.IsNull() && type.base != Type::Base::kAny) return AppendZero(type, out);
  switch (type.base) {
    case Type::Base::kObject:
      return AppendMembers(*type.shape, value, out);
    case Type::Base::kList: {
      char separator = '[';
      for (const Value& item : value.items) {
        out.push_back(separator);
        AppendCanonical(*type.element, item, out);
        separator = ',';
      }
      if (separator == '[') out.push_back('[');
      out.push_back(']');
      return;
    }
    default:
      return AppendValue(value, out);
  }
}

}  // namespace skyden::resources::json
