// SPDX-License-Identifier: Apache-2.0
// What a template computes with.
#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace skyden::resources::go_template {

// What `.` is at the start: a struct or map of texts.
struct Data {
  enum class Kind { kStruct, kMap };
  Kind kind = Kind::kStruct;
  std::string type;                                          // as Go names it
  std::vector<std::pair<std::string, std::string>> members;  // a map's in the order of its keys

  // nullptr when there is none.
  const std::string* Find(std::string_view name) const;

  // A struct without a name of its own.
  static Data Struct(std::vector<std::pair<std::string, std::string>> members);
  static Data Map(std::vector<std::pair<std::string, std::string>> members);
};

// Shared, so that handing a value on costs the same whatever its size.
using Text = std::shared_ptr<const std::string>;
Text MakeText(std::string text);

// monostate: no value, Go's nil or what a map does not have.
using Value = std::variant<std::monostate, bool, int64_t, uint8_t, double, std::complex<double>,
                           Text, const Data*>;

bool IsNothing(const Value& value);
bool IsTrue(const Value& value);
std::string TypeOf(const Value& value);
// nullptr when it is no text.
const std::string* TextIn(const Value& value);
// As Go's fmt prints it with %v.
std::string Printed(const Value& value);

}  // namespace skyden::resources::go_template
