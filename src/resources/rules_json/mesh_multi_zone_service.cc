// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>

#include "resources/rules_json/rules.h"
#include "resources/rules_json/service_names.h"

namespace skyden::resources::rules_json {
namespace {

using Protocols = std::initializer_list<std::string_view>;
const Protocols kProtocolsOfTwo = {"grpc", "http", "http2", "kafka", "tcp"};
const Protocols kProtocolsOfThree = {"grpc", "http", "http2", "tcp"};
constexpr model::ByVersion<const Protocols*> kProtocols = {{&kProtocolsOfTwo, &kProtocolsOfThree}};

void Check(const Node& spec, const Subject&, Report& report) {
  const Node labels = spec["selector"]["meshService"]["matchLabels"];
  if (labels.size() == 0) report.Add(labels, "cannot be empty");
  for (const Node& port : spec["ports"].Items()) {
    const Node name = port["name"];
    if (name && name.text().empty()) report.Add(name, kMustNotBeEmpty);
    const Node protocol = port["appProtocol"];
    const Protocols& known = *kProtocols[report.version()];
    if (std::find(known.begin(), known.end(), protocol.text()) == known.end()) {
      report.Add(protocol, fmt::format("appProtocol must be one of: {}", fmt::join(known, ", ")));
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
