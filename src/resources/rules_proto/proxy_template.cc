// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "resources/envoy/resource.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "resources/rules_proto/values.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::ProxyTemplate;
using Modifications = ProxyTemplate::Modifications;
using envoy::Completeness;
using EnvoyResource = envoy::Resource;

bool IsProfile(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kProfiles = {"default-proxy", "egress-proxy",
                                                                "gateway-proxy", "ingress-proxy"};
  for (const std::string_view profile : kProfiles) {
    if (name == profile) return true;
  }
  return false;
}

void CheckImport(const Path& path, std::string_view name, Report& report) {
  if (name.empty()) return report.Add(path, kEmpty);
  if (IsProfile(name)) return;
  report.Add(path,
             "profile not found. Available profiles: "
             "default-proxy,egress-proxy,gateway-proxy,ingress-proxy");
}

void CheckValue(const Path& path, std::string_view value, EnvoyResource message,
                Completeness completeness, Report& report) {
  const std::string problem = envoy::WhyNotResource(value, message, completeness);
  if (problem.empty()) return;
  report.Add(path.Field("value"), fmt::format("native Envoy resource is not valid: {}", problem));
}

void BadOperation(const Path& path, bool in_chain, Report& report) {
  report.Add(path.Field("operation"),
             in_chain ? R"(invalid operation. Available operations: "addFirst", "addLast", )"
                        R"("addBefore", "addAfter", "patch", "remove")"
                      : R"(invalid operation. Available operations: "add", "patch", "remove")");
}

// Clusters and listeners: what is added stands alone, so there is nothing to match.
template <class Modification>
void CheckStandalone(const Path& path, const Modification& modification, EnvoyResource message,
                     Report& report) {
  if (modification.operation() == "add") {
    if (modification.has_match()) report.Add(path.Field("match"), "cannot be defined");
    CheckValue(path, modification.value(), message, Completeness::kWhole, report);
  } else if (modification.operation() == "patch") {
    CheckValue(path, modification.value(), message, Completeness::kPart, report);
  } else if (modification.operation() != "remove") {
    BadOperation(path, false, report);
  }
}

void CheckVirtualHost(const Path& path, const Modifications::VirtualHost& modification,
                      Report& report) {
  const auto message = EnvoyResource::kVirtualHost;
  if (modification.operation() == "add") {
    if (!modification.match().name().empty()) {
      report.Add(path.Field("match.name"), "cannot be defined");
    }
    CheckValue(path, modification.value(), message, Completeness::kWhole, report);
  } else if (modification.operation() == "patch") {
    CheckValue(path, modification.value(), message, Completeness::kPart, report);
  } else if (modification.operation() != "remove") {
    BadOperation(path, false, report);
  }
}

// Filters have a place in a chain.
template <class Modification>
void CheckFilter(const Path& path, const Modification& modification, EnvoyResource message,
                 Report& report) {
  const std::string& operation = modification.operation();
  const bool unnamed = modification.match().name().empty();
  const Path name = path.Field("match.name");
  Completeness completeness = Completeness::kWhole;
  if (operation == "addBefore" || operation == "addAfter") {
    if (unnamed) {
      report.Add(name, fmt::format("cannot be empty. You need to pick a filter {} which this one "
                                   "will be added",
                                   operation == "addBefore" ? "before" : "after"));
    }
  } else if (operation == "patch") {
    if (unnamed) report.Add(name, kEmpty);
    completeness = Completeness::kPart;
  } else if (operation == "remove") {
    return;
  } else if (operation != "addFirst" && operation != "addLast") {
    return BadOperation(path, true, report);
  }
  CheckValue(path, modification.value(), message, completeness, report);
}

void CheckModification(const Path& path, const Modifications& modification, Report& report) {
  switch (modification.type_case()) {
    case Modifications::kCluster:
      return CheckStandalone(path.Field("cluster"), modification.cluster(), EnvoyResource::kCluster,
                             report);
    case Modifications::kListener:
      return CheckStandalone(path.Field("listener"), modification.listener(),
                             EnvoyResource::kListener, report);
    case Modifications::kNetworkFilter:
      return CheckFilter(path.Field("networkFilter"), modification.networkfilter(),
                         EnvoyResource::kNetworkFilter, report);
    case Modifications::kHttpFilter:
      return CheckFilter(path.Field("httpFilter"), modification.httpfilter(),
                         EnvoyResource::kHttpFilter, report);
    case Modifications::kVirtualHost:
      return CheckVirtualHost(path.Field("virtualHost"), modification.virtualhost(), report);
    default:
      return;
  }
}

void CheckResource(const Path& path, const kuma::mesh::v1alpha1::ProxyTemplateRawResource& resource,
                   Report& report) {
  if (resource.name().empty()) report.Add(path.Field("name"), kEmpty);
  if (resource.version().empty()) report.Add(path.Field("version"), kEmpty);
  if (resource.resource().empty()) return report.Add(path.Field("resource"), kEmpty);
  const std::string problem = envoy::WhyNotPacked(resource.resource());
  if (problem.empty()) return;
  report.Add(path.Field("resource"),
             fmt::format("native Envoy resource is not valid: {}", problem));
}

}  // namespace

void Check(const ProxyTemplate& spec, Report& report) {
  SelectorsRules selectors = ServiceTagToo();
  selectors.at_least_one = false;
  CheckSelectors(Path("selectors"), spec.selectors(), selectors, report);
  const Path path("conf");
  const ProxyTemplate::Conf& conf = spec.conf();
  for (int i = 0; i < conf.imports_size(); ++i) {
    CheckImport(path.Field("imports").Index(static_cast<size_t>(i)), conf.imports(i), report);
  }
  for (int i = 0; i < conf.resources_size(); ++i) {
    CheckResource(path.Field("resources").Index(static_cast<size_t>(i)), conf.resources(i), report);
  }
  for (int i = 0; i < conf.modifications_size(); ++i) {
    CheckModification(path.Field("modifications").Index(static_cast<size_t>(i)),
                      conf.modifications(i), report);
  }
}

}  // namespace skyden::resources::rules_proto
