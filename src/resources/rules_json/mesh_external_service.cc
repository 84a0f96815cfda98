// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "resources/go/net.h"
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/service_names.h"

namespace skyden::resources::rules_json {
namespace {

bool HasAny(const Node& source, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return source.Has(name); });
}

// A source of the newer shape, which 2.14.6 and 3 read; one of the older says all by its member.
// A control plane reads neither files nor its environment for somebody's service.
void CheckSource(const Node& source, Report& report) {
  const bool older = HasAny(source, {"secret", "inline", "inlineString"});
  const bool newer = HasAny(source, {"file", "envVar", "insecureInline", "secretRef"});
  const Node type = source["type"];
  if (older && (newer || type)) {
    return report.Add(source, "must not have both 'type' and one of: secret, inline, inlineString");
  }
  if (!type) {
    if (newer) report.Add(type, kMustBeDefined);
    return;
  }
  if (type.text() != "Secret" && type.text() != "InsecureInline") {
    return report.Add(type, fmt::format("{} must be one of: Secret, InsecureInline", type.text()));
  }
  const bool secret = type.text() == "Secret";
  const Node conf = source[secret ? "secretRef" : "insecureInline"];
  if (!conf) return report.Add(conf, kMustBeDefined);
  const Node value = conf[secret ? "name" : "value"];
  if (value.text().empty()) report.Add(value, kMustBeDefined);
}

void CheckSources(const Node& verification, Report& report) {
  for (const char* name : {"caCert", "clientCert", "clientKey"}) {
    if (const Node source = verification[name]) CheckSource(source, report);
  }
}

void CheckVerification(const Node& verification, Report& report) {
  const Node server_name = verification["serverName"];
  if (server_name && !IsDnsName(server_name.text())) {
    report.Add(server_name, "must be a valid DNS name");
  }
  CheckOneOf(verification["mode"], "mode", {"SkipSAN", "SkipCA", "SkipAll", "Secured"}, report,
             Empty::kAllowed);
  for (const Node& name : verification["subjectAltNames"].Items()) {
    CheckOneOf(name["type"], "type", {"Prefix", "Exact"}, report);
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
    CheckSources(spec["tls"]["verification"], report);
    if (extension["type"].text().empty()) report.Add(extension["type"], kMustNotBeEmpty);
    return;
  }
  for (const Node& endpoint : spec["endpoints"].Items()) {
    const std::string_view address = endpoint["address"].text();
    if (!IsIp(address) && !IsDnsName(address)) {
      report.Add(endpoint["address"], "address has to be a valid IP or hostname");
    }
  }
  const Node tls = spec["tls"];
  CheckTlsVersions(tls["version"], report);
  CheckVerification(tls["verification"], report);
  CheckSources(tls["verification"], report);
}

void Warn(const Node& spec, const Subject& subject, std::vector<std::string>& warnings) {
  WarnAboutName(subject, warnings);
  WarnAboutSni(subject, "extsvc", PortText(spec["match"]["port"]), warnings);
}

}  // namespace

extern const Rules kMeshExternalServiceRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
