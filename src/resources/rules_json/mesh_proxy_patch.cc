// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "resources/envoy/resource.h"
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshGateway,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kTopOfNamespace = {Kind::kMesh, Kind::kMeshSubset, Kind::kDataplane,
                                   Kind::kMeshService, Kind::kMeshServiceSubset};

struct Target {
  std::string_view member;
  envoy::Resource resource;
};
constexpr Target kTargets[] = {{"cluster", envoy::Resource::kCluster},
                               {"listener", envoy::Resource::kListener},
                               {"virtualHost", envoy::Resource::kVirtualHost},
                               {"networkFilter", envoy::Resource::kNetworkFilter},
                               {"httpFilter", envoy::Resource::kHttpFilter}};

bool IsFilter(envoy::Resource resource) {
  return resource == envoy::Resource::kNetworkFilter || resource == envoy::Resource::kHttpFilter;
}

void CheckValue(const Node& value, envoy::Resource resource, envoy::Completeness completeness,
                Report& report) {
  const std::string why = envoy::WhyNotResource(value.text(), resource, completeness);
  if (!why.empty()) {
    report.Add(value, fmt::format("native Envoy resource is not valid: {}", why));
  }
}

void CheckJsonPatch(const Node& patch, Report& report) {
  const std::string_view op = patch["op"].text();
  const Node from = patch["from"];
  const bool moves = op == "move" || op == "copy";
  if (moves && !from) {
    report.Add(from, R"("from" must not be empty when "op" is one of ["move", "copy"])");
  } else if (!moves && from) {
    report.Add(from, R"("from" is allowed only when "op" is one of ["move", "copy"])");
  }
  // A value of null is a value.
  const bool has_value = patch.value() != nullptr && patch.value()->Find("value") != nullptr;
  const bool writes = op == "add" || op == "replace";
  const Path value = patch.path().Field("value");
  if (writes && !has_value) {
    report.Add(value, R"("value" must not be empty when "op" is one of ["add", "replace"])");
  } else if (!writes && has_value) {
    report.Add(value, R"("value" is allowed only when "op" is one of ["add", "replace"])");
  }
  const std::string_view path = patch["path"].text();
  if ((path.empty() || path == "/") && op == "remove") {
    report.Add(patch["path"], "root path cannot be removed");
  }
}

// `name`: of the member, which the reason repeats.
void CheckPatch(const Node& modification, std::string_view name, envoy::Resource resource,
                Report& report) {
  const Node value = modification["value"];
  const Node patches = modification["jsonPatches"];
  if (value && patches.size() > 0) {
    report.Add(modification,
               fmt::format("{} must have only one type defined: value, jsonPatches", name));
  } else if (value) {
    CheckValue(value, resource, envoy::Completeness::kPart, report);
  } else if (patches.size() == 0) {
    report.Add(modification,
               fmt::format("{} must have exactly one defined: value, jsonPatches", name));
  }
  if (value) return;
  for (const Node& patch : patches.Items()) CheckJsonPatch(patch, report);
}

void CheckModification(const Node& modification, const Target& target, Report& report) {
  const std::string_view operation = modification["operation"].text();
  const Node match = modification["match"];
  const Node value = modification["value"];
  if (operation == "Remove") {
    if (value) report.Add(value, kMustNotBeDefined);
    return;
  }
  const bool filter = IsFilter(target.resource);
  if (filter && !match.Has("name")) {
    if (operation == "AddBefore" || operation == "AddAfter") {
      report.Add(match["name"],
                 fmt::format("must be defined. You need to pick a filter {} which this one will be "
                             "added",
                             operation == "AddBefore" ? "before" : "after"));
    } else if (operation == "Patch") {
      report.Add(match["name"], kMustBeDefined);
    }
  }
  if (operation == "Patch") {
    return CheckPatch(modification, target.member, target.resource, report);
  }
  if (target.resource == envoy::Resource::kVirtualHost) {
    if (match.Has("name")) report.Add(match["name"], kMustNotBeDefined);
  } else if (!filter && match) {
    report.Add(match, kMustNotBeDefined);
  }
  if (!value) return report.Add(value, kMustBeDefined);
  CheckValue(value, target.resource, envoy::Completeness::kWhole, report);
}

void Check(const Node& spec, const Subject& subject, Report& report) {
  CheckTopTargetRef(spec, {.kinds = subject.IsSystemPolicy() ? kTop : kTopOfNamespace}, report);
  const Node modifications = spec["default"]["appendModifications"];
  if (modifications.size() == 0) report.Add(modifications, kMustNotBeEmpty);
  for (const Node& item : modifications.Items()) {
    int given = 0;
    for (const Target& target : kTargets) given += item.Has(target.member) ? 1 : 0;
    if (given != 1) {
      report.Add(item,
                 fmt::format("exactly one modification can be defined at a time. Currently, {} "
                             "modifications are defined",
                             given));
      continue;
    }
    for (const Target& target : kTargets) {
      if (item.Has(target.member)) CheckModification(item[target.member], target, report);
    }
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshProxyPatchRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
