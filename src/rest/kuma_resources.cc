// SPDX-License-Identifier: Apache-2.0
// The same five endpoints for every type, and the look-up by KRI.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "rest/if_revision.h"
#include "rest/json_writer.h"
#include "rest/kri.h"
#include "rest/kuma_answer.h"
#include "rest/kuma_endpoints.h"
#include "rest/list_query.h"
#include "rest/past_query.h"
#include "rest/preview_api.h"
#include "rest/revision_text.h"
#include "rest/rollout_api.h"
#include "skyden/base/executor.h"
#include "skyden/base/json_text.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/lanes.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/history.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

using http::Method;
using model::TypeDescriptor;

constexpr std::string_view kPutTitle = "Could not process a resource";
constexpr std::string_view kDeleteTitle = "Could not delete a resource";
constexpr std::string_view kDefaultNamespace = "kuma-system";

model::ResourceKey KeyOf(const Call& call) {
  return {call.parameters["mesh"], call.parameters["name"]};
}

// As Kubernetes says it, with the code that RFC 7234 has for what concerns the thing itself.
std::string UnknownFieldWarning(const std::string& path) {
  std::string text = "299 - ";
  base::AppendJsonString(text, fmt::format("unknown field \"{}\"", path));
  return text;
}

class Resources {
 public:
  explicit Resources(const Deps& deps) : deps_(deps) {}

  void Get(CallPtr call, const TypeDescriptor& type) const {
    std::optional<http::Response> refused;
    const auto revision = AtRevision(deps_, *call, refused);
    if (refused) return call->Finish(*std::move(refused));
    const auto resource = revision ? resources::FindAt({deps_.store, deps_.registry, *call->scope},
                                                       type, KeyOf(*call), *revision)
                                   : deps_.manager.Get(*call->scope, type, KeyOf(*call));
    if (!resource.ok()) {
      return call->Finish(KumaError(resource.status(), kGetTitle, call->request.request_id));
    }
    const std::string_view name_space = call->query.Get("namespace").value_or("");
    Show(std::move(call), *resource, name_space, kGetTitle);
  }

  void GetByKri(CallPtr call) const {
    auto kri = ParseKri(deps_.registry, call->parameters["kri"], call->scope->version());
    if (!kri.ok()) {
      return call->Finish(KumaBadRequest(std::string(kri.status().message())));
    }
    const bool misplaced =
        kri->type->scope == model::ResourceScope::kGlobal && !kri->key.mesh.empty();
    const auto resource = deps_.manager.Get(*call->scope, *kri->type, kri->key);
    // A mesh that is missing is not told apart here.
    if (misplaced || absl::IsNotFound(resource.status())) {
      return call->Finish(KumaNotFound(std::string(kGetTitle)));
    }
    if (!resource.ok()) {
      return call->Finish(KumaError(resource.status(), kGetTitle, call->request.request_id));
    }
    Show(std::move(call), *resource, kri->name_space, "Could not format a resource");
  }

  void List(CallPtr call, const TypeDescriptor& type) const {
    resources::ListRequest request;
    if (auto refusal = ReadListQuery(*call, type, request)) {
      return call->Finish(*std::move(refusal));
    }
    auto bad_offset = ReadOffset(*call, request);
    if (bad_offset) request.size = 1;  // only to have mesh and access checked first
    std::optional<http::Response> refused;
    const auto revision = AtRevision(deps_, *call, refused);
    if (refused) return call->Finish(*std::move(refused));
    const auto list = revision ? deps_.manager.ListAt(*call->scope, request, *revision)
                               : deps_.manager.List(*call->scope, request);
    if (!list.ok()) {
      return call->Finish(KumaError(list.status(), kListTitle, call->request.request_id));
    }
    if (bad_offset) return call->Finish(*std::move(bad_offset));
    PageItems page(request.offset, list->next_offset, deps_.page_bytes);
    for (const auto& item : list->items) {
      if (!page.Add(deps_.codec.RenderUniversal(*item))) break;
    }
    const model::TenantScope scope = *call->scope;
    call->Finish(
        WithRollout(KumaJson(200, ListJson(*call, deps_.trusted_proxies, list->total, page)), deps_,
                    scope, type.id, {request.mesh.value_or(""), ""}));
  }

  void Put(CallPtr call, const TypeDescriptor& type) const {
    const model::TenantScope scope = *call->scope;
    resources::PutRequest request;
    request.type = &type;
    request.key = KeyOf(*call);
    request.body = std::move(call->request.body);
    const bool preview = WantsPreview(call);
    if (call == nullptr) return;
    if (preview) return AnswerPreview(deps_, std::move(call), std::move(request), kPutTitle);
    const auto if_revision = IfRevisionOf(*call, deps_.store.epoch());
    if (!if_revision.ok()) {
      return call->Finish(KumaError(if_revision.status(), kPutTitle, call->request.request_id));
    }
    request.if_revision = *if_revision;
    deps_.manager.PutAsync(
        scope, std::move(request),
        [this, call = std::move(call)](absl::StatusOr<resources::PutResult> result) mutable {
          if (!result.ok()) {
            return call->Finish(KumaError(result.status(), kPutTitle, call->request.request_id));
          }
          kds::ZoneVerdicts* const verdicts = deps_.zone_verdicts;
          if (verdicts == nullptr ||
              !verdicts->MayWarn(call->scope->tenant(), result->written.type)) {
            return call->Finish(Written(*result, deps_.store.epoch()));
          }
          // This is the store's writer, and there may be something to look up.
          const base::Lane lane = model::LaneOf(call->scope->tenant());
          deps_.workers.PostIn(lane, [this, call = std::move(call), result = *std::move(result),
                                      verdicts]() mutable {
            for (std::string& warning : verdicts->Warnings(*call->scope, result.written)) {
              result.warnings.push_back(std::move(warning));
            }
            call->Finish(Written(result, deps_.store.epoch()));
          });
        });
  }

