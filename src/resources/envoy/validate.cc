// SPDX-License-Identifier: Apache-2.0
#include "resources/envoy/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "resources/envoy/options.h"

namespace skyden::resources::envoy {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;
using pb::Message;

// What Go prints of a key, and what keys are sorted by.
struct Key {
  std::string text;
  int64_t number = 0;
  const Message* entry = nullptr;

  bool operator<(const Key& other) const {
    return number != other.number ? number < other.number : text < other.text;
  }
};

Key KeyOf(const Message& entry, const FieldDescriptor& field) {
  Key key;
  key.entry = &entry;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      key.text = Read<std::string>(entry, field);
      return key;
    case FieldDescriptor::CPPTYPE_BOOL:
      key.number = Read<bool>(entry, field) ? 1 : 0;
      key.text = key.number == 1 ? "true" : "false";
      return key;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      key.number = static_cast<int64_t>(Read<uint64_t>(entry, field));
      break;
    default:
      key.number = Read<int64_t>(entry, field);
  }
  key.text = fmt::format("{}", key.number);
  return key;
}

class Validator {
 public:
  explicit Validator(const RuleBook& book) : book_(book) {}

  std::string Check(const Message& message) const {
    const MessageRules* const rules = book_.Of(*message.GetDescriptor());
    if (rules == nullptr) return "";
    const pb::Reflection& reflection = *message.GetReflection();
    for (const FieldRules& field : rules->fields) {
      if (std::string why = Field(message, field); !why.empty()) return At(*rules, why);
    }
    for (const OneofRules& oneof : rules->oneofs) {
      if (std::string why = Oneof(message, oneof); !why.empty()) return At(*rules, why);
    }
    for (const FieldRules& field : rules->optionals) {
      if (!reflection.HasField(message, field.field)) continue;
      if (std::string why = Field(message, field); !why.empty()) return At(*rules, why);
    }
    return "";
  }

 private:
  static std::string At(const MessageRules& rules, std::string_view why) {
    return fmt::format("invalid {}.{}", rules.go_name, why);
  }

  // `label`: the field, with the index or key of an element.
  static std::string Why(std::string_view label, std::string_view reason) {
    return reason.empty() ? "" : fmt::format("{}: {}", label, reason);
  }

  std::string Oneof(const Message& message, const OneofRules& oneof) const {
    const FieldDescriptor* const set =
        message.GetReflection()->GetOneofFieldDescriptor(message, oneof.oneof);
    if (set == nullptr) return Why(oneof.go_name, oneof.required ? "value is required" : "");
    for (const FieldRules& field : oneof.fields) {
      if (field.field == set) return Field(message, field);
    }
    return "";
  }

  std::string Field(const Message& message, const FieldRules& rules) const {
    const pb::Reflection& reflection = *message.GetReflection();
    const FieldDescriptor& field = *rules.field;
    if (!field.is_repeated()) {
      const bool there = field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
                         reflection.HasField(message, &field);
      return One({message, field}, there, rules.value, rules.go_name, rules.go_name);
    }
    const auto size = static_cast<size_t>(reflection.FieldSize(message, &field));
    if (size == 0 && rules.ignore_empty) return "";
    if (rules.size) {
      if (const std::string reason = rules.size(size); !reason.empty()) {
        return Why(rules.go_name, reason);
      }
    }
    if (rules.value.empty() && rules.key.empty() && !rules.unique) return "";
    return field.is_map() ? Map(message, rules, size) : List(message, rules, size);
  }

  std::string List(const Message& message, const FieldRules& rules, size_t size) const {
    std::set<std::string> seen;
    for (size_t i = 0; i < size; ++i) {
      const Value value = {message, *rules.field, static_cast<int>(i)};
      const std::string label = fmt::format("{}[{}]", rules.go_name, i);
      if (rules.unique && !seen.insert(Printed(value)).second) {
        return Why(label, "repeated value must contain unique items");
      }
      if (std::string why = One(value, true, rules.value, label, rules.go_name); !why.empty()) {
        return why;
      }
    }
    return "";
  }

  std::string Map(const Message& message, const FieldRules& rules, size_t size) const {
    const FieldDescriptor& key_field = *rules.field->message_type()->map_key();
    const FieldDescriptor& value_field = *rules.field->message_type()->map_value();
    std::vector<Key> keys;
    for (size_t i = 0; i < size; ++i) {
      keys.push_back(KeyOf(ReadMessage(message, *rules.field, static_cast<int>(i)), key_field));
    }
    std::sort(keys.begin(), keys.end());
    for (const Key& key : keys) {
      const std::string label = fmt::format("{}[{}]", rules.go_name, key.text);
      std::string why = One({*key.entry, key_field}, true, rules.key, label, rules.go_name);
      if (why.empty()) {
        why = One({*key.entry, value_field}, true, rules.value, label, rules.go_name);
      }
      if (!why.empty()) return why;
    }
    return "";
  }

  // `name`: what a wrapper's value is called, in a list too.
  std::string One(const Value& value, bool there, const ValueRules& rules, std::string_view label,
                  std::string_view name) const {
    if (!there) return Why(label, rules.required);
    if (rules.kind == ValueRules::Kind::kMessage) {
      if (rules.skip) return "";
      const std::string cause = Check(ReadMessage(value.message, value.field, value.index));
      return cause.empty() ? ""
                           : fmt::format("{}: embedded message failed validation | caused by: {}",
                                         label, cause);
    }
    if (rules.kind == ValueRules::Kind::kWrapper) {
      const Message& wrapper = ReadMessage(value.message, value.field, value.index);
      return Plain({wrapper, *wrapper.GetDescriptor()->field(0)}, rules, name);
    }
    return Plain(value, rules, label);
  }

  static std::string Plain(const Value& value, const ValueRules& rules, std::string_view label) {
    for (const envoy::Check& check : rules.checks) {
      if (const std::string reason = check(value); !reason.empty()) return Why(label, reason);
    }
    return "";
  }

  static std::string Printed(const Value& value) {
    switch (value.field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return Read<std::string>(value.message, value.field, value.index);
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_UINT64:
        return std::to_string(Read<uint64_t>(value.message, value.field, value.index));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return fmt::format("{}", Read<double>(value.message, value.field, value.index));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return fmt::format("{}", Read<float>(value.message, value.field, value.index));
      case FieldDescriptor::CPPTYPE_BOOL:
        return Read<bool>(value.message, value.field, value.index) ? "true" : "false";
      default:
        return std::to_string(Read<int64_t>(value.message, value.field, value.index));
    }
  }

  const RuleBook& book_;
};

}  // namespace

std::string WhyNotValid(const Message& message, const RuleBook& rules) {
  return Validator(rules).Check(message);
}

}  // namespace skyden::resources::envoy
