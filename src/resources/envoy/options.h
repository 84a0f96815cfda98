// SPDX-License-Identifier: Apache-2.0
// Reads the fields of messages whose types are known only at run time.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <vector>

namespace skyden::resources::envoy {

// The value of a field, or of its element `index`, as what T holds: int64_t (enums and signed
// numbers), uint64_t, double, float, bool, std::string. The field must be of that kind.
template <class T>
T Read(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
       int index = -1);
template <>
int64_t Read<int64_t>(const google::protobuf::Message& message,
                      const google::protobuf::FieldDescriptor& field, int index);
template <>
uint64_t Read<uint64_t>(const google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor& field, int index);
template <>
double Read<double>(const google::protobuf::Message& message,
                    const google::protobuf::FieldDescriptor& field, int index);
template <>
float Read<float>(const google::protobuf::Message& message,
                  const google::protobuf::FieldDescriptor& field, int index);
template <>
bool Read<bool>(const google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor& field, int index);
template <>
std::string Read<std::string>(const google::protobuf::Message& message,
                              const google::protobuf::FieldDescriptor& field, int index);

// The message in a field, or in its element `index`.
const google::protobuf::Message& ReadMessage(const google::protobuf::Message& message,
                                             const google::protobuf::FieldDescriptor& field,
                                             int index = -1);

// Of a google.protobuf.Duration, as far as they can be counted.
int64_t Nanoseconds(const google::protobuf::Message& duration);

// A message of rules (validate.proto), read by the names of its members; or none, which says
// nothing.
class Options {
 public:
  explicit Options(const google::protobuf::Message* message) : message_(message) {}

  bool Has(const char* member) const;
  Options Sub(const char* member) const;
  // What is not set has its default.
  template <class T>
  T Get(const char* member) const {
    return message_ == nullptr ? T{} : Read<T>(*message_, Field(member));
  }
  template <class T>
  std::vector<T> List(const char* member) const {
    std::vector<T> values;
    for (int i = 0; i < Size(member); ++i) values.push_back(Read<T>(*message_, Field(member), i));
    return values;
  }
  // The names of the members that are set.
  std::vector<std::string> Members() const;
  // A duration, in nanoseconds.
  int64_t Duration(const char* member) const { return Nanoseconds(*Sub(member).message_); }

 private:
  const google::protobuf::FieldDescriptor& Field(const char* member) const {
    return *message_->GetDescriptor()->FindFieldByName(member);
  }
  int Size(const char* member) const;

  const google::protobuf::Message* message_;
};

}  // namespace skyden::resources::envoy
