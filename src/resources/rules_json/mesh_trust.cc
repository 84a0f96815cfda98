// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/rules.h"
#include "resources/rules_json/text.h"

namespace skyden::resources::rules_json {
namespace {

void Check(const Node& spec, const Subject&, Report& report) {
  for (const Node& bundle : spec["caBundles"].Items()) {
    const Node pem = bundle["pem"];
    if (!pem) {
      report.Add(pem, kMustBeDefined);
    } else if (!IsPemCertificate(pem["value"].text())) {
      report.Add(pem["value"], "provided certificate has incorrect format");
    }
  }
  const Node domain = spec["trustDomain"];
  if (domain.text().empty()) report.Add(domain, "trustDomain needs to be defined");
  if (domain.text().size() > 253) report.Add(domain, "must not be longer than 253 characters");
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  if (spec.Has("origin")) warnings.emplace_back("setting spec.origin field is deprecated");
}

}  // namespace

extern const Rules kMeshTrustRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
