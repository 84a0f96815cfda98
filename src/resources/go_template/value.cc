// SPDX-License-Identifier: Apache-2.0
#include "resources/go_template/value.h"

#include <fmt/format.h>

#include <algorithm>

#include "resources/go_template/format.h"

namespace skyden::resources::go_template {

const std::string* Data::Find(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [name](const auto& member) { return member.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

Data Data::Struct(std::vector<std::pair<std::string, std::string>> members) {
  std::string fields;
  for (const auto& [name, value] : members) {
    fields += fmt::format("{}{} string", fields.empty() ? "" : "; ", name);
  }
  return {Kind::kStruct, fmt::format("struct {{ {} }}", fields), std::move(members)};
}

Data Data::Map(std::vector<std::pair<std::string, std::string>> members) {
  std::sort(members.begin(), members.end());
  return {Kind::kMap, "map[string]string", std::move(members)};
}

Text MakeText(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

bool IsNothing(const Value& value) { return std::holds_alternative<std::monostate>(value); }

const std::string* TextIn(const Value& value) {
  const Text* text = std::get_if<Text>(&value);
  return text == nullptr ? nullptr : text->get();
}

namespace {

struct Truth {
  bool operator()(std::monostate) const { return false; }
  bool operator()(bool value) const { return value; }
  bool operator()(int64_t value) const { return value != 0; }
  bool operator()(uint8_t value) const { return value != 0; }
  bool operator()(double value) const { return value != 0; }
  bool operator()(const std::complex<double>& value) const { return value != 0.0; }
  bool operator()(const Text& value) const { return !value->empty(); }
  bool operator()(const Data* value) const {
    return value->kind == Data::Kind::kStruct || !value->members.empty();
  }
};

struct TypeName {
  std::string operator()(std::monostate) const { return "<nil>"; }
  std::string operator()(bool) const { return "bool"; }
  std::string operator()(int64_t) const { return "int"; }
  std::string operator()(uint8_t) const { return "uint8"; }
  std::string operator()(double) const { return "float64"; }
  std::string operator()(const std::complex<double>&) const { return "complex128"; }
  std::string operator()(const Text&) const { return "string"; }
  std::string operator()(const Data* value) const { return value->type; }
};

}  // namespace

bool IsTrue(const Value& value) { return std::visit(Truth(), value); }

std::string TypeOf(const Value& value) { return std::visit(TypeName(), value); }

std::string Printed(const Value& value) { return Sprint({value}); }

}  // namespace skyden::resources::go_template
