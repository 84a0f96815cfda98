// SPDX-License-Identifier: Apache-2.0
#include "resources/envoy/go_names.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"

namespace skyden::resources::envoy {
namespace {

// A small letter that begins a word becomes a capital. Words begin at the start, after a digit, and
// after an underscore, which goes when a small letter follows it.
std::string CamelCase(std::string_view name) {
  std::string out;
  bool begins = true;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '_' && (i == 0 || (i + 1 < name.size() && absl::ascii_islower(name[i + 1])))) {
      if (i == 0) out += 'X';
      begins = true;
      continue;
    }
    out += begins && absl::ascii_islower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    begins = c >= '0' && c <= '9';
  }
  return out;
}

}  // namespace

std::string GoTypeName(const google::protobuf::Descriptor& type) {
  const std::string name = CamelCase(type.name());
  if (type.containing_type() == nullptr) return name;
  const std::string outer = GoTypeName(*type.containing_type());
  return absl::ascii_islower(type.name().front()) ? outer + name : outer + "_" + name;
}

std::string GoFieldName(std::string_view name) {
  // Methods that every generated message has.
  static constexpr std::array<std::string_view, 8> kTaken = {
      "Reset",   "String",    "ProtoMessage",        "Descriptor",
      "Marshal", "Unmarshal", "ExtensionRangeArray", "ExtensionMap"};
  std::string go_name = CamelCase(name);
  if (std::find(kTaken.begin(), kTaken.end(), go_name) != kTaken.end()) go_name += '_';
  return go_name;
}

}  // namespace skyden::resources::envoy
