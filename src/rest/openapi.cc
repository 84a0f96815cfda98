// SPDX-License-Identifier: Apache-2.0
// Parts are read and their short forms written out; the paths and schemas of resource types follow
// from the registry; what is described by hand wins over what is derived.
#include "rest/openapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "rest/audit_sending_json.h"
#include "rest/control_plane_figures.h"
#include "rest/control_plane_json.h"
#include "rest/fleet_query.h"
#include "rest/openapi_operations.h"
#include "rest/openapi_resources.h"
#include "rest/openapi_yaml.h"
#include "rest/verdicts_json.h"
#include "rest/version_paths.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/identity/filters.h"
#include "skyden/insights/zone_list.h"
#include "skyden/resources/open_api_schemas.h"

namespace skyden::rest {
namespace {

using Json = nlohmann::ordered_json;
using identity::AccountKind;

constexpr std::string_view kBase = "_base";

// What the lists can be filtered by is told by the tables that filter them.
std::map<std::string, model::FilterNames> Filters() {
  using model::NamesOf;
  return {
      {"organizations", NamesOf(identity::OrganizationFilters())},
      {"users", NamesOf(identity::AccountFilters(AccountKind::kUser))},
      {"system_accounts", NamesOf(identity::AccountFilters(AccountKind::kSystemAccount))},
      {"roles", NamesOf(identity::RoleFilters())},
      {"teams", NamesOf(identity::AccountFilters(AccountKind::kTeam))},
      {"user_tokens", NamesOf(identity::TokenFilters(AccountKind::kUser))},
      {"system_account_tokens", NamesOf(identity::TokenFilters(AccountKind::kSystemAccount))},
      {"control_planes", ControlPlaneFilterNames()},
      {"audit_destinations", NamesOf(AuditDestinationFilters())},
      {"rejected_connections", NamesOf(RejectedConnectionFilters())},
      {"rejected_resources", NamesOf(RejectedResourceFilters())},
      {"withheld_types", NamesOf(WithheldTypeFilters())},
      {"zones", NamesOf(insights::ZoneFilters())},
      {"endings", NamesOf(EndingFilters())},
  };
}

// {"meta": ..., "data": [X]}
Json PageOf(const std::string& item) {
  return {{"type", "object"},
          {"required", {"meta", "data"}},
          {"properties",
           {{"meta", OpenApiRef("schemas", "PageMeta")},
            {"data", {{"type", "array"}, {"items", OpenApiRef("schemas", item)}}}}}};
}

// Whether control planes of a version have what a part describes.
bool IsIn(const model::TypeRegistry& registry, model::KumaVersion version, std::string_view path,
          const Json& item) {
  const Json versions = item.value("versions", Json::array());
  const std::string name(model::NameOf(version));
  if (!versions.empty() && std::find(versions.begin(), versions.end(), name) == versions.end()) {
    return false;
  }
  if (!path.starts_with(kOpenApiRoot)) return true;
  path.remove_prefix(kOpenApiRoot.size());
  return VersionsOfPath(registry, path)[version];
}

void AddPart(const model::TypeRegistry& registry, model::KumaVersion version, const Json& part,
             OpenApiDefaults& defaults, Json& document) {
  defaults.tag = part.at("tag").get<std::string>();
  defaults.errors = part.at("errors").get<std::string>();
  Json& schemas = document["components"]["schemas"];
  const Json own = part.value("schemas", Json::object());
  for (const auto& [name, schema] : own.items()) {
    schemas[name] = schema;
  }
  for (const Json& item : part.value("pages", Json::array())) {
    const auto name = item.get<std::string>();
    schemas[name + "Page"] = PageOf(name);
  }
  for (const auto& [path, item] : part.at("paths").items()) {
    if (!IsIn(registry, version, path, item)) continue;
    AddPath(path, item, defaults, document["paths"]);
  }
}

void CollectRefs(const Json& node, std::set<std::string>& refs) {
  if (!node.is_structured()) return;
  if (node.is_object() && node.contains("$ref")) refs.insert(node["$ref"].get<std::string>());
  for (const Json& member : node) CollectRefs(member, refs);
}

// What is derived and then described by hand leaves behind what only it referred to.
void DropUnused(Json& document) {
  for (bool dropped = true; dropped;) {
    dropped = false;
    std::set<std::string> refs;
    CollectRefs(document, refs);
    Json kept = Json::object();
    for (auto& [name, schema] : document["components"]["schemas"].items()) {
      if (refs.contains(OpenApiRef("schemas", name)["$ref"].get<std::string>())) {
        kept[name] = std::move(schema);
      } else {
        dropped = true;
      }
    }
    document["components"]["schemas"] = std::move(kept);
  }
}

absl::StatusOr<Json> Assemble(const model::TypeRegistry& registry, model::KumaVersion version) {
  Json document;
  OpenApiDefaults defaults;
  defaults.filters = Filters();
  std::vector<Json> parts;
  for (const OpenApiPart& part : EmbeddedOpenApiParts()) {
    SKYDEN_ASSIGN_OR_RETURN(Json read, ReadYaml(part.text));
    if (part.name == kBase) {
      document = std::move(read);
    } else {
      parts.push_back(std::move(read));
    }
  }
  // So that paths come before components.
  Json components = std::move(document["components"]);
  document.erase("components");
  document["paths"] = Json::object();
  document["components"] = std::move(components);
  for (const Json& part : parts) AddPart(registry, version, part, defaults, document);
  AddResourcePaths(registry.In(version), document["paths"]);
  SKYDEN_ASSIGN_OR_RETURN(const std::string derived_text,
                          resources::OpenApiSchemas(registry, version));
  Json derived = Json::parse(derived_text);
  AddOverviewSchemas(registry.In(version), derived);
  Json& schemas = document["components"]["schemas"];
  for (auto& [name, schema] : derived.items()) {
    if (!schemas.contains(name)) schemas[name] = std::move(schema);
  }
  for (const auto& [list, names] : defaults.filters) {
    schemas[FilterSchemaName(list)] = FilterSchema(names);
  }
  DropUnused(document);
  return document;
}

}  // namespace

absl::StatusOr<std::string> OpenApiDocument(const model::TypeRegistry& registry,
                                            model::KumaVersion version) {
  try {
    SKYDEN_ASSIGN_OR_RETURN(const Json document, Assemble(registry, version));
    return PrintYaml(document);
  } catch (const std::exception& e) {  // nlohmann's, about a part that lacks something
    return absl::InternalError(e.what());
  }
}

}  // namespace skyden::rest
