// SPDX-License-Identifier: Apache-2.0
#include "rest/deleted_api.h"

#include <string>
#include <utility>

#include "rest/control_plane_json.h"
#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "rest/problem.h"
#include "rest/refusal.h"
#include "skyden/base/clock.h"
#include "skyden/base/rfc3339.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/store/audit.h"

namespace skyden::rest {
namespace {

using http::Method;
using Needs = CallerRoutes::Needs;

http::Response AnswerOf(int status, const store::ControlPlaneRecord& record, const Deps& deps) {
  JsonWriter json;
  WriteControlPlane(record, deps.clock.Now(), json);
  return ManagerJson(status, json.Take());
}

void ListDeleted(const Deps& deps, CallPtr call) {
  const auto all = deps.control_planes.ListDeleted(*call->organization);
  if (!all.ok()) return call->Finish(Refusal(all.status(), *call));
  JsonWriter json;
  json.BeginObject().Key("data").BeginArray();
  for (const store::DeletedControlPlane& one : *all) {
    json.BeginObject()
        .Field("id", one.id.str())
        .Field("name", one.name)
        .Field("deleted_at", base::FormatRfc3339(one.deleted_at))
        .Field("kept_until",
               base::FormatRfc3339(one.deleted_at + deps.control_planes.deleted_retention()))
        .Key("deleted_by")
        .BeginObject()
        .Field("kind", store::ActorKindName(one.actor_kind))
        .OptionalField("id", one.actor_id)
        .OptionalField("name", one.actor_name)
        .EndObject()
        .EndObject();
  }
  json.EndArray().EndObject();
  call->Finish(ManagerJson(200, json.Take()));
}

Decoded<std::string> DecodeUndelete(std::string_view body) {
  ObjectReader reader(body.empty() ? std::string_view("{}") : body);
  std::string name = reader.TakeString("name").value_or("");
  return Result(reader, std::move(name));
}

void Undelete(const Deps& deps, CallPtr call) {
  const auto name = DecodeUndelete(call->request.body);
  if (!name.value) return call->Finish(Refusal(name, *call));
  const auto record =
      deps.control_planes.Undelete(*call->organization, call->control_plane, *name.value);
  call->Finish(record.ok() ? AnswerOf(200, *record, deps) : Refusal(record.status(), *call));
}

void Purge(const Deps& deps, CallPtr call) {
  const absl::Status ended = deps.control_planes.Purge(*call->organization, call->control_plane);
  call->Finish(ended.ok() ? http::Response{.status = 204} : Refusal(ended, *call));
}

struct CloneRequest {
  control_planes::CreateControlPlane create;
  resources::CopyKeys keys = resources::CopyKeys::kOwn;
};

Decoded<CloneRequest> DecodeClone(std::string_view body) {
  ObjectReader reader(body);
  CloneRequest request;
  if (!reader.readable()) return Result(reader, std::move(request));
  request.create.name = reader.TakeRequiredString("name");
  request.create.description = reader.TakeString("description").value_or("");
  const std::string keys = reader.TakeString("keys").value_or("own");
  if (keys == "same") {
    request.keys = resources::CopyKeys::kSame;
  } else if (keys != "own") {
    reader.Refuse("keys", "enum", "must be own or same");
  }
  return Result(reader, std::move(request));
}

// What it is called, and whose copy it is, is said by its labels as little as by its resources:
// the audit tells.
void Clone(const Deps& deps, CallPtr call) {
  auto request = DecodeClone(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto source = deps.control_planes.Get(*call->organization, call->control_plane);
  if (!source.ok()) return call->Finish(Refusal(source.status(), *call));
  auto copy = deps.manager.CopyOf(*call->scope, request.value->keys);
  if (!copy.ok()) return call->Finish(Refusal(copy.status(), *call));
  control_planes::CreateControlPlane create = std::move(request.value->create);
  create.labels = source->labels;
  create.api_version = source->api_version;
  create.mesh_creation = source->mesh_creation;
  create.hostname_generator_creation = source->hostname_generator_creation;
  create.seed = std::move(copy->seed);
  create.copy_of = source->id;
  const model::OrganizationScope scope = *call->organization;
  deps.control_planes.CreateAsync(
      scope, std::move(create),
      [&deps, left_out = copy->secrets_left_out,
       call = std::move(call)](absl::StatusOr<store::ControlPlaneRecord> record) mutable {
        if (!record.ok()) return call->Finish(Refusal(record.status(), *call));
        http::Response response = AnswerOf(201, *record, deps);
        if (left_out > 0) {
          response.headers.push_back(
              {"Warning", "299 - \"secrets were left out, which you may not read: " +
                              std::to_string(left_out) + "\""});
        }
        call->Finish(std::move(response));
      });
}

absl::Status CheckMayClone(const Call& call) {
  if (call.organization->access().Creates()) return absl::OkStatus();
  return absl::PermissionDeniedError("only who may create control planes may copy one");
}

}  // namespace

void AddUndeleteAndClone(const Deps& deps, CallerRoutes& routes) {
  routes.Add(Method::kPost, "/control-planes/{id}/ops/undelete", Needs::kOrganization,
             [&deps](CallPtr call) { Undelete(deps, std::move(call)); });
  routes.Add(Method::kPost, "/control-planes/{id}/ops/purge", Needs::kOrganization,
             [&deps](CallPtr call) { Purge(deps, std::move(call)); });
  routes.Add(Method::kPost, "/control-planes/{id}/ops/clone", Needs::kBoth,
             [&deps](CallPtr call) { Clone(deps, std::move(call)); },
             {.pace = CallerRoutes::Pace::kLong, .first = CheckMayClone});
}

void AddDeletedControlPlanes(const Deps& deps, CallerRoutes& routes) {
  routes.Add(Method::kGet, "/deleted-control-planes", Needs::kOrganization,
             [&deps](CallPtr call) { ListDeleted(deps, std::move(call)); });
}

}  // namespace skyden::rest
