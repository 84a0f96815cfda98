// SPDX-License-Identifier: Apache-2.0
#include "resources/go/net.h"
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"

namespace skyden::resources::rules_json {
namespace {

void CheckPath(const Node& path, std::string_view protocol, Report& report) {
  const std::string_view text = path.text();
  if (text.empty()) return;
  if (protocol == "grpc") return report.Add(path, "must not be set when protocol is grpc");
  if (!text.starts_with('/')) report.Add(path, "must start with /");
  if (text.find_first_of("?#") != std::string_view::npos) {
    report.Add(path, "must not contain query or fragment");
  }
}

void Check(const Node& spec, const Subject&, Report& report) {
  const Node protocol = spec["protocol"];
  const Node endpoint = spec["endpoint"];
  const Node address = endpoint["address"];
  if (address && address.text().empty()) {
    report.Add(address, kMustNotBeEmpty);
  } else if (address && !IsIp(address.text()) && !IsDnsName(address.text())) {
    report.Add(address, "address has to be a valid IP or hostname");
  }
  const Node port = endpoint["port"];
  if (port) CheckPort(port.path(), port.number(), report);
  CheckPath(endpoint["path"], protocol ? protocol.text() : "grpc", report);
  CheckOneOf(protocol, "protocol", {"grpc", "http"}, report, Empty::kAllowed);
  const Node env = spec["env"];
  CheckOneOf(env["mode"], "mode", {"Disabled", "Optional", "Required"}, report, Empty::kAllowed);
  CheckOneOf(env["precedence"], "precedence", {"ExplicitFirst", "EnvFirst"}, report,
             Empty::kAllowed);
}

}  // namespace

extern const Rules kMeshOpenTelemetryBackendRules = {Check, nullptr};

}  // namespace skyden::resources::rules_json
