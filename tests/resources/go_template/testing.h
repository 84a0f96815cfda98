// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "resources/go_template/template.h"
#include "skyden/base/strings.h"

namespace skyden::resources::go_template {

// What a template says of a service "web" in the zone "east" whose label `team` is "blue", and
// nothing else; or why it does not.
inline std::string Render(std::string_view text) {
  const LabelFunction label = [](std::string_view key) -> absl::StatusOr<std::string> {
    if (key == "team") return "blue";
    return absl::InvalidArgumentError("label " + std::string(key) + " not found");
  };
  const auto parsed = Template::Parse(std::string(text), label);
  if (!parsed.ok()) return "parse: " + std::string(base::ToStd(parsed.status().message()));
  const auto out =
      parsed->Execute(Data::Struct({{"Name", "web"}, {"Zone", "east"}, {"Empty", ""}}));
  return out.ok() ? *out : "run: " + std::string(base::ToStd(out.status().message()));
}

// The same of a map, without a function of ours.
inline std::string RenderMap(std::string_view text) {
  const auto parsed = Template::Parse(std::string(text), {});
  if (!parsed.ok()) return "parse: " + std::string(base::ToStd(parsed.status().message()));
  const auto out = parsed->Execute(Data::Map({{"port", "80"}, {"host", "web"}}));
  return out.ok() ? *out : "run: " + std::string(base::ToStd(out.status().message()));
}

}  // namespace skyden::resources::go_template
