// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_proto/envoy_value.h"

#include <fmt/format.h>

#include "resources/proto/go_json.h"
#include "resources/proto/go_text.h"
#include "resources/proto/go_yaml.h"
#include "skyden/base/limits.h"

namespace skyden::resources::rules {
namespace {

using go_json::Members;

std::string TextOf(const absl::Status& status) { return std::string(status.message()); }

std::string_view MessageName(EnvoyMessage message) {
  switch (message) {
    case EnvoyMessage::kAny:
      return "Any";
    case EnvoyMessage::kCluster:
      return "Cluster";
    case EnvoyMessage::kHttpFilter:
      return "HttpFilter";
    case EnvoyMessage::kListener:
      return "Listener";
    case EnvoyMessage::kNetworkFilter:
      return "Filter";
    case EnvoyMessage::kVirtualHost:
      return "VirtualHost";
  }
  return "";
}

// Listeners alone may go unnamed.
bool NeedsName(EnvoyMessage message) {
  return message != EnvoyMessage::kListener && message != EnvoyMessage::kAny;
}

std::string PackedProblem(const Members& members) {
  const auto type = members.find("@type");
  if (type == members.end()) return "Any JSON doesn't have '@type'";
  const absl::StatusOr<std::string> url = go_json::StringOf(type->second);
  if (!url.ok()) {
    return fmt::format("can't unmarshal Any's '@type': {}", GoQuote(type->second));
  }
  if (url->find("/envoy.") != std::string::npos) return "";
  return fmt::format("could not resolve Any message type: {}", *url);
}

std::string WholeProblem(const Members& members, std::string_view name, EnvoyMessage message) {
  if (NeedsName(message) && name.empty()) {
    return fmt::format("invalid {}.Name: value length must be at least 1 runes",
                       MessageName(message));
  }
  if (message != EnvoyMessage::kVirtualHost) return "";
  const auto domains = members.find("domains");
  const auto elements = domains == members.end() ? std::vector<std::string_view>()
                                                 : *go_json::ElementsOf(domains->second);
  if (!elements.empty()) return "";
  return "invalid VirtualHost.Domains: value must contain at least 1 item(s)";
}

}  // namespace

std::string EnvoyValueProblem(std::string_view value, EnvoyMessage message, EnvoyUse use) {
  // What is no YAML is read as JSON, for the sake of its error.
  const std::string json = YamlToJson(value).value_or(std::string(value));
  if (const absl::Status valid = go_json::CheckValid(json, base::limits::kJsonDepth); !valid.ok()) {
    return TextOf(valid);
  }
  const absl::StatusOr<Members> members = go_json::MembersOf(go_json::Trim(json));
  if (!members.ok()) return TextOf(members.status());
  if (message == EnvoyMessage::kAny) return PackedProblem(*members);

  std::string name;
  if (const auto member = members->find("name"); member != members->end()) {
    const absl::StatusOr<std::string> text = go_json::StringOf(member->second);
    if (!text.ok()) return TextOf(text.status());
    name = *text;
  }
  if (const auto domains = members->find("domains");
      message == EnvoyMessage::kVirtualHost && domains != members->end()) {
    const auto elements = go_json::ElementsOf(domains->second);
    if (!elements.ok()) return TextOf(elements.status());
  }
  return use == EnvoyUse::kWhole ? WholeProblem(*members, name, message) : "";
}

}  // namespace skyden::resources::rules
