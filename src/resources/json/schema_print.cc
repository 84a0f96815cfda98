// SPDX-License-Identifier: Apache-2.0
// Printing as encoding/json does it for Kuma's structs.
#include "resources/json/schema.h"

namespace skyden::resources::json {
namespace {

using Kind = Value::Kind;

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
