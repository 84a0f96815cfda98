// SPDX-License-Identifier: Apache-2.0
#include "audit/destination_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "skyden/base/utf8.h"
#include "skyden/http/fetch.h"

namespace skyden::audit {
namespace {

void CheckName(const std::string& name, Violations& violations) {
  if (name.empty() || name.size() > kDestinationNameBytes) {
    violations.push_back(
        {"name", fmt::format("must have from 1 to {} bytes", kDestinationNameBytes)});
  } else if (!base::IsValidUtf8(name) || name.find('\0') != std::string::npos) {
    violations.push_back({"name", "must be UTF-8"});
  }
}

// It becomes a line of a request: nothing that ends one.
void CheckAuthorization(const std::string& authorization, Violations& violations) {
  const bool plain = std::all_of(authorization.begin(), authorization.end(),
                                 [](char c) { return c >= 0x20 && c < 0x7f; });
  if (authorization.size() > kAuthorizationBytes) {
    violations.push_back(
        {"authorization", fmt::format("must have at most {} bytes", kAuthorizationBytes)});
  } else if (!plain) {
    violations.push_back({"authorization", "must be one line of visible ASCII characters"});
  }
}

}  // namespace

absl::Status CheckEndpoint(const std::string& endpoint, Endpoints allowed) {
  if (endpoint.size() > kEndpointBytes) {
    return absl::InvalidArgumentError(fmt::format("must have at most {} bytes", kEndpointBytes));
  }
  if (const absl::Status url = http::CheckUrl(endpoint); !url.ok()) return url;
  const bool tls = endpoint.starts_with("https://");
  const bool outside = http::CheckUrlIsOutside(endpoint).ok();
  if (!outside && allowed == Endpoints::kOutside) {
    return absl::InvalidArgumentError(
        "must not be on the daemon's own host or link; who runs the daemon can allow that "
        "(audit_destinations_internal)");
  }
  if (!tls && outside) return absl::InvalidArgumentError("must begin with https://");
  return absl::OkStatus();
}

void CheckChange(const DestinationChange& change, Endpoints allowed, Violations& violations) {
  if (change.name.has_value()) CheckName(*change.name, violations);
  if (change.endpoint.has_value()) {
    const absl::Status endpoint = CheckEndpoint(*change.endpoint, allowed);
    if (!endpoint.ok()) violations.push_back({"endpoint", std::string(endpoint.message())});
  }
  if (change.authorization.has_value()) CheckAuthorization(*change.authorization, violations);
  if (change.log_format.has_value() && *change.log_format != kJsonFormat &&
      *change.log_format != kCefFormat) {
    violations.push_back({"log_format", "must be json or cef"});
  }
}

absl::Status Refused(const Violations& violations) {
  if (violations.empty()) return absl::OkStatus();
  const base::FieldViolation& first = violations.front();
  return base::WithViolations(
      absl::InvalidArgumentError(fmt::format("{}: {}", first.field, first.reason)), violations);
}

std::string HostOf(const std::string& endpoint) {
  const size_t scheme = endpoint.find("://");
  if (scheme == std::string::npos) return "";
  const size_t begin = scheme + 3;
  const size_t end = std::min(endpoint.find_first_of("/?#", begin), endpoint.size());
  return endpoint.substr(begin, end - begin);
}

}  // namespace skyden::audit
