// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "absl/strings/match.h"
#include "resources/go/net.h"
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"
#include "resources/rules_json/text.h"
#include "skyden/base/strings.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshGateway,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kTopOfNamespace = {Kind::kMesh, Kind::kMeshSubset, Kind::kMeshService,
                                   Kind::kMeshServiceSubset, Kind::kDataplane};

// scheme "://" [userinfo "@"] authority [path] ["?" query]; a request URI has no fragment.
void CheckDatadogUrl(const Node& url, Report& report) {
  const std::string_view text = url.text();
  const auto parsed = ParseRequestUri(text);
  if (!parsed) return report.Add(url, "must be a valid url");
  const size_t colon = text.find(':');
  const bool schemed = !text.starts_with('/') && colon != std::string_view::npos;
  if (!schemed || !absl::EqualsIgnoreCase(base::ToAbsl(text.substr(0, colon)), "http"))
    report.Add(url, "scheme must be http");
  if (parsed->port.empty()) {
    report.Add(url, "port must be defined");
  } else {
    unsigned port = 0;
    const std::string& digits = parsed->port;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (result.ec != std::errc() || port == 0 || port > 65535) report.Add(url, kPortRange);
  }
  std::string_view rest = schemed ? text.substr(colon + 1) : text;
  const size_t question = rest.find('?');
  const bool has_query = question != std::string_view::npos && question + 1 < rest.size();
  rest = rest.substr(0, question);
  const bool has_authority = rest.starts_with("//");
  const bool opaque = schemed && !rest.starts_with('/');
  std::string_view path = rest;
  if (has_authority) {
    rest.remove_prefix(2);
    const size_t slash = rest.find('/');
    if (rest.substr(0, slash).find('@') != std::string_view::npos) {
      report.Add(url, "user must not be defined");
    }
    path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  }
  if (opaque) report.Add(url, "opaque must not be defined");
  if (!opaque && !path.empty()) report.Add(url, "path must not be defined");
  if (has_query) report.Add(url, "query must not be defined");
}

void CheckBackend(const Node& backend, Report& report) {
  const std::string_view type = backend["type"].text();
  const Node conf = backend[type == "Zipkin"    ? "zipkin"
                            : type == "Datadog" ? "datadog"
                                                : "openTelemetry"];
  if (!conf) return report.Add(conf, kMustBeDefined);
  const Node url = conf["url"];
  if (type == "Datadog") {
    CheckDatadogUrl(url, report);
  } else if (type == "Zipkin") {
    if (url.text().empty()) {
      report.Add(url, kMustNotBeEmpty);
    } else if (!IsUrl(url.text())) {
      report.Add(url, "must be a valid url");
    }
  } else {
    CheckOpenTelemetry(conf, Endpoint::kAny, report);
  }
}

void CheckSampling(const Node& share, Report& report) {
  if (!share) return;
  const std::optional<double> value = share.decimal();
  if (!value) {
    report.Add(share, "string is not a number");
  } else if (*value < 0 || *value > 100) {
    report.Add(share, "must be between 0 and 100");
  }
}

void Check(const Node& spec, const Subject& subject, Report& report) {
  CheckTopTargetRef(spec, {.kinds = subject.IsSystemPolicy() ? kTop : kTopOfNamespace}, report);
  const Node conf = spec["default"];
  const Node backends = conf["backends"];
  if (!backends) report.Add(backends, kMustBeDefined);
  if (backends.size() == 1) CheckBackend(backends.At(0), report);
  for (const Node& tag : conf["tags"].Items()) {
    if (tag["name"].text().empty()) report.Add(tag["name"], kMustNotBeEmpty);
    if (tag.Has("header") == tag.Has("literal")) {
      report.Add(tag, "tag must have only one type defined: header, literal");
    }
  }
  for (const std::string_view share : {"client", "random", "overall"}) {
    CheckSampling(conf["sampling"][share], report);
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  if (UsesOpenTelemetryEndpoint(spec["default"]["backends"])) {
    warnings.emplace_back(kOpenTelemetryEndpointDeprecated);
  }
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshTraceRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
