// SPDX-License-Identifier: Apache-2.0
// Decoding as encoding/json does it for Kuma's structs. A value that passed the check can still
// fail here: the check knows int32, the struct says uint32; a duration is just a string to it.
// encoding/json reads members in the order of their names (the text it reads was printed from a
// map), remembers the first number that does not fit, and gives up at the first text that does not
// parse; so the error is the first of the latter kind, else the first of the former. Members of a
// struct match in any case, and several may be of one field: each is decoded over what the ones
// before it left there, so that "Labels" and "labels" together are the labels of both.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "resources/go/text.h"
#include "resources/go/time.h"
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
        return;
      case Type::Base::kTime:
        return DecodeTime(value);
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
        return DecodeDuration(value, shape);
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

  // The field that a member is decoded into; nullptr when there is none.
  static const Field* FieldFor(const Shape& shape, std::string_view name) {
    if (const Field* const field = shape.Find(name)) return field;
    for (const Field& field : shape.fields) {
      if (EqualFold(field.name, name)) return &field;
    }
    return nullptr;
  }

  // What only answers have beside a resource's own members is in no struct.
  static bool IsDecoded(const Shape& shape, const Field& field) {
    return shape.name != Schema::kBodyShape || (field.name != "kri" && field.name != "snis");
  }

  void DecodeField(const Field& field, Value& value, const Shape& shape) {
    const size_t size = path_.size();
    path_.append(path_.empty() ? "" : ".").append(field.name);
    Decode(field.type, value, &shape);
    path_.resize(size);
  }

  void DecodeObject(const Shape& shape, Value& value) {
    const bool other_case =
        std::any_of(value.members.begin(), value.members.end(), [&](const Member& member) {
          const Field* const field = FieldFor(shape, member.name);
          return field != nullptr && field->name != member.name;
        });
    if (other_case) return DecodeAnyCase(shape, value);
    for (const Field* field : shape.by_name) {
      Value* const member = value.Find(field->name);
      if (member != nullptr && IsDecoded(shape, *field)) DecodeField(*field, *member, shape);
    }
  }

  void DecodeAnyCase(const Shape& shape, Value& value) {
    std::vector<Member> members = std::exchange(value.members, {});
    std::sort(members.begin(), members.end(),
              [](const Member& a, const Member& b) { return a.name < b.name; });
    for (Member& member : members) {
      const Field* const field = FieldFor(shape, member.name);
      if (field == nullptr || !IsDecoded(shape, *field)) {
        value.members.push_back(std::move(member));
        continue;
      }
      DecodeField(*field, member.value, shape);
      if (Value* const before = value.Find(field->name)) {
        PutOver(field->type, std::move(member.value), *before);
      } else {
        value.members.push_back({field->name, std::move(member.value)});
      }
    }
  }

  // Both are decoded. Of structs and maps members are added, elements go over those that were at
  // their place, and anything else takes the place of what was there.
  static void PutOver(const Type& type, Value&& value, Value& there) {
    const bool struct_or_map = type.base == Type::Base::kObject || type.base == Type::Base::kMap;
    if (struct_or_map && value.kind == Kind::kObject && there.kind == Kind::kObject) {
      for (Member& member : value.members) {
        const Field* const field =
            type.base == Type::Base::kObject ? type.shape->Find(member.name) : nullptr;
        if (Value* const before = there.Find(member.name); before == nullptr) {
          there.members.push_back(std::move(member));
        } else if (field != nullptr) {
          PutOver(field->type, std::move(member.value), *before);
        } else {
          *before = std::move(member.value);
        }
      }
    } else if (type.base == Type::Base::kList && value.kind == Kind::kArray &&
               there.kind == Kind::kArray) {
      const size_t both = std::min(value.items.size(), there.items.size());
      for (size_t i = 0; i < both; ++i) {
        PutOver(*type.element, std::move(value.items[i]), there.items[i]);
        value.items[i] = std::move(there.items[i]);
      }
      there.items = std::move(value.items);
    } else {
      there = std::move(value);
    }
  }

  static bool IsIntegerName(std::string_view go_type) {
    return go_type.starts_with("int") || go_type.starts_with("uint");
  }

  // encoding/json's complaint; array indices are not part of its path, and a number is only told
  // where one was expected.
  void Misfit(const Value& value, std::string_view go_type, const Shape* shape) {
    if (misfit_.empty()) misfit_ = MisfitText(value, go_type, shape);
  }
  std::string MisfitText(const Value& value, std::string_view go_type, const Shape* shape) const {
    std::string what(value.kind == Kind::kBool ? "bool" : KindName(value.kind));
    if (value.kind == Kind::kNumber && IsIntegerName(go_type)) {
      what += ' ';
      AppendNumber(value.number, what);
    }
    return shape == nullptr
               ? fmt::format("json: cannot unmarshal {} into Go value of type {}", what, go_type)
               : fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}",
                             what, StructOf(*shape), path_, go_type);
  }

  // A body is a struct with another one in it, for all but its spec and status.
  std::string_view StructOf(const Shape& shape) const {
    if (shape.name != Schema::kBodyShape) return shape.name;
    const bool own = path_ == "spec" || path_ == "status";
    return own ? "Resource" : "Resource.ResourceMeta";
  }

  void DecodeInteger(const Type& type, Value& value, const Shape* shape) {
    const bool signed_zero = value.number == 0 && std::signbit(value.number);
    const bool fits = value.kind == Kind::kNumber && std::trunc(value.number) == value.number &&
                      value.number >= *type.go_range.min && value.number <= *type.go_range.max &&
                      !(signed_zero && type.go_type.starts_with("uint"));
    if (!fits) return Misfit(value, type.go_type, shape);
    if (signed_zero) value.number = 0;  // no integer is -0
  }

  void DecodeIntOrString(Value& value, const Shape* shape) {
    if (value.kind == Kind::kString) return;
    if (value.kind == Kind::kNumber && std::trunc(value.number) == value.number &&
        std::fabs(value.number) <= 2147483647.0) {
      if (value.number == 0) value.number = 0;  // no integer is -0
      return;
    }
    fatal_ = MisfitText(value, "int32", shape);
  }

  // Read for its errors only. In another case than the check knows it, nobody looked at it before.
  void DecodeTime(const Value& value) {
    const absl::Status status =
        value.kind == Kind::kString ? CheckGoTime(value.text) : NoTimeText();
    if (!status.ok()) fatal_ = std::string(base::ToStd(status.message()));
  }

  void DecodeDuration(Value& value, const Shape* shape) {
    if (value.kind != Kind::kString) {
      fatal_ = MisfitText(value, "string", shape);
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

}  // namespace

absl::Status Decode(const Type& type, std::string_view root, Value& value,
                    std::deque<std::string>& keep) {
  return Decoder(root, keep).Run(type, value);
}

}  // namespace skyden::resources::json
