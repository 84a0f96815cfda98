// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "resources/go/text.h"
#include "resources/go_template/template.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/text.h"
#include "skyden/base/strings.h"

namespace skyden::resources::rules_json {
namespace {

void CheckTemplate(const Node& node, Report& report) {
  const std::string_view text = node.text();
  if (text.empty()) return report.Add(node, kMustNotBeEmpty);
  const auto parsed = go_template::Template::Parse(
      std::string(text), [](std::string_view) { return std::string("label"); });
  if (!parsed.ok()) {
    return report.Add(
        node, fmt::format("couldn't parse template: {}", base::ToStd(parsed.status().message())));
  }
  // What a service with ordinary names would be called.
  const auto hostname = parsed->Execute(go_template::Data::Struct({{"Name", "name"},
                                                                   {"DisplayName", "displayname"},
                                                                   {"Namespace", "namespace"},
                                                                   {"Mesh", "mesh"},
                                                                   {"Zone", "zone"}}));
  if (!hostname.ok()) {
    return report.Add(node, fmt::format("couldn't render template with stub values: {}",
                                        base::ToStd(hostname.status().message())));
  }
  if (const auto why = WhyNotDns1123Subdomain(*hostname); !why.empty()) {
    report.Add(node, fmt::format("template renders to {} which is not a valid DNS name: {}",
                                 GoQuote(*hostname), fmt::join(why, ", ")));
  }
}

void Check(const Node& spec, const Subject&, Report& report) {
  const Node selector = spec["selector"];
  const int selectors = (selector.Has("meshService") ? 1 : 0) +
                        (selector.Has("meshExternalService") ? 1 : 0) +
                        (selector.Has("meshMultiZoneService") ? 1 : 0);
  if (selectors != 1) {
    report.Add(selector, "exact one selector (meshService, meshExternalService) must be defined");
  }
  CheckTemplate(spec["template"], report);
  const Node extension = spec["extension"];
  if (extension && extension["type"].text().empty()) {
    report.Add(extension["type"], kMustNotBeEmpty);
  }
}

}  // namespace

extern const Rules kHostnameGeneratorRules = {Check, nullptr};

}  // namespace skyden::resources::rules_json
