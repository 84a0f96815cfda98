// SPDX-License-Identifier: Apache-2.0
// Unknown members pass, as they do in Kuma, whose Envoy may be older than the proxy's.
#include "resources/rules/envoy_resource.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <vector>

#include "resources/proto/go_json.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/limits.h"
#include "skyden/base/strings.h"

namespace skyden::resources::spec_rules {
namespace {

enum class Kind { kString, kDuration, kObject, kList };

struct Member {
  std::string_view snake;
  std::string_view camel;
  Kind kind;
};

constexpr std::array kMembers = {
    Member{"name", "name", Kind::kString},
    Member{"alt_stat_name", "altStatName", Kind::kString},
    Member{"stat_prefix", "statPrefix", Kind::kString},
    Member{"connect_timeout", "connectTimeout", Kind::kDuration},
    Member{"dns_refresh_rate", "dnsRefreshRate", Kind::kDuration},
    Member{"cleanup_interval", "cleanupInterval", Kind::kDuration},
    Member{"listener_filters_timeout", "listenerFiltersTimeout", Kind::kDuration},
    Member{"load_assignment", "loadAssignment", Kind::kObject},
    Member{"circuit_breakers", "circuitBreakers", Kind::kObject},
    Member{"transport_socket", "transportSocket", Kind::kObject},
    Member{"outlier_detection", "outlierDetection", Kind::kObject},
    Member{"address", "address", Kind::kObject},
    Member{"typed_config", "typedConfig", Kind::kObject},
    Member{"health_checks", "healthChecks", Kind::kList},
    Member{"filter_chains", "filterChains", Kind::kList},
    Member{"listener_filters", "listenerFilters", Kind::kList},
    Member{"domains", "domains", Kind::kList},
    Member{"routes", "routes", Kind::kList},
};

bool IsQuoted(const YAML::Node& node) { return node.Tag() == "!"; }

// The JSON kind of a YAML value, as Go names it.
std::string_view JsonKind(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      return "object";
    case YAML::NodeType::Sequence:
      return "array";
    case YAML::NodeType::Scalar:
      break;
    default:
      return "null";
  }
  if (IsQuoted(node)) return "string";
  const std::string& text = node.Scalar();
  bool boolean = false;
  double number = 0;
  if (YAML::convert<bool>::decode(node, boolean)) return "bool";
  if (!text.empty() && YAML::convert<double>::decode(node, number)) return "number";
  return text.empty() ? "null" : "string";
}

YAML::Node Find(const YAML::Node& root, const Member& member) {
  for (const std::string_view name : {member.camel, member.snake}) {
    const YAML::Node node = root[std::string(name)];
    if (node) return node;
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

std::string WhyNotMember(const YAML::Node& node, Kind kind) {
  const std::string_view actual = JsonKind(node);
  if (actual == "null") return "";
  const auto mismatch = [&](std::string_view wanted) {
    return fmt::format("json: cannot unmarshal {} into Go value of type {}", actual, wanted);
  };
  switch (kind) {
    case Kind::kString:
      return actual == "string" ? "" : mismatch("string");
    case Kind::kDuration: {
      if (actual != "string") return mismatch("string");
      const auto duration = base::ParseGoDuration(node.Scalar());
      return duration.ok()
                 ? ""
                 : fmt::format("bad Duration: {}", base::ToStd(duration.status().message()));
    }
    case Kind::kObject:
      return actual == "object" ? "" : mismatch("map[string]json.RawMessage");
    case Kind::kList:
      return actual == "array" ? "" : mismatch("[]json.RawMessage");
  }
  return "";
}

std::string_view NameOf(EnvoyResource resource) {
  switch (resource) {
    case EnvoyResource::kCluster:
      return "Cluster";
    case EnvoyResource::kListener:
      return "Listener";
    case EnvoyResource::kVirtualHost:
      return "VirtualHost";
    case EnvoyResource::kNetworkFilter:
      return "Filter";
    case EnvoyResource::kHttpFilter:
      return "HttpFilter";
  }
  return "";
}

std::string WhyNotWhole(const YAML::Node& root, EnvoyResource resource) {
  const bool is_map = root.IsMap();
  const std::string_view message = NameOf(resource);
  if (resource != EnvoyResource::kListener) {
    const YAML::Node name = is_map ? root["name"] : YAML::Node();
    if (!name || !name.IsScalar() || name.Scalar().empty()) {
      return fmt::format("invalid {}.Name: value length must be at least 1 runes", message);
    }
  }
  if (resource == EnvoyResource::kVirtualHost) {
    const YAML::Node domains = is_map ? root["domains"] : YAML::Node();
    if (!domains || domains.size() == 0) {
      return "invalid VirtualHost.Domains: value must contain at least 1 item(s)";
    }
  }
  if (resource == EnvoyResource::kCluster) {
    const YAML::Node timeout = Find(root, kMembers[3]);
    if (timeout && timeout.IsScalar()) {
      const auto duration = base::ParseGoDuration(timeout.Scalar());
      if (duration.ok() && *duration <= absl::ZeroDuration()) {
        return "invalid Cluster.ConnectTimeout: value must be greater than 0s";
      }
    }
  }
  return "";
}

std::string WhyNot(const YAML::Node& root, EnvoyResource resource, Completeness completeness) {
  const std::string_view kind = JsonKind(root);
  if (kind != "object" && kind != "null") {
    return fmt::format("json: cannot unmarshal {} into Go value of type map[string]json.RawMessage",
                       kind);
  }
  if (kind == "object") {
    for (const Member& member : kMembers) {
      const YAML::Node node = Find(root, member);
      if (!node) continue;
      if (std::string why = WhyNotMember(node, member.kind); !why.empty()) return why;
    }
  }
  return completeness == Completeness::kWhole ? WhyNotWhole(root, resource) : "";
}

}  // namespace

std::string WhyNotEnvoyResource(std::string_view text, EnvoyResource resource,
                                Completeness completeness) {
  std::optional<YAML::Node> root;
  try {
    root = YAML::Load(std::string(text));
  } catch (const std::exception&) {
    // What is not YAML is read as JSON, which it is not either.
    const absl::Status json = go_json::CheckValid(text, base::limits::kJsonDepth);
    return json.ok() ? "" : std::string(base::ToStd(json.message()));
  }
  try {
    return WhyNot(*root, resource, completeness);
  } catch (const std::exception&) {
    return "json: cannot unmarshal this value";
  }
}

}  // namespace skyden::resources::spec_rules
