// SPDX-License-Identifier: Apache-2.0
// Unknown members pass, as they do in Kuma, whose Envoy may be older than the proxy's.
#include "resources/envoy/outer_check.h"

#include <fmt/format.h>

#include <array>

#include "resources/go/json.h"
#include "resources/go/text.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/strings.h"

namespace skyden::resources::envoy {
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

// "" when it is not there.
std::string_view Find(const go_json::Members& members, std::string_view name) {
  const auto found = members.find(name);
  return found == members.end() || go_json::IsNull(found->second) ? "" : found->second;
}

std::string_view Find(const go_json::Members& members, const Member& member) {
  const std::string_view raw = Find(members, member.camel);
  return raw.empty() ? Find(members, member.snake) : raw;
}

template <class T>
std::string Why(const absl::StatusOr<T>& value) {
  return value.ok() ? "" : std::string(base::ToStd(value.status().message()));
}

std::string WhyNotMember(std::string_view raw, Kind kind) {
  switch (kind) {
    case Kind::kString:
      return Why(go_json::StringOf(raw));
    case Kind::kDuration: {
      const auto text = go_json::StringOf(raw);
      if (!text.ok()) return Why(text);
      const std::string why = Why(base::ParseGoDuration(*text));
      return why.empty() ? "" : "bad Duration: " + why;
    }
    case Kind::kObject:
      return Why(go_json::MembersOf(raw));
    case Kind::kList:
      return Why(go_json::ElementsOf(raw));
  }
  return "";
}

std::string_view NameOf(Resource resource) {
  switch (resource) {
    case Resource::kCluster:
      return "Cluster";
    case Resource::kListener:
      return "Listener";
    case Resource::kVirtualHost:
      return "VirtualHost";
    case Resource::kNetworkFilter:
      return "Filter";
    case Resource::kHttpFilter:
      return "HttpFilter";
  }
  return "";
}

// Of members that have their kinds.
std::string WhyNotWhole(const go_json::Members& members, Resource resource) {
  const std::string_view name = Find(members, "name");
  if (resource != Resource::kListener && (name.empty() || name == "\"\"")) {
    return fmt::format("invalid {}.Name: value length must be at least 1 runes", NameOf(resource));
  }
  if (resource == Resource::kVirtualHost) {
    const std::string_view domains = Find(members, "domains");
    if (domains.empty() || go_json::ElementsOf(domains)->empty()) {
      return "invalid VirtualHost.Domains: value must contain at least 1 item(s)";
    }
  }
  const std::string_view timeout = Find(members, kConnectTimeout);
  if (resource == Resource::kCluster && !timeout.empty() &&
      *base::ParseGoDuration(*go_json::StringOf(timeout)) <= absl::ZeroDuration()) {
    return "invalid Cluster.ConnectTimeout: value must be greater than 0s";
  }
  return "";
}

}  // namespace

std::string WhyNotOutside(std::string_view json, Resource resource, Completeness completeness) {
  const auto members = go_json::MembersOf(go_json::Trim(json));
  if (!members.ok()) return Why(members);
  for (const Member& member : kMembers) {
    const std::string_view raw = Find(*members, member);
    if (raw.empty()) continue;
    if (std::string why = WhyNotMember(raw, member.kind); !why.empty()) return why;
  }
  return completeness == Completeness::kWhole ? WhyNotWhole(*members, resource) : "";
}

std::string WhyNotPackedOutside(std::string_view json) {
  const auto members = go_json::MembersOf(go_json::Trim(json));
  if (!members.ok()) return Why(members);
  const auto type = members->find("@type");
  if (type == members->end()) return "Any JSON doesn't have '@type'";
  const auto url = go_json::StringOf(type->second);
  if (!url.ok()) return "can't unmarshal Any's '@type': " + GoQuote(type->second);
  if (url->find("/envoy.") != std::string::npos) return "";
  return fmt::format("could not resolve Any message type: {}", *url);
}

}  // namespace skyden::resources::envoy
