// SPDX-License-Identifier: Apache-2.0
// Where a decoded value goes: sets a field or, when it is repeated, appends to it.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <utility>

namespace skyden::resources {

class JsonpbTarget {
 public:
  using Message = google::protobuf::Message;
  using FieldDescriptor = google::protobuf::FieldDescriptor;

  JsonpbTarget(Message& message, const FieldDescriptor& field)
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
  const google::protobuf::Reflection& reflection_;
};

}  // namespace skyden::resources
