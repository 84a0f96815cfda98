// SPDX-License-Identifier: Apache-2.0
#include "resources/proto/jsonpb_scalar.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "resources/go/json.h"
#include "resources/go/text.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

// Numbers may come in quotes, which are simply taken off; what is left must again be JSON.
absl::StatusOr<std::string_view> Bare(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return raw;
  raw = raw.substr(1, raw.size() - 2);
  SKYDEN_RETURN_IF_ERROR(go_json::CheckValid(raw, base::limits::kJsonDepth));
  return go_json::Trim(raw);
}

absl::Status Enum(std::string_view raw, const JsonpbTarget& target, const FieldDescriptor& field) {
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
    return absl::InvalidArgumentError(
        fmt::format("unknown value {} for enum {}", GoQuote(raw), field.enum_type()->full_name()));
  }
  target.SetEnum(value->number());
  return absl::OkStatus();
}

absl::Status Floating(std::string_view raw, const JsonpbTarget& target,
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

absl::Status Number(std::string_view raw, const JsonpbTarget& target,
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
      SKYDEN_ASSIGN_OR_RETURN(const uint64_t value,
                              go_json::UintOf(raw, "uint32", std::numeric_limits<uint32_t>::max()));
      target.SetUInt32(static_cast<uint32_t>(value));
      return absl::OkStatus();
    }
    default: {
      SKYDEN_ASSIGN_OR_RETURN(const uint64_t value,
                              go_json::UintOf(raw, "uint64", std::numeric_limits<uint64_t>::max()));
      target.SetUInt64(value);
      return absl::OkStatus();
    }
  }
}

}  // namespace

absl::Status JsonpbDecodeScalar(std::string_view raw, const JsonpbTarget& target,
                                const FieldDescriptor& field) {
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
    default:
      return Number(raw, target, field);
  }
}

}  // namespace skyden::resources
