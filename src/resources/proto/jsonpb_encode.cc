// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/time/time.h"
#include "resources/go/text.h"
#include "resources/proto/jsonpb.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

constexpr int64_t kNanosPerSecond = 1'000'000'000;

absl::Status Unprintable(std::string what) { return absl::InvalidArgumentError(std::move(what)); }

// "12.345000000" -> "12.345": no, three, six or nine digits are kept.
void TrimFraction(std::string& text) {
  for (int i = 0; i < 2; ++i) {
    if (text.ends_with("000")) text.resize(text.size() - 3);
  }
  if (text.ends_with(".000")) text.resize(text.size() - 4);
}

class Encoder {
 public:
  absl::Status Encode(const Message& message, int depth) {
    if (depth > base::limits::kProtobufDepth) return Unprintable("exceeded max depth");
    const Descriptor& type = *message.GetDescriptor();
    switch (type.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_DURATION:
        return Duration(message);
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
        return Timestamp(message);
      case Descriptor::WELLKNOWNTYPE_VALUE:
        return AnyValue(message, depth);
      case Descriptor::WELLKNOWNTYPE_ANY:
        return Unprintable("google.protobuf.Any is not supported");
      case Descriptor::WELLKNOWNTYPE_STRUCT:
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        return Field(message, *type.field(0), depth);
      case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
      case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
      case Descriptor::WELLKNOWNTYPE_INT64VALUE:
      case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
      case Descriptor::WELLKNOWNTYPE_INT32VALUE:
      case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
      case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
      case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
      case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
        return Field(message, *type.field(0), depth);
      default:
        return Object(message, depth);
    }
  }

  std::string Take() { return std::move(out_); }

