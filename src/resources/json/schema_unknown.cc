// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <vector>

#include "resources/json/schema.h"

namespace skyden::resources::json {
namespace {

using Kind = Value::Kind;

std::string Below(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

void OfObject(const Shape& shape, const Value& value, const std::string& path,
              DroppedMembers& dropped) {
  for (const Member& member : value.members) {
    if (dropped.full()) return;
    if (member.value.IsNull()) continue;  // nothing, whatever its name
    const Field* const field = shape.Find(member.name);
    if (field != nullptr) {
      FindUnknown(field->type, member.value, Below(path, member.name), dropped);
    } else if (!path.empty() || !DroppedMembers::IsOfAnswers(member.name)) {
      dropped.Add(Below(path, member.name));
    }
  }
}

}  // namespace

void FindUnknown(const Type& type, const Value& value, const std::string& path,
                 DroppedMembers& dropped) {
  if (dropped.full()) return;
  if (type.base == Type::Base::kObject && value.kind == Kind::kObject) {
    OfObject(*type.shape, value, path, dropped);
  } else if (type.base == Type::Base::kList && value.kind == Kind::kArray) {
    for (size_t i = 0; i < value.items.size(); ++i) {
      FindUnknown(*type.element, value.items[i], fmt::format("{}[{}]", path, i), dropped);
    }
  } else if (type.base == Type::Base::kMap && value.kind == Kind::kObject) {
    for (const Member& member : value.members) {
      FindUnknown(*type.element, member.value, Below(path, member.name), dropped);
    }
  }
}

void RemoveUnknown(const Type& type, Value& value) {
  if (type.base == Type::Base::kObject && value.kind == Kind::kObject) {
    std::erase_if(value.members, [&type](const Member& member) {
      return type.shape->Find(member.name) == nullptr;
    });
    for (Member& member : value.members) {
      RemoveUnknown(type.shape->Find(member.name)->type, member.value);
    }
  } else if (type.base == Type::Base::kList && value.kind == Kind::kArray) {
    for (Value& item : value.items) RemoveUnknown(*type.element, item);
  } else if (type.base == Type::Base::kMap && value.kind == Kind::kObject) {
    for (Member& member : value.members) RemoveUnknown(*type.element, member.value);
  }
}

}  // namespace skyden::resources::json
