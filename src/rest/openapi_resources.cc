// SPDX-License-Identifier: Apache-2.0
#include "rest/openapi_resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "rest/inspect_endpoints.h"

namespace skyden::rest {
namespace {

using Json = nlohmann::ordered_json;
using model::TypeDescriptor;

Json Query(std::initializer_list<const char*> names) {
  Json query = Json::array();
  for (const char* name : names) query.push_back(name);
  return query;
}

Json Operation(const std::string& id, const std::string& summary, const std::string& answer) {
  return {{"operationId", id}, {"summary", summary}, {"answers", {{"200", answer}}}};
}

Json ListOf(const TypeDescriptor& type, std::string_view where, const std::string& suffix) {
  Json get = Operation(fmt::format("list{}{}", type.name, suffix),
                       fmt::format("Lists {} resources{}.", type.name, where), type.name + "List");
  get["query"] = Query({"Size", "Offset", "NameContains", "Filter", "AtRevision"});
  get["refuses"] = Json::array({"410"});
  return {{"get", std::move(get)}};
}

Json ItemOf(const TypeDescriptor& type) {
  Json get = Operation("get" + type.name, fmt::format("Shows one {}.", type.name), type.name);
  get["query"] = Query({"Format", "AtRevision"});
  get["refuses"] = Json::array({"410"});
  Json put = Operation("put" + type.name, fmt::format("Creates or replaces one {}.", type.name),
                       "WrittenOrPreview");
  put["answers"]["201"] = "Written";
  put["query"] = Query({"Preview", "IfRevision"});
  put["takes"] = type.name;
  put["refuses"] = Json::array({"405"});
  Json remove = Operation("delete" + type.name, fmt::format("Deletes one {}.", type.name),
                          "WrittenOrPreview");
  remove["query"] = Query({"Preview", "IfRevision"});
  remove["refuses"] = Json::array({"405"});
  return {{"get", std::move(get)}, {"put", std::move(put)}, {"delete", std::move(remove)}};
}

// Which proxies a resource of the type concerns.
class Inspections {
 public:
  Inspections(const TypeDescriptor& type, const std::string& item, const OpenApiDefaults& defaults,
              Json& paths)
      : type_(type), item_(item), defaults_(defaults), paths_(paths) {}

  void Add() {
    if (HasDataplanesEndpoint(type_)) {
      Get("/dataplanes", fmt::format("listDataplanesOf{}", type_.name),
          fmt::format("Lists the proxies that one {} is attached to.", type_.name),
          type_.name.starts_with("MeshGateway") ? "GatewayDataplanes" : "PolicyDataplanes",
          Json::array());
    }
    if (type_.is_policy) {
      Get("/_resources/dataplanes", fmt::format("listDataplanesSelectedBy{}", type_.name),
          fmt::format("Lists the proxies that one {} selects.", type_.name), "ResourceMetaList",
          Query({"Size", "Offset", "NameContains"}));
    }
    if (type_.name == "MeshService" || type_.name == "MeshExternalService" ||
        type_.name == "MeshMultiZoneService") {
      Get("/_hostnames", fmt::format("get{}Hostnames", type_.name),
          fmt::format("Shows the host names of one {}.", type_.name), "Hostnames", Json::array());
    }
  }

 private:
  void Get(const char* below, const std::string& id, const std::string& summary, const char* answer,
           Json query) {
    Json get = Operation(id, summary, answer);
    if (!query.empty()) get["query"] = std::move(query);
    AddPath(item_ + below, {{"get", std::move(get)}}, defaults_, paths_);
  }

  const TypeDescriptor& type_;
  const std::string& item_;
  const OpenApiDefaults& defaults_;
  Json& paths_;
};

// A type's paths, which lead to the same under the type's other name.
void AddType(const TypeDescriptor& type, const OpenApiDefaults& defaults, Json& paths) {
  const bool in_mesh = type.scope == model::ResourceScope::kMesh;
  const std::string other =
      type.alternative_path.empty() ? "" : fmt::format("/{}", type.alternative_path);
  const auto add = [&](const std::string& before, const std::string& after, Json item) {
    if (!other.empty()) item["also"] = Json::array({before + other + after});
    AddPath(fmt::format("{}/{}{}", before, type.path, after), item, defaults, paths);
  };
  const std::string root(kOpenApiRoot);
  const std::string scope = in_mesh ? root + "/meshes/{mesh}" : root;
  add(scope, "", ListOf(type, in_mesh ? " of a mesh" : "", ""));
  if (in_mesh) add(root, "", ListOf(type, " of every mesh", "InAllMeshes"));
  add(scope, "/{name}", ItemOf(type));
  const std::string item = fmt::format("{}/{}/{{name}}", scope, type.path);
  Inspections(type, item, defaults, paths).Add();
}

}  // namespace

void AddResourcePaths(const model::VersionTypes& types, Json& paths) {
  const OpenApiDefaults defaults{.tag = "resources", .errors = "KumaErrorAnswer", .filters = {}};
  for (const TypeDescriptor& type : types.all()) {
    if (!type.path.empty()) AddType(type, defaults, paths);
  }
}

void AddOverviewSchemas(const model::VersionTypes& types, Json& schemas) {
  struct Kind {
    const char* type;
    const char* field;
  };
  for (const Kind& kind : {Kind{"Dataplane", "dataplane"}, Kind{"Zone", "zone"},
                           Kind{"ZoneIngress", "zoneIngress"}, Kind{"ZoneEgress", "zoneEgress"}}) {
    const auto is_it = [&kind](const TypeDescriptor& type) { return type.name == kind.type; };
    if (std::none_of(types.all().begin(), types.all().end(), is_it)) continue;
    // What all have in common, the spec and the insight each as one member.
    Json overview = schemas[kind.type]["allOf"][0];
    const std::string name = fmt::format("{}Overview", kind.type);
    overview["properties"]["type"]["enum"] = Json::array({name});
    overview["properties"][kind.field] = OpenApiRef("schemas", fmt::format("{}Spec", kind.type));
    overview["properties"][fmt::format("{}Insight", kind.field)] =
        OpenApiRef("schemas", fmt::format("{}InsightSpec", kind.type));
    schemas[name] = std::move(overview);
    Json list = schemas[fmt::format("{}List", kind.type)];
    list["properties"]["items"]["items"] = OpenApiRef("schemas", name);
    schemas[name + "List"] = std::move(list);
  }
}

}  // namespace skyden::rest
