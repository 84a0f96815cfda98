// SPDX-License-Identifier: Apache-2.0
#include "control_planes/validation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

#include "skyden/base/limits.h"
#include "skyden/base/utf8.h"
#include "skyden/model/kuma_version.h"

namespace skyden::control_planes {
namespace {

namespace limits = base::limits;

bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string TooLong(size_t characters_max) {
  return fmt::format("must have at most {} characters", characters_max);
}

}  // namespace

void CheckName(std::string_view name, Violations& violations) {
  if (name.empty()) {
    violations.push_back({"name", "property \"name\" is missing"});
  } else if (!base::IsValidUtf8(name)) {
    violations.push_back({"name", "must be valid UTF-8"});
  } else if (base::CountCharacters(name) > limits::kControlPlaneNameChars) {
    violations.push_back({"name", TooLong(limits::kControlPlaneNameChars)});
  } else if (!IsAlnum(name.front()) || name.find('\n') != std::string_view::npos) {
    violations.push_back({"name", "must begin with a letter or digit and be one line"});
  }
}

void CheckDescription(std::string_view description, Violations& violations) {
  if (!base::IsValidUtf8(description)) {
    violations.push_back({"description", "must be valid UTF-8"});
  } else if (base::CountCharacters(description) > limits::kControlPlaneDescriptionChars) {
    violations.push_back({"description", TooLong(limits::kControlPlaneDescriptionChars)});
  }
}

void CheckReason(std::string_view reason, Violations& violations) {
  const bool one_line = std::none_of(reason.begin(), reason.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!base::IsValidUtf8(reason) || !one_line) {
    violations.push_back({"reason", "must be one line of UTF-8"});
  } else if (base::CountCharacters(reason) > limits::kSuspendReasonChars) {
    violations.push_back({"reason", TooLong(limits::kSuspendReasonChars)});
  }
}

void CheckApiVersion(std::string_view api_version, Violations& violations) {
  if (model::ParseKumaVersion(api_version)) return;
  violations.push_back(
      {"version",
       fmt::format("must be one of {}: the Kuma that the control plane is like, 2.x or 3.x",
                   fmt::join(model::kKumaVersionNames, ", "))});
}

std::string VersionStays(std::string_view api_version) {
  return fmt::format(
      "stays \"{}\": a control plane's version is changed by an upgrade, which rewrites "
      "what it holds (skyden cp upgrade)",
      api_version);
}

}  // namespace skyden::control_planes
