// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshGateway,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kMeshHTTPRoute,
                        Kind::kDataplane};
constexpr Kinds kTopOfNamespace = {Kind::kMesh, Kind::kMeshSubset, Kind::kMeshService,
                                   Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kToBehindGateway = {Kind::kMesh, Kind::kMeshExternalService};
constexpr Kinds kTo = {Kind::kMesh, Kind::kMeshService, Kind::kMeshExternalService,
                       Kind::kMeshMultiZoneService, Kind::kMeshHTTPRoute};

constexpr std::array<std::string_view, 17> kReasons = {"5xx",
                                                       "GatewayError",
                                                       "Reset",
                                                       "Retriable4xx",
                                                       "ConnectFailure",
                                                       "EnvoyRatelimited",
                                                       "RefusedStream",
                                                       "Http3PostConnectFailure",
                                                       "HttpMethodConnect",
                                                       "HttpMethodDelete",
                                                       "HttpMethodGet",
                                                       "HttpMethodHead",
                                                       "HttpMethodOptions",
                                                       "HttpMethodPatch",
                                                       "HttpMethodPost",
                                                       "HttpMethodPut",
                                                       "HttpMethodTrace"};

// A status that has a name.
bool IsHttpStatus(int code) {
  struct Range {
    int first, last;
  };
  static constexpr Range kKnown[] = {{100, 103}, {200, 208}, {226, 226}, {300, 305},
                                     {307, 308}, {400, 418}, {421, 426}, {428, 429},
                                     {431, 431}, {451, 451}, {500, 508}, {510, 511}};
  return std::any_of(std::begin(kKnown), std::end(kKnown),
                     [code](const Range& r) { return code >= r.first && code <= r.last; });
}

bool IsRetryOn(std::string_view text) {
  if (std::find(kReasons.begin(), kReasons.end(), text) != kReasons.end()) return true;
  if (text.starts_with('+')) text.remove_prefix(1);
  int code = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), code);
  return result.ec == std::errc() && result.ptr == text.data() + text.size() && IsHttpStatus(code);
}

void CheckBackOffs(const Node& conf, Report& report) {
  const Node back_off = conf["backOff"];
  if (back_off && !back_off.Has("baseInterval") && !back_off.Has("maxInterval")) {
    report.Add(back_off, kMustNotBeEmpty);
  }
  const Node limited = conf["rateLimitedBackOff"];
  if (!limited) return;
  const Node max = limited["maxInterval"];
  if (max && max.duration() <= absl::ZeroDuration()) {
    report.Add(max, "must be defined and greater than zero");
  }
  if (!limited.Has("resetHeaders")) report.Add(limited["resetHeaders"], kMustBeDefined);
}

void CheckHostSelection(const Node& predicates, Report& report) {
  bool has_priorities = false;
  for (const Node& predicate : predicates.Items()) {
    const std::string_view type = predicate["predicate"].text();
    if (type == "OmitHostsWithTags" && !predicate.Has("tags")) {
      report.Add(predicate["tags"], kMustBeDefined);
    }
    if (type != "OmitPreviousPriorities") continue;
    if (has_priorities) {
      report.Add(predicate["predicate"], fmt::format("{} must only be specified once", type));
    }
    has_priorities = true;
    if (predicate["updateFrequency"].number() <= 0) {
      report.Add(predicate["updateFrequency"], "must be defined and greater than zero");
    }
  }
}

bool HasNone(const Node& node, std::initializer_list<std::string_view> members) {
  return std::none_of(members.begin(), members.end(),
                      [&](std::string_view member) { return node.Has(member); });
}

void CheckHttp(const Node& http, Report& report) {
  if (!http) return;
  if (HasNone(http, {"numRetries", "perTryTimeout", "backOff", "retryOn", "retriableRequestHeaders",
                     "retriableResponseHeaders", "rateLimitedBackOff", "hostSelection"})) {
    report.Add(http, kMustNotBeEmpty);
  }
  CheckBackOffs(http, report);
  for (const Node& item : http["retryOn"].Items()) {
    if (!IsRetryOn(item.text())) report.Add(item, fmt::format("unknown item '{}'", item.text()));
  }
  CheckHostSelection(http["hostSelection"], report);
}

void CheckConf(const Node& conf, Report& report) {
  if (HasNone(conf, {"tcp", "http", "grpc"})) {
    report.Add(conf, "at least one of the 'tcp', 'http', 'grpc' must be specified");
  }
  if (const Node tcp = conf["tcp"]) {
    if (!tcp.Has("maxConnectAttempt")) report.Add(tcp, kMustNotBeEmpty);
    CheckPositive(tcp["maxConnectAttempt"], report);
  }
  CheckHttp(conf["http"], report);
  if (const Node grpc = conf["grpc"]) {
    if (HasNone(grpc,
                {"numRetries", "perTryTimeout", "backOff", "retryOn", "rateLimitedBackOff"})) {
      report.Add(grpc, kMustNotBeEmpty);
    }
    CheckBackOffs(grpc, report);
  }
}

void Check(const Node& spec, const Subject& subject, Report& report) {
  const bool system = subject.IsSystemPolicy();
  CheckTopTargetRef(
      spec, {.kinds = system ? kTop : kTopOfNamespace, .gateway_listener_tags = system}, report);
  const Kind top = TopKind(spec);
  const bool gateway = top == Kind::kMeshGateway || top == Kind::kMeshHTTPRoute;
  for (const Node& to : spec["to"].Items()) {
    CheckTargetRef(to["targetRef"], {.kinds = gateway ? kToBehindGateway : kTo}, report);
    // The public path has a `conf` in it that the spec has not.
    const Node conf = to["default"];
    CheckConf(conf.Named(conf.path().Field("conf")), report);
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshRetryRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