 private:
  // A oneof's member is printed where the first of its fields is declared.
  absl::Status Object(const Message& message, int depth) {
    const Descriptor& type = *message.GetDescriptor();
    const Reflection& reflection = *message.GetReflection();
    out_ += '{';
    bool first = true;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      if (const OneofDescriptor* oneof = field->real_containing_oneof(); oneof != nullptr) {
        i += oneof->field_count() - 1;
        field = reflection.GetOneofFieldDescriptor(message, oneof);
        if (field == nullptr) continue;
      } else if (field->is_repeated() ? reflection.FieldSize(message, field) == 0
                                      : !reflection.HasField(message, field)) {
        continue;
      }
      if (!first) out_ += ',';
      first = false;
      out_ += fmt::format("\"{}\":", field->json_name());
      SKYDEN_RETURN_IF_ERROR(Field(message, *field, depth));
    }
    out_ += '}';
    return absl::OkStatus();
  }

  absl::Status Field(const Message& message, const FieldDescriptor& field, int depth) {
    if (field.is_map()) return Map(message, field, depth);
    if (!field.is_repeated()) return Singular(message, field, -1, depth);
    out_ += '[';
    const int size = message.GetReflection()->FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      if (i > 0) out_ += ',';
      SKYDEN_RETURN_IF_ERROR(Singular(message, field, i, depth));
    }
    out_ += ']';
    return absl::OkStatus();
  }

  // Every map of ours has string keys.
  absl::Status Map(const Message& message, const FieldDescriptor& field, int depth) {
    const Reflection& reflection = *message.GetReflection();
    const FieldDescriptor& key = *field.message_type()->map_key();
    const FieldDescriptor& value = *field.message_type()->map_value();
    std::vector<std::pair<std::string, const Message*>> entries;
    const int size = reflection.FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      entries.emplace_back(entry.GetReflection()->GetString(entry, &key), &entry);
    }
    std::sort(entries.begin(), entries.end());
    out_ += '{';
    bool first = true;
    for (const auto& [name, entry] : entries) {
      if (!first) out_ += ',';
      first = false;
      out_ += GoJsonString(name);
      out_ += ':';
      SKYDEN_RETURN_IF_ERROR(Singular(*entry, value, -1, depth));
    }
    out_ += '}';
    return absl::OkStatus();
  }

  // `index` is -1 for a field that is not repeated.
  absl::Status Singular(const Message& message, const FieldDescriptor& field, int index,
                        int depth) {
    const Reflection& r = *message.GetReflection();
    const bool one = index < 0;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        out_ += (one ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, index))
                    ? "true"
                    : "false";
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        out_ += fmt::to_string(one ? r.GetInt32(message, &field)
                                   : r.GetRepeatedInt32(message, &field, index));
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        out_ += fmt::to_string(one ? r.GetUInt32(message, &field)
                                   : r.GetRepeatedUInt32(message, &field, index));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        out_ += fmt::format("\"{}\"", one ? r.GetInt64(message, &field)
                                          : r.GetRepeatedInt64(message, &field, index));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        out_ += fmt::format("\"{}\"", one ? r.GetUInt64(message, &field)
                                          : r.GetRepeatedUInt64(message, &field, index));
        break;
      case FieldDescriptor::CPPTYPE_FLOAT:
        Number(one ? r.GetFloat(message, &field) : r.GetRepeatedFloat(message, &field, index));
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        Number(one ? r.GetDouble(message, &field) : r.GetRepeatedDouble(message, &field, index));
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        String(field,
               one ? r.GetString(message, &field) : r.GetRepeatedString(message, &field, index));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        Enum(field, one ? r.GetEnumValue(message, &field)
                        : r.GetRepeatedEnumValue(message, &field, index));
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Encode(
            one ? r.GetMessage(message, &field) : r.GetRepeatedMessage(message, &field, index),
            depth + 1);
    }
    return absl::OkStatus();
  }

  void String(const FieldDescriptor& field, const std::string& value) {
    if (field.type() == FieldDescriptor::TYPE_BYTES) {
      out_ += value.empty() ? "null" : fmt::format("\"{}\"", base::Base64Encode(value));
    } else {
      out_ += GoJsonString(value);
    }
  }

  void Enum(const FieldDescriptor& field, int number) {
    if (field.enum_type()->full_name() == "google.protobuf.NullValue") {
      out_ += "null";
      return;
    }
    const EnumValueDescriptor* value = field.enum_type()->FindValueByNumber(number);
    out_ += value == nullptr ? fmt::to_string(number) : fmt::format("\"{}\"", value->name());
  }

  template <class Float>
  void Number(Float value) {
    if (std::isnan(value)) {
      out_ += "\"NaN\"";
    } else if (std::isinf(value)) {
      out_ += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    } else {
      out_ += GoJsonNumber(value);
    }
  }

  static std::pair<int64_t, int32_t> SecondsAndNanos(const Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    const Reflection& reflection = *message.GetReflection();
    return {reflection.GetInt64(message, type.FindFieldByNumber(1)),
            reflection.GetInt32(message, type.FindFieldByNumber(2))};
  }

  absl::Status Duration(const Message& message) {
    constexpr int64_t kSecondsMax = 315'576'000'000;
    const auto [seconds, nanos] = SecondsAndNanos(message);
    if (seconds < -kSecondsMax || seconds > kSecondsMax) {
      return Unprintable(fmt::format("seconds out of range {}", seconds));
    }
    if (nanos <= -kNanosPerSecond || nanos >= kNanosPerSecond) {
      return Unprintable("ns out of range (-1000000000, 1000000000)");
    }
    if ((seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0)) {
      return Unprintable("signs of seconds and nanos do not match");
    }
    const bool negative = seconds < 0 || nanos < 0;
    std::string text =
        fmt::format("{}{}.{:09}", negative ? "-" : "", std::abs(seconds), std::abs(nanos));
    TrimFraction(text);
    out_ += fmt::format("\"{}s\"", text);
    return absl::OkStatus();
  }

  absl::Status Timestamp(const Message& message) {
    // The years 0001 to 9999, which is what four digits can say.
    constexpr int64_t kSecondsMin = -62'135'596'800;
    constexpr int64_t kSecondsMax = 253'402'300'799;
    const auto [seconds, nanos] = SecondsAndNanos(message);
    if (nanos < 0 || nanos >= kNanosPerSecond) {
      return Unprintable("ns out of range [0, 1000000000)");
    }
    if (seconds < kSecondsMin || seconds > kSecondsMax) {
      return Unprintable(fmt::format("seconds out of range {}", seconds));
    }
    std::string text = absl::FormatTime("%E4Y-%m-%dT%H:%M:%S", absl::FromUnixSeconds(seconds),
                                        absl::UTCTimeZone()) +
                       fmt::format(".{:09}", nanos);
    TrimFraction(text);
    out_ += fmt::format("\"{}Z\"", text);
    return absl::OkStatus();
  }

  absl::Status AnyValue(const Message& message, int depth) {
    const FieldDescriptor* field = message.GetReflection()->GetOneofFieldDescriptor(
        message, message.GetDescriptor()->oneof_decl(0));
    if (field == nullptr) return Unprintable("nil Value");
    return Field(message, *field, depth);
  }

  std::string out_;
};

}  // namespace

absl::StatusOr<std::string> JsonpbEncode(const Message& message) {
  Encoder encoder;
  SKYDEN_RETURN_IF_ERROR(encoder.Encode(message, 0));
  return encoder.Take();
}

}  // namespace skyden::resources
