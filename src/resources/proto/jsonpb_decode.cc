// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "resources/proto/go_json.h"
#include "resources/proto/go_text.h"
#include "resources/proto/jsonpb.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status Bad(std::string_view what, const absl::Status& status) {
  return absl::InvalidArgumentError(fmt::format("{}{}", what, std::string(status.message())));
}

bool IsSpecialValue(const FieldDescriptor& field) {
  if (field.is_repeated()) return false;
  if (field.message_type() != nullptr) {
    return field.message_type()->full_name() == "google.protobuf.Value";
  }
  return field.enum_type() != nullptr &&
         field.enum_type()->full_name() == "google.protobuf.NullValue";
}

// Numbers may come in quotes, which are simply taken off; what is left must again be JSON.
absl::StatusOr<std::string_view> Bare(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return raw;
  raw = raw.substr(1, raw.size() - 2);
  SKYDEN_RETURN_IF_ERROR(go_json::CheckValid(raw, base::limits::kJsonDepth));
  return go_json::Trim(raw);
}

// Sets or, for a repeated field, appends.
class Target {
 public:
  Target(Message& message, const FieldDescriptor& field)
      : message_(message), field_(field), reflection_(*message.GetReflection()) {}

  Message& NewMessage() const {
    return field_.is_repeated() ? *reflection_.AddMessage(&message_, &field_)
                                : *reflection_.MutableMessage(&message_, &field_);
  }
  void Set(bool v) const {
    field_.is_repeated() ? reflection_.AddBool(&message_, &field_, v)
                         : reflection_.SetBool(&message_, &field_, v);
  }
  void SetInt32(int32_t v) const {
    field_.is_repeated() ? reflection_.AddInt32(&message_, &field_, v)
                         : reflection_.SetInt32(&message_, &field_, v);
  }
  void SetInt64(int64_t v) const {
    field_.is_repeated() ? reflection_.AddInt64(&message_, &field_, v)
                         : reflection_.SetInt64(&message_, &field_, v);
  }
  void SetUInt32(uint32_t v) const {
    field_.is_repeated() ? reflection_.AddUInt32(&message_, &field_, v)
                         : reflection_.SetUInt32(&message_, &field_, v);
  }
  void SetUInt64(uint64_t v) const {
    field_.is_repeated() ? reflection_.AddUInt64(&message_, &field_, v)
                         : reflection_.SetUInt64(&message_, &field_, v);
  }
  void SetFloat(float v) const {
    field_.is_repeated() ? reflection_.AddFloat(&message_, &field_, v)
                         : reflection_.SetFloat(&message_, &field_, v);
  }
  void SetDouble(double v) const {
    field_.is_repeated() ? reflection_.AddDouble(&message_, &field_, v)
                         : reflection_.SetDouble(&message_, &field_, v);
  }
  void SetString(std::string v) const {
    field_.is_repeated() ? reflection_.AddString(&message_, &field_, std::move(v))
                         : reflection_.SetString(&message_, &field_, std::move(v));
  }
  void SetEnum(int v) const {
    field_.is_repeated() ? reflection_.AddEnumValue(&message_, &field_, v)
                         : reflection_.SetEnumValue(&message_, &field_, v);
  }

 private:
  Message& message_;
  const FieldDescriptor& field_;
  const Reflection& reflection_;
};

class Decoder {
 public:
  explicit Decoder(JsonpbNotes* notes) : notes_(notes) {}

