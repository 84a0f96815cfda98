// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "resources/go/net.h"

namespace skyden::resources::rules_json {

const char* const kOpenTelemetryEndpointDeprecated =
    "openTelemetry.endpoint is deprecated, use openTelemetry.backendRef with a "
    "MeshOpenTelemetryBackend resource instead";

void CheckPositiveDuration(const Node& node, Report& report) {
  if (node && node.duration() <= absl::ZeroDuration()) {
    report.Add(node, "must be greater than zero when defined");
  }
}

void CheckDurationNotNegative(const Node& node, Report& report) {
  if (node && node.duration() < absl::ZeroDuration()) {
    report.Add(node, "must not be negative when defined");
  }
}

void CheckPositive(const Node& node, Report& report) {
  if (node && node.number() <= 0) report.Add(node, "must be greater than 0");
}

void CheckPositiveSigned(const Node& node, Report& report) {
  if (node && node.number() <= 0) report.Add(node, "must be greater than zero when defined");
}

void CheckIntPercentage(const Node& node, Report& report) {
  if (node && (node.number() < 0 || node.number() > 100)) {
    report.Add(node, "must be in inclusive range [0, 100]");
  }
}

void CheckPercentage(const Node& node, Report& report) {
  if (node) CheckGivenPercentage(node, Zero::kAllowed, report);
}

void CheckGivenPercentage(const Node& node, Zero zero, Report& report) {
  const std::optional<double> value = node.decimal();
  if (!value) {
    report.Add(node, "string must be a valid number");
  } else if (*value < 0 || *value > 100) {
    report.Add(node, "must be in inclusive range [0.0, 100.0]");
  } else if (zero == Zero::kRefused && *value == 0) {
    report.Add(node, "must be greater than 0");
  }
}

void CheckStatusCode(const Node& node, Report& report) {
  if (node.number() < 100 || node.number() >= 600) {
    report.Add(node, "must be in inclusive range [100, 599]");
  }
}

void CheckPort(const Path& path, double port, Report& report) {
  if (port <= 0 || port > 65535) report.Add(path, kPortRange);
}

std::string MustBeOneOf(std::string_view name, std::initializer_list<std::string_view> allowed) {
  return fmt::format("\"{}\" must be one of [\"{}\"]", name, fmt::join(allowed, "\", \""));
}

void CheckOneOf(const Node& node, std::string_view name,
                std::initializer_list<std::string_view> allowed, Report& report, Empty empty) {
  if (empty == Empty::kAllowed && node.text().empty()) return;
  if (!node || std::find(allowed.begin(), allowed.end(), node.text()) != allowed.end()) return;
  report.Add(node, MustBeOneOf(name, allowed));
}

void CheckTlsVersions(const Node& version, Report& report) {
  for (const std::string_view end : {"min", "max"}) {
    CheckOneOf(version[end], end, {"TLSAuto", "TLS10", "TLS11", "TLS12", "TLS13"}, report);
  }
  // Numbers order as their texts do.
  const std::string_view min = version["min"].text();
  const std::string_view max = version["max"].text();
  const auto specific = [](std::string_view text) { return text.starts_with("TLS1"); };
  if (specific(min) && specific(max) && min > max) {
    report.Add(version["min"], "min version must be lower than max");
  }
}

namespace {

enum class HasEndpoint : uint8_t { kYes, kNo };
constexpr model::ByVersion<HasEndpoint> kHasEndpoint = {{HasEndpoint::kYes, HasEndpoint::kNo}};

void CheckBackendRef(const Node& ref, Report& report) {
  if (ref["labels"].size() == 0) {
    report.Add(ref, "backendRef must have exactly one defined: labels");
  }
}

}  // namespace

void CheckOpenTelemetry(const Node& backend, Endpoint endpoint, Report& report) {
  const std::string_view target = backend["endpoint"].text();
  const Node ref = backend["backendRef"];
  if (kHasEndpoint[report.version()] == HasEndpoint::kNo) {
    if (!ref) return report.Add(ref, kMustBeDefined);
    return CheckBackendRef(ref, report);
  }
  if (!target.empty() && ref) {
    report.Add(backend, "openTelemetry must have only one type defined: endpoint, backendRef");
  } else if (target.empty() && !ref) {
    report.Add(backend, "openTelemetry must have exactly one defined: endpoint, backendRef");
  } else if (ref) {
    CheckBackendRef(ref, report);
  } else if (target.find_first_of("/?#") != std::string_view::npos) {
    report.Add(backend["endpoint"], "must be in host:port format, not a URL");
  } else if (endpoint == Endpoint::kHostAndPort && !SplitHostPort(target)) {
    report.Add(backend["endpoint"], "must be in host:port format");
  }
}

bool UsesOpenTelemetryEndpoint(const Node& backends) {
  const std::vector<Node> items = backends.Items();
  return std::any_of(items.begin(), items.end(), [](const Node& backend) {
    const Node telemetry = backend["openTelemetry"];
    return !telemetry["endpoint"].text().empty() && !telemetry.Has("backendRef");
  });
}

std::string AtLeastOneOf(std::initializer_list<std::string_view> names) {
  return fmt::format("must have at least one defined: {}", fmt::join(names, ", "));
}

}  // namespace skyden::resources::rules_json
