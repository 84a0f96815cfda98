// SPDX-License-Identifier: Apache-2.0
// What an upgrade writes is what readiness would write, over the same revision: whoever looked at
// the one knows the other.
#include "rest/upgrade_api.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "rest/effects_json.h"
#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "rest/problem.h"
#include "rest/readiness.h"
#include "rest/readiness_json.h"
#include "rest/refusal.h"
#include "rest/revision_text.h"
#include "rest/transfer_api.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/permissions.h"
#include "skyden/resources/access.h"
#include "skyden/resources/cutover.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

using model::KumaVersion;
using resources::Cutover;
using resources::ImportMode;

struct UpgradeAsked {
  KumaVersion to = KumaVersion::kThree;
  ImportMode mode = ImportMode::kApply;
  bool discards_later = false;
};

Decoded<UpgradeAsked> DecodeUpgrade(std::string_view body) {
  ObjectReader reader(body);
  UpgradeAsked asked;
  if (!reader.readable()) return Result(reader, asked);
  const std::string to = reader.TakeRequiredString("to");
  if (const auto version = model::ParseKumaVersion(to)) {
    asked.to = *version;
  } else if (!to.empty()) {
    reader.Refuse("to", "enum",
                  fmt::format("must be one of {}", fmt::join(model::kKumaVersionNames, ", ")));
  }
  if (reader.TakeBool("dry_run").value_or(false)) asked.mode = ImportMode::kDryRun;
  asked.discards_later = reader.TakeBool("discard_later").value_or(false);
  if (asked.discards_later && asked.to != KumaVersion::kTwo) {
    reader.Refuse("discard_later", "invalid", "goes with the way back, to v2");
  }
  return Result(reader, asked);
}

// Why it cannot be done now, each thing by name; OK when it can.
absl::Status CheckReady(const Readiness& readiness) {
  const upgrade::Survey& survey = readiness.survey;
  if (!survey.stopped.empty()) {
    return base::WithTitle(
        absl::FailedPreconditionError(
            fmt::format("Not all of the control plane could be looked at: {}. Nothing was stored.",
                        survey.stopped)),
        "Conflict");
  }
  if (survey.blocking == 0) return absl::OkStatus();
  const auto named = NameFindings(survey.findings,
                                  [](const upgrade::Finding& finding) { return finding.blocks(); });
  return base::WithViolations(
      base::WithTitle(absl::FailedPreconditionError(fmt::format(
                          "{} finding{} in the way of Kuma 3 that an upgrade cannot see to. "
                          "Nothing was stored.",
                          survey.blocking, survey.blocking == 1 ? " is" : "s are")),
                      "Conflict"),
      named.violations);
}

std::string DeletionOf(const upgrade::Change& change) {
  nlohmann::json document = {{"type", change.type->name}, {"name", change.key.name}};
  if (!change.key.mesh.empty()) document["mesh"] = change.key.mesh;
  document["delete"] = true;
  return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

resources::UpgradeRequest RequestOf(const Readiness& readiness, ImportMode mode) {
  resources::UpgradeRequest request;
  for (const upgrade::Change& change : readiness.survey.changes) {
    const bool goes = change.kind == upgrade::Change::Kind::kDeleted;
    request.documents.push_back(
        {request.documents.size() + 1, goes ? DeletionOf(change) : change.body});
  }
  request.if_revision = readiness.foresight.revision;
  request.mode = mode;
  return request;
}

void WriteCutover(const Deps& deps, const Cutover& cutover, ImportMode mode, JsonWriter& json) {
  using Outcome = resources::ImportLine::Outcome;
  json.BeginObject()
      .Field("from", model::NameOf(cutover.from))
      .Field("to", model::NameOf(cutover.to))
      .Field("dry_run", mode == ImportMode::kDryRun)
      .Field("revision_before", cutover.before);
  if (mode == ImportMode::kApply) json.Field("revision", cutover.after);
  constexpr std::array kCounted = {std::pair{"created", Outcome::kCreated},
                                   std::pair{"updated", Outcome::kUpdated},
                                   std::pair{"deleted", Outcome::kDeleted}};
  for (const auto& [name, outcome] : kCounted) {
    uint64_t count = 0;
    for (const auto& line : cutover.lines) count += line.outcome == outcome ? 1 : 0;
    json.Field(name, count);
  }
  json.Key("resources").BeginArray();
  for (const auto& line : cutover.lines) WriteImportLine(deps, line, json);
  json.EndArray();
}

http::Response AnswerWith(const Deps& deps, const Cutover& cutover, ImportMode mode,
                          JsonWriter& json) {
  http::Response response = ManagerJson(200, json.EndObject().Take());
  if (mode == ImportMode::kDryRun) return response;
  return WithRevision(std::move(response), deps.store.epoch(), cutover.after);
}

absl::StatusOr<http::Response> ToThree(const Deps& deps, const resources::CutoverDeps& cutover_deps,
                                       const resources::CutoverBy& by, ImportMode mode) {
  SKYDEN_ASSIGN_OR_RETURN(Readiness readiness, ReadinessOf(deps, by.scope, ReadAs::kUpgraded));
  SKYDEN_RETURN_IF_ERROR(CheckReady(readiness));
  SKYDEN_ASSIGN_OR_RETURN(const Cutover cutover, resources::UpgradeControlPlane(
                                                     cutover_deps, by, RequestOf(readiness, mode)));
  JsonWriter json;
  WriteCutover(deps, cutover, mode, json);
  json.Field("complete", readiness.complete()).OptionalField("stopped", readiness.effects.stopped);
  WriteEffects(readiness.effects, json);
  return AnswerWith(deps, cutover, mode, json);
}

absl::StatusOr<http::Response> ToTwo(const Deps& deps, const resources::CutoverDeps& cutover_deps,
                                     const resources::CutoverBy& by, const UpgradeAsked& asked) {
  using Later = resources::ReturnRequest::Later;
  const Later later = asked.discards_later ? Later::kIsDiscarded : Later::kForbids;
  SKYDEN_ASSIGN_OR_RETURN(const Cutover cutover,
                          resources::ReturnControlPlane(cutover_deps, by, {later, asked.mode}));
  JsonWriter json;
  WriteCutover(deps, cutover, asked.mode, json);
  return AnswerWith(deps, cutover, asked.mode, json);
}

void Upgrade(const Deps& deps, CallPtr call) {
  const auto asked = DecodeUpgrade(call->request.body);
  if (!asked.value) return call->Finish(Refusal(asked, *call));
  const resources::CutoverDeps cutover_deps{deps.store, deps.registry, deps.codec, deps.clock};
  const resources::CutoverBy by{*call->organization, *call->scope};
  auto answer = asked.value->to == KumaVersion::kThree
                    ? ToThree(deps, cutover_deps, by, asked.value->mode)
                    : ToTwo(deps, cutover_deps, by, *asked.value);
  call->Finish(answer.ok() ? *std::move(answer) : Refusal(answer.status(), *call));
}

}  // namespace

void AddUpgrade(const Deps& deps, CallerRoutes& routes) {
  routes.Add(http::Method::kPost, "/control-planes/{id}/ops/upgrade", CallerRoutes::Needs::kBoth,
             [&deps](CallPtr call) { Upgrade(deps, std::move(call)); },
             {.pace = CallerRoutes::Pace::kLong, .first = [](const Call& call) {
                return identity::CheckMay(*call.scope, model::Action::kManage);
              }});
}

}  // namespace skyden::rest
