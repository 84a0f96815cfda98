// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"
#include "resources/rules_json/text.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshGateway,       Kind::kMeshSubset,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kTopOfNamespace = {Kind::kMesh, Kind::kMeshSubset, Kind::kMeshService,
                                   Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kToBehindGateway = {Kind::kMesh};
constexpr Kinds kTo = {Kind::kMeshService, Kind::kMeshExternalService, Kind::kMeshMultiZoneService};
constexpr Kinds kBackends = {Kind::kMeshService, Kind::kMeshServiceSubset,
                             Kind::kMeshExternalService, Kind::kMeshMultiZoneService};
constexpr Kinds kMirrorsOfTwo = {Kind::kMeshService, Kind::kMeshServiceSubset};
constexpr Kinds kMirrorsOfThree = {Kind::kMeshService, Kind::kMeshExternalService,
                                   Kind::kMeshMultiZoneService};
constexpr model::ByVersion<const Kinds*> kMirrors = {{&kMirrorsOfTwo, &kMirrorsOfThree}};
// Of hostToBackendHostname, unless it is a gateway's.
constexpr model::ByVersion<const char*> kNoGateway = {
    {"can only be set with MeshGateway", "must not be set"}};
// What Kubernetes' gateway conversion writes for a backend that does not exist.
constexpr std::string_view kUnresolvedBackend = "kuma.io/unresolved-backend";

void CheckPathMatch(const Node& path, Report& report) {
  const std::string_view type = path["type"].text();
  const std::string_view value = path["value"].text();
  if (type == "RegularExpression" || !path) return;
  if (type == "PathPrefix") {
    if (value == "/") return;
    if (value.ends_with('/')) {
      report.Add(path["value"],
                 "does not need a trailing slash because only a `/`-separated prefix or an entire "
                 "path is matched");
    }
  }
  if (!value.starts_with('/')) report.Add(path["value"], "must be an absolute path");
}

void CheckMatches(const Node& rule, Report& report) {
  for (const Node& match : rule["matches"].Items()) {
    CheckPathMatch(match["path"], report);
    std::set<std::string_view> names;
    for (const Node& parameter : match["queryParams"].Items()) {
      const std::string_view name = parameter["name"].text();
      if (!names.insert(name).second) {
        report.Add(parameter["name"], fmt::format("multiple entries for name {}", name));
      }
    }
    for (const Node& header : match["headers"].Items()) {
      const std::string_view type = header["type"].text();
      if ((type == "Present" || type == "Absent") && !header["value"].text().empty()) {
        report.Add(header["value"], kMustNotBeDefined);
      }
    }
  }
}

void CheckHeaders(const Node& modifier, Report& report) {
  if (!modifier.Has("set") && !modifier.Has("add") && !modifier.Has("remove")) {
    return report.Add(modifier, AtLeastOneOf({"set", "add", "remove"}));
  }
  std::set<std::string_view> names;
  const auto once = [&](const Node& place, std::string_view name) {
    if (!names.insert(name).second) report.Add(place["name"], "duplicate header name");
  };
  for (const Node& header : modifier["set"].Items()) once(header, header["name"].text());
  for (const Node& header : modifier["add"].Items()) once(header, header["name"].text());
  for (const Node& name : modifier["remove"].Items()) once(name, name.text());
}

void CheckHostname(const Node& hostname, Report& report) {
  if (!hostname) return;
  if (IsIpSloppy(hostname.text())) return report.Add(hostname, "cannot be an IP address");
  for (std::string& why : WhyNotDns1123Subdomain(hostname.text())) {
    report.Add(hostname, std::move(why));
  }
}

// `replacePrefixMatch` needs a prefix to replace in every match.
void CheckPrefixRewrite(const Node& filter, const Node& rule, Report& report) {
  const Node rewrite = filter["path"]["replacePrefixMatch"];
  if (!rewrite) return;
  const std::vector<Node> matches = rule["matches"].Items();
  if (std::any_of(matches.begin(), matches.end(),
                  [](const Node& match) { return match["path"]["type"].text() != "PathPrefix"; })) {
    report.Add(rewrite, "can only appear if all matches match a path prefix");
  }
}

void CheckUrlRewrite(const Node& rewrite, const Node& rule, Kind top, Report& report) {
  CheckPrefixRewrite(rewrite, rule, report);
  CheckHostname(rewrite["hostname"], report);
  const Node to_backend = rewrite["hostToBackendHostname"];
  if (!to_backend.boolean()) return;
  if (top != Kind::kMeshGateway) report.Add(to_backend, kNoGateway[report.version()]);
  if (rewrite.Has("hostname")) report.Add(to_backend, "cannot be set together with hostname");
}

void CheckFilter(const Node& filter, const Node& rule, Kind top, Report& report) {
  struct Member {
    std::string_view type;
    std::string_view name;
  };
  static constexpr Member kMembers[] = {{"RequestHeaderModifier", "requestHeaderModifier"},
                                        {"ResponseHeaderModifier", "responseHeaderModifier"},
                                        {"RequestRedirect", "requestRedirect"},
                                        {"URLRewrite", "urlRewrite"},
                                        {"RequestMirror", "requestMirror"}};
  const std::string_view type = filter["type"].text();
  for (const Member& member : kMembers) {
    if (member.type != type) continue;
    const Node conf = filter[member.name];
    if (!conf) return report.Add(conf, kMustBeDefined);
    if (type == "RequestRedirect") {
      CheckPrefixRewrite(conf, rule, report);
      CheckHostname(conf["hostname"], report);
    } else if (type == "URLRewrite") {
      CheckUrlRewrite(conf, rule, top, report);
    } else if (type == "RequestMirror") {
      CheckTargetRef(conf["backendRef"], {.kinds = *kMirrors[report.version()]}, report);
    } else {
      CheckHeaders(conf, report);
    }
  }
}

void CheckBackends(const Node& conf, Kind top, Report& report) {
  const std::vector<Node> filters = conf["filters"].Items();
  const Node backends = conf["backendRefs"];
  if (backends.size() == 0 && top == Kind::kMeshGateway &&
      std::none_of(filters.begin(), filters.end(),
                   [](const Node& filter) { return filter["type"].text() == "RequestRedirect"; })) {
    report.Add(backends, kMustNotBeEmpty);
  }
  for (const Node& backend : backends.Items()) {
    CheckBackendRef(backend, {.kinds = kBackends, .any_name = kUnresolvedBackend}, report);
  }
}

void Check(const Node& spec, const Subject& subject, Report& report) {
  const bool system = subject.IsSystemPolicy();
  CheckTopTargetRef(
      spec, {.kinds = system ? kTop : kTopOfNamespace, .gateway_listener_tags = system}, report);
  const Kind top = TopKind(spec);
  const bool gateway = top == Kind::kMeshGateway;
  for (const Node& to : spec["to"].Items()) {
    CheckTargetRef(to["targetRef"], {.kinds = gateway ? kToBehindGateway : kTo}, report);
    for (const Node& rule : to["rules"].Items()) {
      CheckMatches(rule, report);
      for (const Node& filter : rule["default"]["filters"].Items()) {
        CheckFilter(filter, rule, top, report);
      }
      CheckBackends(rule["default"], top, report);
    }
    if (!gateway && to["hostnames"].size() > 0) report.Add(to["hostnames"], kMustNotBeDefined);
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshHTTPRouteRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
