// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <google/protobuf/arena.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "resources/go/json.h"
#include "resources/go/text.h"
#include "resources/proto/jsonpb.h"
#include "resources/proto/jsonpb_scalar.h"
#include "resources/proto/jsonpb_target.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using google::protobuf::Descriptor;
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

// Its JSON is not that of its fields, so that in an Any it stands apart.
bool HasOwnJson(const Descriptor& type) {
  return (type.well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED &&
          type.well_known_type() != Descriptor::WELLKNOWNTYPE_FIELDMASK) ||
         type.full_name() == "google.protobuf.Empty";
}

class Decoder {
 public:
  Decoder(JsonpbNotes* notes, const JsonpbTypes* types) : notes_(notes), types_(types) {}

  // One path for every value is costly; only who takes notes needs them.
  std::string At(const std::string& path, const std::string& member) const {
    if (notes_ == nullptr) return {};
    return path.empty() ? member : fmt::format("{}.{}", path, member);
  }

  absl::Status Decode(std::string_view raw, Message& message, const std::string& path) {
    const Descriptor& type = *message.GetDescriptor();
    if (types_ != nullptr && types_->arena.SpaceAllocated() > types_->bytes_max) {
      return absl::ResourceExhaustedError(
          fmt::format("it is too large: its messages take more than {} bytes", types_->bytes_max));
    }
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
        return Packed(raw, message, path);
      case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
      case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
      case Descriptor::WELLKNOWNTYPE_INT64VALUE:
      case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
      case Descriptor::WELLKNOWNTYPE_INT32VALUE:
      case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
      case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
      case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
      case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
        return Singular(raw, JsonpbTarget(message, *type.field(0)), *type.field(0), path);
      default:
        return Object(raw, message, path);
    }
  }

  // What an Any holds: a message of the type that it names; null for `null`.
  absl::StatusOr<Message*> Unpacked(std::string_view raw, const std::string& path,
                                    std::string& type_url) {
    if (types_ == nullptr) {
      return absl::InvalidArgumentError("google.protobuf.Any is not supported");
    }
    if (go_json::IsNull(raw)) return nullptr;
    SKYDEN_ASSIGN_OR_RETURN(const go_json::Members members, go_json::MembersOf(raw));
    const auto url = members.find("@type");
    if (url == members.end()) {
      return absl::InvalidArgumentError("Any JSON doesn't have '@type'");
    }
    absl::StatusOr<std::string> text = go_json::StringOf(url->second);
    if (!text.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("can't unmarshal Any's '@type': {}", GoQuote(url->second)));
    }
    // Whatever stands before the last slash is not looked at.
    SKYDEN_ASSIGN_OR_RETURN(const Message* const prototype,
                            types_->find(text->substr(text->rfind('/') + 1)));
    if (prototype == nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("could not resolve Any message type: {}", *text));
    }
    if (HasOwnJson(*prototype->GetDescriptor())) {
      const auto value = members.find("value");
      if (value == members.end()) {
        return absl::InvalidArgumentError("Any JSON doesn't have 'value'");
      }
      raw = value->second;
    }
    Message& message = *prototype->New(&types_->arena);
    const absl::Status decoded = Decode(raw, message, path);
    if (!decoded.ok()) {
      return Bad(fmt::format("can't unmarshal Any nested proto {}: ", *text), decoded);
    }
    type_url = *std::move(text);
    return &message;
  }

 private:
  absl::Status Packed(std::string_view raw, Message& any, const std::string& path) {
    std::string type_url;
    SKYDEN_ASSIGN_OR_RETURN(const Message* const held, Unpacked(raw, path, type_url));
    if (held == nullptr) return absl::OkStatus();
    JsonpbTarget(any, *any.GetDescriptor()->FindFieldByNumber(1)).SetString(std::move(type_url));
    return absl::OkStatus();
  }

  absl::Status Object(std::string_view raw, Message& message, const std::string& path) {
    const Descriptor& type = *message.GetDescriptor();
    SKYDEN_ASSIGN_OR_RETURN(const go_json::Members members, go_json::MembersOf(raw));
    if (notes_ != nullptr) NoteDropped(type, members, path);
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      // Both spellings are read; of the two, lowerCamelCase wins.
      auto found = members.find(field.json_name());
      if (found == members.end()) found = members.find(field.name());
      if (found == members.end()) continue;
      const std::string_view value = found->second;
      if (go_json::IsNull(value) && !IsSpecialValue(field)) continue;
      SKYDEN_RETURN_IF_ERROR(Field(value, message, field, At(path, field.json_name())));
    }
    return absl::OkStatus();
  }

  void NoteDropped(const Descriptor& type, const go_json::Members& members,
                   const std::string& path) {
    std::map<const google::protobuf::OneofDescriptor*, std::string> chosen;
    std::set<std::string_view> known;
    const auto at = [&](std::string_view name) {
      return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
    };
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      known.insert(field.json_name());
      known.insert(field.name());
      auto found = members.find(field.json_name());
      if (found == members.end()) found = members.find(field.name());
      if (found == members.end() || go_json::IsNull(found->second)) continue;
      if (field.real_containing_oneof() == nullptr) continue;
      // The last in the order of the fields stays.
      const auto [earlier, is_first] =
          chosen.emplace(field.real_containing_oneof(), at(found->first));
      if (!is_first) notes_->dropped.Add(std::exchange(earlier->second, at(found->first)));
    }
    for (const auto& [name, value] : members) {
      if (known.contains(name) || go_json::IsNull(value)) continue;
      if (!path.empty() || !DroppedMembers::IsOfAnswers(name)) notes_->dropped.Add(at(name));
    }
  }

  absl::Status Field(std::string_view raw, Message& message, const FieldDescriptor& field,
                     const std::string& path) {
    if (field.is_map()) return Map(raw, message, field, path);
    const JsonpbTarget target(message, field);
    if (!field.is_repeated()) return Singular(raw, target, field, path);
    SKYDEN_ASSIGN_OR_RETURN(const auto elements, go_json::ElementsOf(raw));
    for (size_t i = 0; i < elements.size(); ++i) {
      const std::string at = notes_ == nullptr ? "" : fmt::format("{}[{}]", path, i);
      SKYDEN_RETURN_IF_ERROR(Singular(elements[i], target, field, at));
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
      SKYDEN_RETURN_IF_ERROR(MapKey(name, JsonpbTarget(entry, key), key));
      // An entry whose value stays zero must still say so.
      if (value.message_type() != nullptr) JsonpbTarget(entry, value).NewMessage();
      const std::string at = notes_ == nullptr ? "" : fmt::format("{}[{}]", path, GoQuote(name));
      SKYDEN_RETURN_IF_ERROR(Singular(element, JsonpbTarget(entry, value), value, at));
    }
    return absl::OkStatus();
  }

  // A key is the text of a value of its type.
  static absl::Status MapKey(const std::string& name, const JsonpbTarget& target,
                             const FieldDescriptor& key) {
    if (key.type() == FieldDescriptor::TYPE_STRING) {
      target.SetString(name);
      return absl::OkStatus();
    }
    SKYDEN_RETURN_IF_ERROR(go_json::CheckValid(name, base::limits::kJsonDepth));
    return JsonpbDecodeScalar(go_json::Trim(name), target, key);
  }

  absl::Status Singular(std::string_view raw, const JsonpbTarget& target,
                        const FieldDescriptor& field, const std::string& path) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      return JsonpbDecodeScalar(raw, target, field);
    }
    return Decode(raw, target.NewMessage(), path);
  }

  static void SetTime(Message& message, int64_t seconds, int64_t nanos) {
    const Descriptor& type = *message.GetDescriptor();
    JsonpbTarget(message, *type.FindFieldByNumber(1)).SetInt64(seconds);
    JsonpbTarget(message, *type.FindFieldByNumber(2)).SetInt32(static_cast<int32_t>(nanos));
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
      return JsonpbTarget(message, *type.FindFieldByName(name));
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
    const JsonpbTarget values(message, *message.GetDescriptor()->field(0));
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
      JsonpbTarget(entry, *fields.message_type()->map_key()).SetString(name);
      const absl::Status status =
          AnyValue(element, JsonpbTarget(entry, *fields.message_type()->map_value()).NewMessage());
      if (!status.ok()) {
        return Bad(fmt::format("bad value in StructValue for key {}: ", GoQuote(name)), status);
      }
    }
    return absl::OkStatus();
  }

  JsonpbNotes* const notes_;
  const JsonpbTypes* const types_;
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
  return Decoder(notes, nullptr).Decode(go_json::Trim(json), message, "");
}

absl::StatusOr<const Message*> JsonpbDecode(std::string_view json, const Message& prototype,
                                            const JsonpbTypes& types) {
  SKYDEN_RETURN_IF_ERROR(go_json::CheckValid(json, base::limits::kJsonDepth));
  Message* const message = prototype.New(&types.arena);
  SKYDEN_RETURN_IF_ERROR(Decoder(nullptr, &types).Decode(go_json::Trim(json), *message, ""));
  return message;
}

absl::StatusOr<const Message*> JsonpbDecodeAny(std::string_view json, const JsonpbTypes& types) {
  SKYDEN_RETURN_IF_ERROR(go_json::CheckValid(json, base::limits::kJsonDepth));
  std::string type_url;
  return Decoder(nullptr, &types).Unpacked(go_json::Trim(json), "", type_url);
}

}  // namespace skyden::resources
