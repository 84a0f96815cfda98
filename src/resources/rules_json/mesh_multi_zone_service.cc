// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/rules.h"
#include "resources/rules_json/service_names.h"

namespace skyden::resources::rules_json {
namespace {

bool IsProtocol(std::string_view text) {
  return text == "grpc" || text == "http" || text == "http2" || text == "kafka" || text == "tcp";
}

void Check(const Node& spec, const Subject&, Report& report) {
  const Node labels = spec["selector"]["meshService"]["matchLabels"];
  if (labels.size() == 0) report.Add(labels, "cannot be empty");
  for (const Node& port : spec["ports"].Items()) {
    const Node name = port["name"];
    if (name && name.text().empty()) report.Add(name, kMustNotBeEmpty);
    if (!IsProtocol(port["appProtocol"].text())) {
      report.Add(port["appProtocol"], "appProtocol must be one of: grpc, http, http2, kafka, tcp");
    }
  }
}

void Warn(const Node& spec, const Subject& subject, std::vector<std::string>& warnings) {
  WarnAboutName(subject, warnings);
  for (const Node& port : spec["ports"].Items()) {
    const std::string_view name = port["name"].text();
    WarnAboutSni(subject, "mzsvc", name.empty() ? PortText(port["port"]) : std::string(name),
                 warnings);
  }
}

}  // namespace

extern const Rules kMeshMultiZoneServiceRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
