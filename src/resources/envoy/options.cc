// SPDX-License-Identifier: Apache-2.0
#include "resources/envoy/options.h"

#include "absl/time/time.h"

namespace skyden::resources::envoy {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;
using pb::Message;

}  // namespace

template <>
int64_t Read<int64_t>(const Message& message, const FieldDescriptor& field, int index) {
  const pb::Reflection& reflection = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return one ? reflection.GetEnumValue(message, &field)
                 : reflection.GetRepeatedEnumValue(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT32:
      return one ? reflection.GetInt32(message, &field)
                 : reflection.GetRepeatedInt32(message, &field, index);
    default:
      return one ? reflection.GetInt64(message, &field)
                 : reflection.GetRepeatedInt64(message, &field, index);
  }
}

template <>
uint64_t Read<uint64_t>(const Message& message, const FieldDescriptor& field, int index) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
    return index < 0 ? reflection.GetUInt32(message, &field)
                     : reflection.GetRepeatedUInt32(message, &field, index);
  }
  return index < 0 ? reflection.GetUInt64(message, &field)
                   : reflection.GetRepeatedUInt64(message, &field, index);
}

template <>
double Read<double>(const Message& message, const FieldDescriptor& field, int index) {
  return index < 0 ? message.GetReflection()->GetDouble(message, &field)
                   : message.GetReflection()->GetRepeatedDouble(message, &field, index);
}

template <>
float Read<float>(const Message& message, const FieldDescriptor& field, int index) {
  return index < 0 ? message.GetReflection()->GetFloat(message, &field)
                   : message.GetReflection()->GetRepeatedFloat(message, &field, index);
}

template <>
bool Read<bool>(const Message& message, const FieldDescriptor& field, int index) {
  return index < 0 ? message.GetReflection()->GetBool(message, &field)
                   : message.GetReflection()->GetRepeatedBool(message, &field, index);
}

template <>
std::string Read<std::string>(const Message& message, const FieldDescriptor& field, int index) {
  return index < 0 ? message.GetReflection()->GetString(message, &field)
                   : message.GetReflection()->GetRepeatedString(message, &field, index);
}

const Message& ReadMessage(const Message& message, const FieldDescriptor& field, int index) {
  return index < 0 ? message.GetReflection()->GetMessage(message, &field)
                   : message.GetReflection()->GetRepeatedMessage(message, &field, index);
}

int64_t Nanoseconds(const Message& duration) {
  const pb::Descriptor& type = *duration.GetDescriptor();
  const auto seconds = Read<int64_t>(duration, *type.FindFieldByNumber(1));
  const auto nanos = Read<int64_t>(duration, *type.FindFieldByNumber(2));
  return absl::ToInt64Nanoseconds(absl::Seconds(seconds) + absl::Nanoseconds(nanos));
}

bool Options::Has(const char* member) const {
  if (message_ == nullptr) return false;
  const FieldDescriptor& field = Field(member);
  return field.is_repeated() ? Size(member) > 0
                             : message_->GetReflection()->HasField(*message_, &field);
}

Options Options::Sub(const char* member) const {
  return Options(Has(member) ? &ReadMessage(*message_, Field(member)) : nullptr);
}

std::vector<std::string> Options::Members() const {
  std::vector<std::string> names;
  if (message_ == nullptr) return names;
  std::vector<const FieldDescriptor*> set;
  message_->GetReflection()->ListFields(*message_, &set);
  for (const FieldDescriptor* field : set) names.push_back(field->name());
  return names;
}

int Options::Size(const char* member) const {
  return message_ == nullptr ? 0 : message_->GetReflection()->FieldSize(*message_, &Field(member));
}

}  // namespace skyden::resources::envoy
