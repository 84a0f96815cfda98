// SPDX-License-Identifier: Apache-2.0
// Unknown members pass, as they do in Kuma, whose Envoy may be older than the proxy's.
#include "resources/rules/envoy_resource.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "resources/json/value.h"
#include "resources/proto/go_yaml.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/strings.h"

namespace skyden::resources::spec_rules {
namespace {

enum class Kind { kString, kDuration, kObject, kList };

struct Member {
  std::string_view snake;
  std::string_view camel;
  Kind kind;
};

constexpr Member kConnectTimeout = {"connect_timeout", "connectTimeout", Kind::kDuration};

constexpr std::array kMembers = {
    Member{"name", "name", Kind::kString},
    Member{"alt_stat_name", "altStatName", Kind::kString},
    Member{"stat_prefix", "statPrefix", Kind::kString},
    kConnectTimeout,
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

const json::Value* Find(const json::Value& root, const Member& member) {
  const json::Value* const value = root.Find(member.camel);
  return value != nullptr ? value : root.Find(member.snake);
}

std::string Mismatch(const json::Value& value, std::string_view wanted) {
  return fmt::format("json: cannot unmarshal {} into Go value of type {}",
                     value.kind == json::Value::Kind::kBool ? "bool" : json::KindName(value.kind),
                     wanted);
}

std::string WhyNotMember(const json::Value& value, Kind kind) {
  using Json = json::Value::Kind;
  if (value.IsNull()) return "";
  switch (kind) {
    case Kind::kString:
      return value.kind == Json::kString ? "" : Mismatch(value, "string");
    case Kind::kDuration: {
      if (value.kind != Json::kString) return Mismatch(value, "string");
      const auto duration = base::ParseGoDuration(value.text);
      return duration.ok()
                 ? ""
                 : fmt::format("bad Duration: {}", base::ToStd(duration.status().message()));
    }
    case Kind::kObject:
      return value.kind == Json::kObject ? "" : Mismatch(value, "map[string]json.RawMessage");
    case Kind::kList:
      return value.kind == Json::kArray ? "" : Mismatch(value, "[]json.RawMessage");
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

std::string WhyNotWhole(const json::Value& root, EnvoyResource resource) {
  const json::Value* const name = root.Find("name");
  if (resource != EnvoyResource::kListener && (name == nullptr || name->text.empty())) {
    return fmt::format("invalid {}.Name: value length must be at least 1 runes", NameOf(resource));
  }
  const json::Value* const domains = root.Find("domains");
  if (resource == EnvoyResource::kVirtualHost && (domains == nullptr || domains->items.empty())) {
    return "invalid VirtualHost.Domains: value must contain at least 1 item(s)";
  }
  const json::Value* const timeout = Find(root, kConnectTimeout);
  if (resource == EnvoyResource::kCluster && timeout != nullptr && !timeout->IsNull()) {
    const auto duration = base::ParseGoDuration(timeout->text);
    if (duration.ok() && *duration <= absl::ZeroDuration()) {
      return "invalid Cluster.ConnectTimeout: value must be greater than 0s";
    }
  }
  return "";
}

std::string WhyNot(const json::Value& root, EnvoyResource resource, Completeness completeness) {
  if (root.kind != json::Value::Kind::kObject && !root.IsNull()) {
    return Mismatch(root, "map[string]json.RawMessage");
  }
  for (const Member& member : kMembers) {
    const json::Value* const value = Find(root, member);
    if (value == nullptr) continue;
    if (std::string why = WhyNotMember(*value, member.kind); !why.empty()) return why;
  }
  return completeness == Completeness::kWhole ? WhyNotWhole(root, resource) : "";
}

}  // namespace

std::string EnvoyJson(std::string_view text) {
  auto json = YamlToJson(text);
  return json.ok() ? *std::move(json) : std::string(text);
}

std::string EnvoyJsonProblem(const absl::Status& status) {
  // Read from a stream, where the end of a text has another name.
  if (status.message() == "unexpected end of JSON input") return "unexpected EOF";
  return std::string(base::ToStd(status.message()));
}

std::string WhyNotEnvoyResource(std::string_view text, EnvoyResource resource,
                                Completeness completeness) {
  const std::string source = EnvoyJson(text);
  const auto document = json::Document::Parse(source);
  if (!document.ok()) return EnvoyJsonProblem(document.status());
  return WhyNot(document->root(), resource, completeness);
}

}  // namespace skyden::resources::spec_rules
