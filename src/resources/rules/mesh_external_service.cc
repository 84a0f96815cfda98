// SPDX-License-Identifier: Apache-2.0
#include "resources/rules/checks.h"
#include "resources/rules/rules.h"
#include "resources/rules/service_names.h"
#include "resources/rules_proto/net.h"

namespace skyden::resources::spec_rules {
namespace {

void CheckVerification(const Node& verification, Report& report) {
  const Node server_name = verification["serverName"];
  if (server_name && !rules::IsDnsName(server_name.text())) {
    report.Add(server_name, "must be a valid DNS name");
  }
  const bool has_certificate = verification.Has("clientCert");
  const bool has_key = verification.Has("clientKey");
  if (has_certificate && !has_key) {
    report.Add(verification["clientKey"], "must be defined when clientCert is defined");
  }
  if (!has_certificate && has_key) {
    report.Add(verification["clientCert"], "must be defined when clientKey is defined");
  }
}

void Check(const Node& spec, const Subject& subject, Report& report) {
  if (subject.DisplayName().size() > kServiceNameMax) {
    report.Add(Path("name"), "must not be longer than 63 characters");
  }
  const Node extension = spec["extension"];
  if (extension) {
    // An extension has its own ideas of endpoints and TLS.
    if (extension["type"].text().empty()) report.Add(extension["type"], kMustNotBeEmpty);
    return;
  }
  for (const Node& endpoint : spec["endpoints"].Items()) {
    const std::string_view address = endpoint["address"].text();
    if (!rules::IsIp(address) && !rules::IsDnsName(address)) {
      report.Add(endpoint["address"], "address has to be a valid IP or hostname");
    }
  }
  const Node tls = spec["tls"];
  CheckTlsVersions(tls["version"], report);
  CheckVerification(tls["verification"], report);
}

void Warn(const Node& spec, const Subject& subject, std::vector<std::string>& warnings) {
  WarnAboutName(subject, warnings);
  WarnAboutSni(subject, "extsvc", PortText(spec["match"]["port"]), warnings);
}

}  // namespace

const Rules kMeshExternalServiceRules = {Check, Warn};

}  // namespace skyden::resources::spec_rules