  void Delete(CallPtr call, const TypeDescriptor& type) const {
    const model::TenantScope scope = *call->scope;
    model::ResourceKey key = KeyOf(*call);
    const bool preview = WantsPreview(call);
    if (call == nullptr) return;
    if (preview) {
      return AnswerPreview(deps_, std::move(call), resources::ForeseenDelete{&type, key},
                           kDeleteTitle);
    }
    const auto if_revision = IfRevisionOf(*call, deps_.store.epoch());
    if (!if_revision.ok()) {
      return call->Finish(KumaError(if_revision.status(), kDeleteTitle, call->request.request_id));
    }
    auto done = [this, call = std::move(call)](absl::StatusOr<model::Revision> deleted) mutable {
      if (!deleted.ok()) {
        return call->Finish(KumaError(deleted.status(), kDeleteTitle, call->request.request_id));
      }
      call->Finish(WithRevision(KumaJson(200, "{}"), deps_.store.epoch(), *deleted));
    };
    if (!if_revision->has_value()) {
      return deps_.manager.DeleteAsync(scope, type, std::move(key), std::move(done));
    }
    deps_.manager.DeleteIfAsync(scope, type, std::move(key), **if_revision, std::move(done));
  }

 private:
  static http::Response Written(const resources::PutResult& result, std::string_view epoch) {
    JsonWriter json;
    json.BeginObject();
    if (!result.warnings.empty()) json.Key("warnings").Strings(result.warnings);
    json.EndObject();
    const bool created = result.outcome == resources::PutResult::Outcome::kCreated;
    http::Response response = KumaJson(created ? 201 : 200, json.Take());
    // Kuma drops them in silence, and its body stays as it is.
    for (const std::string& path : result.dropped) {
      response.headers.push_back({"Warning", UnknownFieldWarning(path)});
    }
    return WithRevision(std::move(response), epoch, result.revision);
  }

  // `title` of the answer to a format that there is not.
  void Show(CallPtr call, const model::Resource& resource, std::string_view name_space,
            std::string_view title) const {
    const std::string_view format = call->query.Get("format").value_or("");
    const auto show = [&](std::string_view json) {
      call->Finish(
          WithRollout(WithRevision(KumaJson(200, json), deps_.store.epoch(), resource.revision),
                      deps_, *call->scope, resource.type, resource.key));
    };
    if (format.empty() || format == "universal") return show(deps_.codec.RenderUniversal(resource));
    if (format == "k8s" || format == "kubernetes") {
      if (name_space.empty()) name_space = kDefaultNamespace;
      return show(deps_.codec.RenderKubernetes(resource, name_space));
    }
    call->Finish(KumaUnknownFormat(title));
  }

  const Deps& deps_;
};

using Method1 = void (Resources::*)(CallPtr, const TypeDescriptor&) const;

void AddType(const std::shared_ptr<Resources>& resources, const TypeDescriptor& type,
             const std::string& path, KumaRoutes& routes) {
  const auto bound = [&](Method1 method) -> Action {
    return
        [resources, method, &type](CallPtr call) { ((*resources).*method)(std::move(call), type); };
  };
  const bool in_mesh = type.scope == model::ResourceScope::kMesh;
  const std::string list = fmt::format("{}/{}", in_mesh ? "/meshes/{mesh}" : "", path);
  const std::string item = list + "/{name}";
  const auto add = [&routes](Method method, const std::string& pattern, Action action) {
    routes.Add(method, pattern, std::move(action), KumaRoutes::Needs::kUser,
               KumaRoutes::Answers::kJson, KumaRoutes::Narrowed::kDecides);
  };
  add(Method::kPut, item, bound(&Resources::Put));
  add(Method::kDelete, item, bound(&Resources::Delete));
  // Computed when asked for, elsewhere.
  if (type.name == "MeshInsight" || type.name == "ServiceInsight") return;
  add(Method::kGet, item, bound(&Resources::Get));
  add(Method::kGet, list, bound(&Resources::List));
  if (in_mesh) add(Method::kGet, "/" + path, bound(&Resources::List));
}

}  // namespace

void AddResourceEndpoints(const Deps& deps, KumaRoutes& routes) {
  const auto resources = std::make_shared<Resources>(deps);
  for (const TypeDescriptor& type : deps.registry.all()) {
    if (type.path.empty()) continue;
    AddType(resources, type, type.path, routes);
    if (!type.alternative_path.empty()) AddType(resources, type, type.alternative_path, routes);
  }
  routes.Add(
      Method::kGet, "/_kri/{kri}",
      [resources](CallPtr call) { resources->GetByKri(std::move(call)); }, KumaRoutes::Needs::kUser,
      KumaRoutes::Answers::kJson, KumaRoutes::Narrowed::kDecides);
}

}  // namespace skyden::rest
