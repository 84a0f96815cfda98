// SPDX-License-Identifier: Apache-2.0
// What an import did is told resource by resource; those that are unchanged only by their number,
// because an export that is imported again is mostly those.
#include "rest/transfer_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "rest/if_revision.h"
#include "rest/json_writer.h"
#include "rest/problem.h"
#include "rest/readiness_json.h"
#include "rest/revision_text.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/model/lanes.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/labels.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

using resources::ExportRequest;
using resources::ImportLine;
using Outcome = ImportLine::Outcome;

constexpr std::array kOutcomes = {Outcome::kCreated, Outcome::kUpdated, Outcome::kUnchanged,
                                  Outcome::kSkipped, Outcome::kDeleted};

http::Response BadQuery(const Call& call, std::string_view field, std::string_view reason) {
  return Problem(400, fmt::format("Bad Request: {}: {}", field, reason), call.request.request_id,
                 {{std::string(field), "enum", std::string(reason), "query"}});
}

std::string ResultJson(const Deps& deps, const resources::ImportResult& result, bool dry_run,
                       const std::optional<TurnedDocuments>& turned) {
  std::array<uint64_t, kOutcomes.size()> counts{};
  for (const ImportLine& line : result.lines) ++counts[static_cast<size_t>(line.outcome)];
  JsonWriter json;
  json.BeginObject().Field("dry_run", dry_run);
  for (const Outcome outcome : kOutcomes) {
    json.Field(NameOf(outcome), counts[static_cast<size_t>(outcome)]);
  }
  json.Key("resources").BeginArray();
  for (const ImportLine& line : result.lines) {
    if (line.outcome == Outcome::kUnchanged) continue;
    WriteImportLine(deps, line, json);
  }
  json.EndArray();
  if (turned) {
    json.Key("turned");
    WriteFindings(turned->findings, turned->findings.size(), json);
    json.Field("of_zones_left_out", turned->left_out);
  }
  return json.EndObject().Take();
}

}  // namespace

std::optional<bool> SwitchOf(const Call& call, std::string_view name, bool by_default) {
  const std::string_view text = call.query.Get(name).value_or("");
  if (text.empty()) return by_default;
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

namespace {

// "team=a,tier=b". False when it is none.
bool ReadLabels(std::string_view text, model::Labels& labels) {
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string_view::npos) return false;
    labels.insert_or_assign(std::string(pair.substr(0, equals)),
                            std::string(pair.substr(equals + 1)));
  }
  return true;
}

}  // namespace

std::optional<http::Response> ReadDesired(const Call& call,
                                          std::optional<resources::DesiredState>& desired) {
  using State = resources::DesiredState;
  const auto is_desired = SwitchOf(call, "desired", false);
  if (!is_desired) return BadQuery(call, "desired", "must be true or false");
  const auto take_over = SwitchOf(call, "take_over", false);
  if (!take_over) return BadQuery(call, "take_over", "must be true or false");
  const auto prune = SwitchOf(call, "prune", false);
  if (!prune) return BadQuery(call, "prune", "must be true or false");
  State state;
  state.owner = call.query.Get("owner").value_or("");
  if (!*is_desired) {
    if (*prune || *take_over || !state.owner.empty()) {
      return BadQuery(call, "desired", "must be true where owner, take_over or prune is given");
    }
    return std::nullopt;
  }
  if (*take_over) state.foreign = State::Foreign::kTakenOver;
  if (*prune) state.rest = State::Rest::kIsDeleted;
  const std::string wrong = resources::WhyNotOwner(state);
  if (!wrong.empty()) return BadQuery(call, "owner", wrong);
  if (!ReadLabels(call.query.Get("prune_labels").value_or(""), state.rest_labels)) {
    return BadQuery(call, "prune_labels", "must be key=value, and more of them after commas");
  }
  desired = std::move(state);
  return std::nullopt;
}