  absl::Status Decode(std::string_view raw, Message& message, const std::string& path) {
    const Descriptor& type = *message.GetDescriptor();
    if (go_json::IsNull(raw) && type.well_known_type() != Descriptor::WELLKNOWNTYPE_VALUE) {
      return absl::OkStatus();
    }
    switch (type.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_DURATION:
        return Duration(raw, message);
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
        return Timestamp(raw, message);
      case Descriptor::WELLKNOWNTYPE_VALUE:
        return AnyValue(raw, message);
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        return ListValue(raw, message);
      case Descriptor::WELLKNOWNTYPE_STRUCT:
        return Struct(raw, message);
      case Descriptor::WELLKNOWNTYPE_ANY:
        return absl::InvalidArgumentError("google.protobuf.Any is not supported");
      case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
      case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
      case Descriptor::WELLKNOWNTYPE_INT64VALUE:
      case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
      case Descriptor::WELLKNOWNTYPE_INT32VALUE:
      case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
      case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
      case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
      case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
        return Singular(raw, Target(message, *type.field(0)), *type.field(0), path);
      default:
        return Object(raw, message, path);
    }
  }

 private:
  absl::Status Object(std::string_view raw, Message& message, const std::string& path) {
    const Descriptor& type = *message.GetDescriptor();
    SKYDEN_ASSIGN_OR_RETURN(const go_json::Members members, go_json::MembersOf(raw));
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      // Both spellings are read; of the two, lowerCamelCase wins.
      auto found = members.find(field.json_name());
      if (found == members.end()) found = members.find(field.name());
      if (found == members.end()) continue;
      const std::string_view value = found->second;
      if (go_json::IsNull(value) && !IsSpecialValue(field)) continue;
      const std::string at =
          path.empty() ? field.json_name() : fmt::format("{}.{}", path, field.json_name());
      SKYDEN_RETURN_IF_ERROR(Field(value, message, field, at));
    }
    return absl::OkStatus();
  }

  absl::Status Field(std::string_view raw, Message& message, const FieldDescriptor& field,
                     const std::string& path) {
    if (field.is_map()) return Map(raw, message, field, path);
    const Target target(message, field);
    if (!field.is_repeated()) return Singular(raw, target, field, path);
    SKYDEN_ASSIGN_OR_RETURN(const auto elements, go_json::ElementsOf(raw));
    for (size_t i = 0; i < elements.size(); ++i) {
      SKYDEN_RETURN_IF_ERROR(Singular(elements[i], target, field, fmt::format("{}[{}]", path, i)));
    }
    return absl::OkStatus();
  }

  absl::Status Map(std::string_view raw, Message& message, const FieldDescriptor& field,
                   const std::string& path) {
    const FieldDescriptor& key = *field.message_type()->map_key();
    const FieldDescriptor& value = *field.message_type()->map_value();
    SKYDEN_ASSIGN_OR_RETURN(const go_json::Members members, go_json::MembersOf(raw));
    if (members.empty() && notes_ != nullptr) notes_->empty_maps.push_back(path);
    for (const auto& [name, element] : members) {
      Message& entry = *message.GetReflection()->AddMessage(&message, &field);
      Target(entry, key).SetString(name);
      // An entry whose value stays zero must still say so.
      if (value.message_type() != nullptr) Target(entry, value).NewMessage();
      SKYDEN_RETURN_IF_ERROR(Singular(element, Target(entry, value), value,
                                      fmt::format("{}[{}]", path, GoQuote(name))));
    }
    return absl::OkStatus();
  }

  absl::Status Singular(std::string_view raw, const Target& target, const FieldDescriptor& field,
                        const std::string& path) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL: {
        SKYDEN_ASSIGN_OR_RETURN(const bool value, go_json::BoolOf(raw));
        target.Set(value);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        SKYDEN_ASSIGN_OR_RETURN(std::string value, field.type() == FieldDescriptor::TYPE_BYTES
                                                       ? go_json::BytesOf(raw)
                                                       : go_json::StringOf(raw));
        target.SetString(std::move(value));
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        return Enum(raw, target, field);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Decode(raw, target.NewMessage(), path);
      default:
        return Number(raw, target, field);
    }
  }

  static absl::Status Enum(std::string_view raw, const Target& target,
                           const FieldDescriptor& field) {
    if (go_json::KindOf(raw) != "string") {
      SKYDEN_ASSIGN_OR_RETURN(
          const int64_t number,
          go_json::IntOf(raw, "protoreflect.EnumNumber", std::numeric_limits<int32_t>::min(),
                         std::numeric_limits<int32_t>::max()));
      target.SetEnum(static_cast<int>(number));
      return absl::OkStatus();
    }
    const EnumValueDescriptor* value =
        field.enum_type()->FindValueByName(std::string(raw.substr(1, raw.size() - 2)));
    if (value == nullptr) {
      return absl::InvalidArgumentError(fmt::format("unknown value {} for enum {}", GoQuote(raw),
                                                    field.enum_type()->full_name()));
    }
    target.SetEnum(value->number());
    return absl::OkStatus();
  }

  static absl::Status Number(std::string_view raw, const Target& target,
                             const FieldDescriptor& field) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ||
        field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
      return Floating(raw, target, field);
    }
    SKYDEN_ASSIGN_OR_RETURN(raw, Bare(raw));
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32: {
        using Limits = std::numeric_limits<int32_t>;
        SKYDEN_ASSIGN_OR_RETURN(const int64_t value,
                                go_json::IntOf(raw, "int32", Limits::min(), Limits::max()));
        target.SetInt32(static_cast<int32_t>(value));
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        using Limits = std::numeric_limits<int64_t>;
        SKYDEN_ASSIGN_OR_RETURN(const int64_t value,
                                go_json::IntOf(raw, "int64", Limits::min(), Limits::max()));
        target.SetInt64(value);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_UINT32: {
        SKYDEN_ASSIGN_OR_RETURN(
            const uint64_t value,
            go_json::UintOf(raw, "uint32", std::numeric_limits<uint32_t>::max()));
        target.SetUInt32(static_cast<uint32_t>(value));
        return absl::OkStatus();
      }
      default: {
        SKYDEN_ASSIGN_OR_RETURN(
            const uint64_t value,
            go_json::UintOf(raw, "uint64", std::numeric_limits<uint64_t>::max()));
        target.SetUInt64(value);
        return absl::OkStatus();
      }
    }
  }

  static absl::Status Floating(std::string_view raw, const Target& target,
                               const FieldDescriptor& field) {
    const bool wide = field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE;
    const auto set = [&](double value) {
      wide ? target.SetDouble(value) : target.SetFloat(static_cast<float>(value));
      return absl::OkStatus();
    };
    if (raw == "\"NaN\"") return set(std::numeric_limits<double>::quiet_NaN());
    if (raw == "\"Infinity\"") return set(std::numeric_limits<double>::infinity());
    if (raw == "\"-Infinity\"") return set(-std::numeric_limits<double>::infinity());
    SKYDEN_ASSIGN_OR_RETURN(raw, Bare(raw));
    if (wide) {
      SKYDEN_ASSIGN_OR_RETURN(const double value, go_json::DoubleOf(raw));
      target.SetDouble(value);
    } else {
      SKYDEN_ASSIGN_OR_RETURN(const float value, go_json::FloatOf(raw));
      target.SetFloat(value);
    }
    return absl::OkStatus();
  }

  static void SetTime(Message& message, int64_t seconds, int64_t nanos) {
    const Descriptor& type = *message.GetDescriptor();
    Target(message, *type.FindFieldByNumber(1)).SetInt64(seconds);
    Target(message, *type.FindFieldByNumber(2)).SetInt32(static_cast<int32_t>(nanos));
  }

  static absl::Status Duration(std::string_view raw, Message& message) {
    SKYDEN_ASSIGN_OR_RETURN(const std::string text, go_json::StringOf(raw));
    const absl::StatusOr<absl::Duration> value = base::ParseGoDuration(text);
    if (!value.ok()) return Bad("bad Duration: ", value.status());
    const int64_t nanos = absl::ToInt64Nanoseconds(*value);
    SetTime(message, nanos / 1'000'000'000, nanos % 1'000'000'000);
    return absl::OkStatus();
  }

  static absl::Status Timestamp(std::string_view raw, Message& message) {
    SKYDEN_ASSIGN_OR_RETURN(const std::string text, go_json::StringOf(raw));
    const absl::StatusOr<absl::Time> value = base::ParseRfc3339(text);
    if (!value.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("bad Timestamp: parsing time {0} as "
                      "\"2006-01-02T15:04:05.999999999Z07:00\": cannot parse {0} as \"2006\"",
                      GoQuote(text)));
    }
    const int64_t seconds = absl::ToUnixSeconds(*value);
    SetTime(message, seconds, absl::ToInt64Nanoseconds(*value - absl::FromUnixSeconds(seconds)));
    return absl::OkStatus();
  }

  absl::Status AnyValue(std::string_view raw, Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    const auto member = [&](const char* name) {
      return Target(message, *type.FindFieldByName(name));
    };
    const std::string_view kind = go_json::KindOf(raw);
    if (kind == "null") {
      member("null_value").SetEnum(0);
    } else if (kind == "bool") {
      member("bool_value").Set(raw == "true");
    } else if (kind == "string") {
      SKYDEN_ASSIGN_OR_RETURN(std::string text, go_json::StringOf(raw));
      member("string_value").SetString(std::move(text));
    } else if (kind == "array") {
      return ListValue(raw, member("list_value").NewMessage());
    } else if (kind == "object") {
      return Struct(raw, member("struct_value").NewMessage());
    } else {
      const absl::StatusOr<double> number = go_json::DoubleOf(raw);
      if (!number.ok()) {
        return absl::InvalidArgumentError(
            fmt::format("unrecognized type for Value {}", GoQuote(raw)));
      }
      member("number_value").SetDouble(*number);
    }
    return absl::OkStatus();
  }

  absl::Status ListValue(std::string_view raw, Message& message) {
    const absl::StatusOr<std::vector<std::string_view>> elements = go_json::ElementsOf(raw);
    if (!elements.ok()) return Bad("bad ListValue: ", elements.status());
    const Target values(message, *message.GetDescriptor()->field(0));
    for (const std::string_view element : *elements) {
      SKYDEN_RETURN_IF_ERROR(AnyValue(element, values.NewMessage()));
    }
    return absl::OkStatus();
  }

  absl::Status Struct(std::string_view raw, Message& message) {
    const absl::StatusOr<go_json::Members> members = go_json::MembersOf(raw);
    if (!members.ok()) return Bad("bad StructValue: ", members.status());
    const FieldDescriptor& fields = *message.GetDescriptor()->field(0);
    for (const auto& [name, element] : *members) {
      Message& entry = *message.GetReflection()->AddMessage(&message, &fields);
      Target(entry, *fields.message_type()->map_key()).SetString(name);
      const absl::Status status =
          AnyValue(element, Target(entry, *fields.message_type()->map_value()).NewMessage());
      if (!status.ok()) {
        return Bad(fmt::format("bad value in StructValue for key {}: ", GoQuote(name)), status);
      }
    }
    return absl::OkStatus();
  }

  JsonpbNotes* const notes_;
};

}  // namespace

void DropEmptyBytes(Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> given;
  reflection.ListFields(message, &given);
  for (const FieldDescriptor* field : given) {
    if (field->message_type() == nullptr || field->is_map()) continue;
    if (field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        DropEmptyBytes(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    } else if (field->message_type()->well_known_type() != Descriptor::WELLKNOWNTYPE_BYTESVALUE) {
      DropEmptyBytes(*reflection.MutableMessage(&message, field));
    } else if (reflection.GetMessage(message, field).ByteSizeLong() == 0) {
      reflection.ClearField(&message, field);
    }
  }
}

absl::Status JsonpbDecode(std::string_view json, Message& message, JsonpbNotes* notes) {
  SKYDEN_RETURN_IF_ERROR(go_json::CheckValid(json, base::limits::kJsonDepth));
  return Decoder(notes).Decode(go_json::Trim(json), message, "");
}

}  // namespace skyden::resources
