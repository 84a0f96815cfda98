// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "resources/go/json.h"
#include "resources/rules_json/checks.h"
#include "resources/rules_json/lists.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"
#include "resources/rules_json/text.h"
#include "skyden/base/limits.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshGateway,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kMeshOnly = {Kind::kMesh};
constexpr Kinds kTo = {Kind::kMesh, Kind::kMeshService, Kind::kMeshExternalService,
                       Kind::kMeshMultiZoneService, Kind::kMeshHTTPRoute};

constexpr model::ByVersion<ListWords> kWords = {
    {{{"fields 'to' and 'from' must be empty when 'rules' is defined",
       "at least one of 'from', 'to' or 'rules' has to be defined"},
      {"'to' must be empty when 'rules' is defined",
       "at least one of 'to' or 'rules' has to be defined"}}}};

void CheckFormat(const Node& format, Report& report) {
  if (!format) return;
  if (format["type"].text() == "Plain") {
    const Node plain = format["plain"];
    if (!plain) {
      report.Add(plain, kMustBeDefined);
    } else if (plain.text().empty()) {
      report.Add(plain, kMustNotBeEmpty);
    }
    return;
  }
  const Node fields = format["json"];
  if (!fields) return report.Add(fields, kMustBeDefined);
  if (fields.size() == 0) report.Add(fields, kMustNotBeEmpty);
  for (const Node& field : fields.Items()) {
    const std::string_view key = field["key"].text();
    const std::string_view value = field["value"].text();
    if (key.empty()) report.Add(field["key"], "key cannot be empty");
    if (value.empty()) report.Add(field["value"], "value cannot be empty");
    // Both are pasted into a JSON text as they are.
    const std::string pasted = fmt::format("{{\"{}\": \"{}\"}}", key, value);
    if (!go_json::CheckValid(pasted, base::limits::kJsonDepth).ok()) {
      report.Add(field, "is not a valid JSON object");
    }
  }
}

void CheckAttributeName(const Node& key, Report& report) {
  const std::string_view text = key.text();
  if (text.empty()) {
    report.Add(key, kMustBeDefined);
  } else if (text.find('%') != std::string_view::npos) {
    report.Add(key,
               "must be a static OpenTelemetry attribute name; placeholders are only supported in "
               "values");
  } else if (text.starts_with("otel.")) {
    report.Add(key, "must not use the reserved OpenTelemetry prefix 'otel.'");
  }  // the schema's pattern has seen to the rest
}

void CheckBackend(const Node& backend, Report& report) {
  const std::string_view type = backend["type"].text();
  const Node conf = backend[type == "File" ? "file" : type == "Tcp" ? "tcp" : "openTelemetry"];
  if (!conf) return report.Add(conf, kMustBeDefined);
  if (type == "File") {
    CheckFormat(conf["format"], report);
    if (!IsFilePath(conf["path"].text())) {
      report.Add(conf["path"], "file backend requires a valid path");
    }
  } else if (type == "Tcp") {
    CheckFormat(conf["format"], report);
    if (!IsUrl(conf["address"].text())) {
      report.Add(conf["address"], "tcp backend requires valid address");
    }
  } else {
    CheckOpenTelemetry(conf, Endpoint::kAny, report);
    for (const Node& attribute : conf["attributes"].Items()) {
      CheckAttributeName(attribute["key"], report);
    }
  }
}

void CheckConf(const Node& conf, Report& report) {
  const Node backends = conf["backends"];
  if (!backends) return report.Add(backends, kMustBeDefined);
  for (const Node& backend : backends.Items()) CheckBackend(backend, report);
}

void Check(const Node& spec, const Subject&, Report& report) {
  CheckTopTargetRef(
      spec, {.kinds = kTop, .gateway_listener_tags = true, .inbound = AffectsInbounds(spec)},
      report);
  CheckLists(spec, kWords, report);
  const bool gateway = TopKind(spec) == Kind::kMeshGateway;
  for (const Node& to : spec["to"].Items()) {
    CheckTargetRef(to["targetRef"], {.kinds = gateway ? kMeshOnly : kTo}, report);
    CheckConf(to["default"], report);
  }
  for (const Node& from : spec["from"].Items()) {
    CheckTargetRef(from["targetRef"], {.kinds = kMeshOnly}, report);
    CheckConf(from["default"], report);
  }
  for (const Node& rule : spec["rules"].Items()) {
    for (const Node& match : rule["matches"].Items()) CheckMatch(match, report);
    CheckConf(rule["default"], report);
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutFrom(spec, kUseRules, warnings);
  for (const std::string_view list : {"to", "from", "rules"}) {
    const std::vector<Node> items = spec[list].Items();
    if (std::any_of(items.begin(), items.end(), [](const Node& item) {
          return UsesOpenTelemetryEndpoint(item["default"]["backends"]);
        })) {
      warnings.emplace_back(kOpenTelemetryEndpointDeprecated);
      break;
    }
  }
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshAccessLogRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