void WriteImportLine(const Deps& deps, const ImportLine& line, JsonWriter& json) {
  json.BeginObject();
  if (line.document > 0) json.Field("document", static_cast<uint64_t>(line.document));
  json.Field("type", line.type->name)
      .OptionalField("mesh", line.key.mesh)
      .Field("name", line.key.name)
      .Field("outcome", NameOf(line.outcome))
      .OptionalField("reason", line.reason);
  if (!line.warnings.empty()) json.Key("warnings").Strings(line.warnings);
  const auto changes = resources::ChangesOf(deps.codec, line);
  if (!changes.empty()) {
    json.Key("changes").BeginArray();
    for (const resources::ImportChange& change : changes) {
      json.BeginObject()
          .Field("path", change.path)
          .OptionalField("before", change.before)
          .OptionalField("after", change.after)
          .EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
}

void FinishImport(const Deps& deps, bool dry_run, CallPtr call,
                  absl::StatusOr<resources::ImportAnswer> answer,
                  std::optional<TurnedDocuments> turned) {
  if (!answer.ok()) return call->Finish(Problem(answer.status(), call->request.request_id));
  // The writer has others to serve.
  const base::Lane lane = model::LaneOf(call->scope->tenant());
  deps.transfers.PostIn(lane, [&deps, dry_run, epoch = deps.store.epoch(), call = std::move(call),
                               turned = std::move(turned), answer = *std::move(answer)]() mutable {
    const auto revision = answer.revision();
    http::Response response = ManagerJson(200, ResultJson(deps, answer.Take(), dry_run, turned));
    if (revision) response = WithRevision(std::move(response), epoch, *revision);
    call->Finish(std::move(response));
  });
}

void ImportControlPlane(const Deps& deps, CallPtr call) {
  const auto dry_run = SwitchOf(*call, "dry_run", false);
  if (!dry_run) return call->Finish(BadQuery(*call, "dry_run", "must be true or false"));
  resources::ImportRequest request{
      std::exchange(call->request.body, {}),
      *dry_run ? resources::ImportMode::kDryRun : resources::ImportMode::kApply};
  if (auto wrong = ReadDesired(*call, request.desired)) return call->Finish(*std::move(wrong));
  const auto if_revision = IfRevisionOf(*call, deps.store.epoch());
  if (!if_revision.ok()) {
    return call->Finish(Problem(if_revision.status(), call->request.request_id));
  }
  request.if_revision = *if_revision;
  const model::TenantScope scope = *call->scope;
  std::optional<TurnedDocuments> turned;
  if (const std::string_view from = call->query.Get("from").value_or(""); from == "v2") {
    auto documents = TurnDocuments(deps, scope, std::move(request.body));
    if (!documents.ok()) {
      return call->Finish(Problem(documents.status(), call->request.request_id));
    }
    request.body = std::move(documents->body);
    turned = *std::move(documents);
  } else if (!from.empty()) {
    return call->Finish(BadQuery(*call, "from", "must be v2"));
  }
  deps.manager.ImportAsync(
      scope, std::move(request),
      [&deps, dry_run = *dry_run, turned = std::move(turned),
       call = std::move(call)](absl::StatusOr<resources::ImportAnswer> answer) mutable {
        FinishImport(deps, dry_run, std::move(call), std::move(answer), std::move(turned));
      });
}

void ExportControlPlane(const Deps& deps, CallPtr call) {
  ExportRequest request;
  if (const std::string_view text = call->query.Get("profile").value_or(""); !text.empty()) {
    const auto profile = resources::ExportProfileOf(text);
    if (!profile) {
      return call->Finish(BadQuery(
          *call, "profile", "must be all, no-dataplanes, federation or federation-with-policies"));
    }
    request.profile = *profile;
  }
  const auto secrets = SwitchOf(*call, "secrets", true);
  if (!secrets) return call->Finish(BadQuery(*call, "secrets", "must be true or false"));
  if (!*secrets) request.secrets = ExportRequest::Secrets::kLeaveOut;
  const std::string_view format = call->query.Get("format").value_or("");
  if (format == "json") {
    request.format = ExportRequest::Format::kJson;
  } else if (!format.empty() && format != "yaml") {
    return call->Finish(BadQuery(*call, "format", "must be yaml or json"));
  }
  auto text = deps.manager.Export(*call->scope, request);
  if (!text.ok()) return call->Finish(Problem(text.status(), call->request.request_id));
  const bool json = request.format == ExportRequest::Format::kJson;
  call->Finish({.status = 200,
                .content_type = json ? "application/json" : "application/yaml",
                .body = *std::move(text)});
}

}  // namespace skyden::rest
