// SPDX-License-Identifier: Apache-2.0
#include "rest/readiness_json.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "rest/effects_json.h"
#include "rest/json_writer.h"
#include "rest/preview_json.h"
#include "rest/watcher.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"
#include "skyden/rest/kuma_version.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

using upgrade::Finding;
using upgrade::Remedy;

constexpr size_t kFindingsShown = 1'000;

// Of the public tool.
constexpr std::string_view kSchema = "kuma3-preflight/v3";
constexpr std::string_view kTool = "kuma3-preflight";
constexpr size_t kExamples = 10;

void WriteFinding(const Finding& finding, JsonWriter& json) {
  json.BeginObject()
      .Field("kind", finding.kind->id)
      .Field("remedy", upgrade::NameOf(finding.remedy))
      .Key("resource")
      .BeginObject();
  WriteName(*finding.type, finding.key, json);
  json.OptionalField("zone", finding.zone)
      .EndObject()
      .OptionalField("field", finding.field)
      .Field("title", finding.kind->title)
      .OptionalField("detail", finding.detail)
      .Field("reason", finding.kind->effect)
      .Field("what_to_do", finding.kind->advice)
      .EndObject();
}

std::string ExampleOf(const Finding& finding) {
  std::string text = finding.key.mesh;
  if (!text.empty()) text += '/';
  text += finding.key.name;
  if (!finding.zone.empty()) text += " [zone:" + finding.zone + "]";
  if (!finding.field.empty()) text += " (" + finding.field + ")";
  return text;
}

struct FindingGroup {
  uint64_t count = 0;
  std::vector<std::string> examples;
};
// By severity, kind (in their order) and the type's name.
using Groups = std::map<std::tuple<bool, const upgrade::Kind*, std::string>, FindingGroup>;

Groups GroupsOf(const std::vector<Finding>& findings) {
  Groups groups;
  for (const Finding& finding : findings) {
    FindingGroup& group = groups[{!finding.blocks(), finding.kind, finding.type->name}];
    ++group.count;
    if (group.examples.size() < kExamples) group.examples.push_back(ExampleOf(finding));
  }
  return groups;
}

base::FieldViolation ViolationOf(const Finding& finding) {
  std::string where = finding.type->name + " ";
  if (!finding.key.mesh.empty()) where += finding.key.mesh + "/";
  where += finding.key.name;
  const bool is_zone = finding.key.mesh.empty() && finding.key.name == finding.zone;
  if (!finding.zone.empty() && !is_zone) where += " of zone " + finding.zone;
  if (!finding.field.empty()) where += ": " + finding.field;
  std::string reason(finding.kind->title);
  if (!finding.detail.empty()) reason += " (" + finding.detail + ")";
  return {std::move(where), reason + ". " + std::string(finding.kind->advice)};
}

}  // namespace

void WriteFindings(const std::vector<Finding>& findings, size_t at_most, JsonWriter& json) {
  json.BeginArray();
  for (size_t i = 0; i < std::min(findings.size(), at_most); ++i) WriteFinding(findings[i], json);
  json.EndArray();
}

NamedFindings NameFindings(const std::vector<Finding>& findings,
                           absl::FunctionRef<bool(const Finding&)> meant) {
  NamedFindings named;
  for (const Finding& finding : findings) {
    if (!meant(finding)) continue;
    ++named.count;
    if (named.violations.size() < base::limits::kImportErrors) {
      named.violations.push_back(ViolationOf(finding));
    }
  }
  return named;
}

std::string ReadinessJson(const Deps& deps, const model::TenantScope& scope,
                          const Readiness& readiness) {
  const upgrade::Survey& survey = readiness.survey;
  JsonWriter json;
  json.BeginObject()
      .Field("revision", EventId(deps.store.epoch(), readiness.foresight.revision))
      .Field("ready", readiness.ready())
      .Field("complete", readiness.complete())
      .OptionalField("stopped", survey.stopped.empty() ? readiness.effects.stopped : survey.stopped)
      .Field("blocking", survey.blocking)
      .Key("findings");
  const size_t shown = std::min(survey.findings.size(), kFindingsShown);
  WriteFindings(survey.findings, shown, json);
  json.Field("findings_left_out",
             survey.findings_left_out + static_cast<uint64_t>(survey.findings.size() - shown))
      .Key("zones")
      .BeginArray();
  for (const Readiness::Zone& zone : readiness.zones) {
    json.BeginObject()
        .Field("name", zone.name)
        .Field("version", zone.version.empty() ? "unknown" : zone.version)
        .EndObject();
  }
  json.EndArray().Key("proxy_versions").BeginArray();
  for (const auto& [version, proxies] : readiness.proxy_versions) {
    json.BeginObject().Field("version", version).Field("proxies", proxies).EndObject();
  }
  json.EndArray();
  WriteChanges(deps, scope, readiness.foresight, json);
  WriteEffects(readiness.effects, json);
  return json.EndObject().Take();
}

std::string PreflightJson(const Deps& deps, const Readiness& readiness, const std::string& address,
                          absl::Time now) {
  const upgrade::Survey& survey = readiness.survey;
  const Groups groups = GroupsOf(survey.findings);
  uint64_t info = 0;
  for (const Finding& finding : survey.findings) info += finding.blocks() ? 0 : 1;
  JsonWriter json;
  json.BeginObject()
      .Field("schema", kSchema)
      .Field("tool", kTool)
      .Field("generatedAt", base::FormatRfc3339(now))
      .Field("status", !readiness.complete()  ? "inconclusive"
                       : survey.blocking != 0 ? "blockers"
                                              : "clean")
      .OptionalField("address", address)
      .Key("controlPlane")
      .BeginObject()
      .Field("product", "Kuma")
      .Field("version", KumaReleaseOf(model::KumaVersion::kTwo))
      .Field("mode", "global")
      .EndObject()
      .Key("meshes")
      .BeginArray();
  const auto& meshes = readiness.foresight.before.at(deps.registry.core().mesh->id);
  for (const auto& chunk : meshes->chunks()) {
    for (const auto& mesh : *chunk) json.String(mesh->key.name);
  }
  json.EndArray()
      .Key("summary")
      .BeginObject()
      .Field("blockers", survey.blocking)
      .Field("warnings", uint64_t{0})
      .Field("info", info)
      .Field("coverageGaps", uint64_t{readiness.complete() ? 0U : 1U})
      .Field("parseErrors", uint64_t{0})
      .Field("systemFindings", uint64_t{0})
      .EndObject()
      .Key("findings")
      .BeginArray();
  for (const auto& [what, group] : groups) {
    const auto& [is_info, kind, type_name] = what;
    json.BeginObject()
        .Field("severity", is_info ? "info" : "blocker")
        .Field("group", kind->group)
        .Field("category", kind->category)
        .Field("title", type_name + ": " + std::string(kind->title))
        .Field("detail", std::string(kind->effect) + " " + std::string(kind->advice))
        .Field("count", group.count)
        .Key("examples")
        .Strings(group.examples)
        .EndObject();
  }
  json.EndArray().Key("coverageGaps").BeginArray();
  if (!readiness.complete()) {
    json.BeginObject()
        .Field("path", "/")
        .Field("reason", survey.stopped.empty() ? readiness.effects.stopped : survey.stopped)
        .EndObject();
  }
  return json.EndArray().Key("manualChecks").BeginArray().EndArray().EndObject().Take();
}

}  // namespace skyden::rest
