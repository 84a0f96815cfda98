// SPDX-License-Identifier: Apache-2.0
#include "rest/history_api.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "rest/if_revision.h"
#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "rest/past_query.h"
#include "rest/problem.h"
#include "rest/refusal.h"
#include "rest/transfer_api.h"
#include "skyden/base/executor.h"
#include "skyden/base/rfc3339.h"
#include "skyden/model/lanes.h"
#include "skyden/resources/access.h"
#include "skyden/resources/history.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/store/audit.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

using http::Method;
using resources::ImportLine;

resources::PastReads ReadsOf(const Deps& deps, const Call& call) {
  return {deps.store, deps.registry, *call.scope};
}

void WriteResourceName(const model::TypeDescriptor& type, const model::ResourceKey& key,
                       JsonWriter& json) {
  json.Field("type", type.name).OptionalField("mesh", key.mesh).Field("name", key.name);
}

std::string HistoryJson(const Deps& deps, const PastQuery& query,
                        const resources::ChangesPage& found) {
  JsonWriter json;
  json.BeginObject()
      .Field("oldest_revision", found.span.oldest)
      .Field("revision", found.span.current)
      .Key("meta")
      .BeginObject()
      .Key("page")
      .BeginObject()
      .Field("size", static_cast<uint64_t>(query.size))
      .Key("next");
  if (found.page.next.has_value()) {
    json.String(CursorOf(*found.page.next));
  } else {
    json.Null();
  }
  json.EndObject().EndObject().Key("data").BeginArray();
  for (const store::HistoryEntry& entry : found.page.entries) {
    json.BeginObject()
        .Field("revision", entry.revision)
        .Field("at", base::FormatRfc3339(entry.at))
        .Field("action", NameOf(entry.action));
    WriteResourceName(deps.registry.at(entry.type), entry.key, json);
    json.Key("actor")
        .BeginObject()
        .Field("kind", store::ActorKindName(entry.actor_kind))
        .OptionalField("id", entry.actor_id)
        .OptionalField("name", entry.actor_name)
        .EndObject()
        .EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

void History(const Deps& deps, CallPtr call) {
  const auto query = DecodePast(deps, *call, PastPages::kYes);
  if (!query.value) return call->Finish(Refusal(query, *call));
  const auto found = resources::ListPastChanges(ReadsOf(deps, *call), query.value->filter,
                                                query.value->beyond, query.value->size);
  if (!found.ok()) return call->Finish(Refusal(found.status(), *call));
  call->Finish(ManagerJson(200, HistoryJson(deps, *query.value, *found)));
}

void Diff(const Deps& deps, CallPtr call) {
  auto query = DecodePast(deps, *call, PastPages::kNo);
  if (!query.value) return call->Finish(Refusal(query, *call));
  PastQuery& asked = *query.value;
  if (!asked.from) {
    query.invalid.push_back({"from", "required", "must be given: a revision", "query"});
    query.detail = DetailOf(query.invalid);
    return call->Finish(Refusal(query, *call));
  }
  const auto reads = ReadsOf(deps, *call);
  if (!asked.to) {
    // The present.
    const auto span = resources::ListPastChanges(reads, {}, std::nullopt, 1);
    if (!span.ok()) return call->Finish(Refusal(span.status(), *call));
    asked.to = span->span.current;
  }
  auto found = resources::DiffOf(reads, asked.filter, *asked.from, *asked.to);
  if (!found.ok()) return call->Finish(Refusal(found.status(), *call));
  JsonWriter json;
  json.BeginObject()
      .Field("from", *asked.from)
      .Field("to", *asked.to)
      .Key("resources")
      .BeginArray();
  for (resources::PastDifference& difference : *found) {
    WriteImportLine(deps, resources::LineOf(std::move(difference)), json);
  }
  json.EndArray().EndObject();
  call->Finish(ManagerJson(200, json.Take()));
}

Decoded<resources::RestoreRequest> DecodeRestore(const Deps& deps, std::string_view body) {
  ObjectReader reader(body);
  resources::RestoreRequest request;
  if (!reader.readable()) return Result(reader, std::move(request));
  const nlohmann::json* revision = reader.Take("revision");
  std::string refusal;
  if (revision == nullptr) {
    reader.Refuse("revision", "required", "must be given");
  } else {
    const std::string text =
        revision->is_string() ? revision->get<std::string>() : revision->dump();
    const auto number = ReadRevision(deps.store.epoch(), text, refusal);
    if (!number) reader.Refuse("revision", "invalid", refusal);
    request.revision = number.value_or(0);
  }
  const auto type = reader.TakeString("type");
  request.of.mesh = reader.TakeString("mesh");
  request.of.name = reader.TakeString("name").value_or("");
  if (type.has_value()) {
    request.of.type = deps.registry.FindByName(*type);
    if (request.of.type == nullptr) reader.Refuse("type", "enum", "is no type of resource");
  }
  const model::TypeDescriptor* const one = request.of.type;
  if (type.has_value() == request.of.name.empty()) {
    reader.Refuse("name", "required", "goes with type: the resource that is meant");
  }
  if (one != nullptr && one->scope == model::ResourceScope::kMesh && !request.of.mesh) {
    reader.Refuse("mesh", "required", "must name the mesh that it is in");
  }
  if (one != nullptr && one->scope == model::ResourceScope::kGlobal) request.of.mesh.reset();
  return Result(reader, std::move(request));
}

void Restore(const Deps& deps, CallPtr call) {
  auto request = DecodeRestore(deps, call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto dry_run = SwitchOf(*call, "dry_run", false);
  if (!dry_run) {
    const InvalidParameter wrong{"dry_run", "enum", "must be true or false", "query"};
    return call->Finish(Problem(400, DetailOf({wrong}), call->request.request_id, {wrong}));
  }
  const auto if_revision = IfRevisionOf(*call, deps.store.epoch());
  if (!if_revision.ok()) {
    return call->Finish(Problem(if_revision.status(), call->request.request_id));
  }
  request.value->if_revision = *if_revision;
  request.value->mode = *dry_run ? resources::ImportMode::kDryRun : resources::ImportMode::kApply;
  const model::TenantScope scope = *call->scope;
  deps.manager.RestoreAsync(scope, *std::move(request.value),
                            [&deps, dry_run = *dry_run, call = std::move(call)](
                                absl::StatusOr<resources::ImportAnswer> answer) mutable {
                              FinishImport(deps, dry_run, std::move(call), std::move(answer));
                            });
}

absl::Status CheckMayRestore(const Call& call, const Deps& deps) {
  return resources::CheckMayWrite(*call.scope, *deps.registry.core().mesh);
}

}  // namespace

void AddHistory(const Deps& deps, CallerRoutes& routes) {
  using Needs = CallerRoutes::Needs;
  routes.Add(Method::kGet, "/control-planes/{id}/ops/history", Needs::kControlPlane,
             [&deps](CallPtr call) { History(deps, std::move(call)); });
  routes.Add(Method::kGet, "/control-planes/{id}/ops/diff", Needs::kControlPlane,
             [&deps](CallPtr call) { Diff(deps, std::move(call)); },
             {.pace = CallerRoutes::Pace::kLong});
  routes.Add(Method::kPost, "/control-planes/{id}/ops/restore", Needs::kControlPlane,
             [&deps](CallPtr call) { Restore(deps, std::move(call)); },
             {.pace = CallerRoutes::Pace::kLong,
              .first = [&deps](const Call& call) { return CheckMayRestore(call, deps); }});
}

}  // namespace skyden::rest
