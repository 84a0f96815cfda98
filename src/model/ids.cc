// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/ids.h"

#include <fmt/format.h>

#include <string>

namespace skyden::model {
namespace {

constexpr size_t kLabelBytesMax = 63;

bool IsHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool IsLowerAlnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

absl::StatusOr<ControlPlaneId> ParseControlPlaneId(std::string_view text) {
  const absl::Status wrong = absl::InvalidArgumentError("a control plane id is a UUID");
  if (text.size() != 36) return wrong;
  std::string id(text);
  for (size_t i = 0; i < id.size(); ++i) {
    if (id[i] >= 'A' && id[i] <= 'F') id[i] = static_cast<char>(id[i] - 'A' + 'a');
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? id[i] != '-' : !IsHex(id[i])) return wrong;
  }
  return ControlPlaneId(std::move(id));
}

absl::StatusOr<ZoneName> ParseZoneName(std::string_view text) {
  if (text.empty() || text.size() > kLabelBytesMax) {
    return absl::InvalidArgumentError(
        fmt::format("a zone name has 1 to {} characters", kLabelBytesMax));
  }
  for (size_t i = 0; i < text.size(); ++i) {
    const bool edge = i == 0 || i + 1 == text.size();
    if (!IsLowerAlnum(text[i]) && (edge || text[i] != '-')) {
      return absl::InvalidArgumentError(
          "a zone name is made of lower-case letters, digits and '-', and begins and ends with a "
          "letter or digit");
    }
  }
  return ZoneName(std::string(text));
}

}  // namespace skyden::model
