// SPDX-License-Identifier: Apache-2.0
// Text in, text out: parts are moved two blanks to the right to stand below `paths:`, and below
// each `responses:` the answers that any request can get are added.
#include "openapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "inspect_endpoints.h"

namespace skyden::rest {
namespace {

constexpr std::string_view kBase = "_base";
constexpr std::string_view kResponses = "responses:";
// What stands between the network and an operation: sign-in, limits of requests and queues.
constexpr std::array<std::string_view, 8> kAnyRequest = {"401", "408", "413", "415",
                                                         "429", "431", "503", "504"};

void AppendPart(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    out += "  ";
    out += line;
    out += '\n';
    const size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (line.substr(indent) != kResponses) continue;
    for (const std::string_view status : kAnyRequest) {
      out.append(indent + 4, ' ');
      out += fmt::format("\"{}\": {{$ref: \"#/components/responses/Refused\"}}\n", status);
    }
  }
}

std::string Answers(std::initializer_list<std::string_view> errors, std::string_view good) {
  std::string text(good);
  for (const std::string_view status : errors) {
    text += fmt::format("      \"{}\": {{$ref: \"#/components/responses/KumaError\"}}\n", status);
  }
  return text;
}

std::string Good(std::string_view status, std::string_view schema) {
  return fmt::format(
      "      \"{}\":\n"
      "        description: As asked.\n"
      "        content:\n"
      "          application/json:\n"
      "            schema: {{$ref: \"#/components/schemas/{}\"}}\n",
      status, schema);
}

std::string Parameters(std::initializer_list<std::string_view> names, std::string_view indent) {
  std::string text = fmt::format("{}parameters:\n", indent);
  for (const std::string_view name : names) {
    text += fmt::format("{}- {{$ref: \"#/components/parameters/{}\"}}\n", indent, name);
  }
  return text;
}

std::string Get(std::string_view summary, std::string_view schema,
                std::initializer_list<std::string_view> query) {
  return fmt::format("  get:\n    tags: [resources]\n    summary: {}\n{}    responses:\n{}",
                     summary, Parameters(query, "    "),
                     Answers({"400", "403", "404", "406"}, Good("200", schema)));
}

std::string ListOf(std::string_view summary) {
  return Get(summary, "ResourceList", {"Size", "Offset", "NameContains", "Filter"});
}

std::string Put(const model::TypeDescriptor& type) {
  const bool in_mesh = type.scope == model::ResourceScope::kMesh;
  return fmt::format(
      "  put:\n    tags: [resources]\n    summary: Creates or replaces one.\n"
      "    requestBody:\n      required: true\n      content:\n        application/json:\n"
      "          schema:\n            allOf:\n"
      "            - {{$ref: \"#/components/schemas/Resource\"}}\n"
      "            - {{required: [{}], properties: {{type: {{enum: [{}]}}}}}}\n"
      "    responses:\n{}{}",
      in_mesh ? "type, mesh, name" : "type, name", type.name, Good("200", "Written"),
      Answers({"400", "403", "404", "405", "406", "409"}, Good("201", "Written")));
}

std::string Delete() {
  return fmt::format(
      "  delete:\n    tags: [resources]\n    summary: Deletes one.\n    responses:\n{}",
      Answers({"400", "403", "404", "405", "406", "409"}, Good("200", "Written")));
}

std::string Inspection(std::string_view path, std::string_view summary,
                       std::initializer_list<std::string_view> query) {
  return fmt::format("{}:\n{}{}", path, Parameters({"ControlPlane", "Mesh", "Name"}, "  "),
                     Get(summary, "ResourceList", query));
}

// Which proxies a resource of the type concerns.
std::string InspectionsOf(const model::TypeDescriptor& type, std::string_view item) {
  std::string text;
  if (HasDataplanesEndpoint(type)) {
    text += Inspection(fmt::format("{}/dataplanes", item),
                       fmt::format("Proxies that a {} is attached to.", type.name), {"Format"});
  }
  if (type.is_policy) {
    text += Inspection(fmt::format("{}/_resources/dataplanes", item),
                       fmt::format("Proxies that a {} selects.", type.name),
                       {"Size", "Offset", "NameContains"});
  }
  if (type.name == "MeshService" || type.name == "MeshExternalService" ||
      type.name == "MeshMultiZoneService") {
    text += Inspection(fmt::format("{}/_hostnames", item),
                       fmt::format("Host names of a {}.", type.name), {"Format"});
  }
  return text;
}

// The paths of one type under one of its names.
std::string PathsOf(const model::TypeDescriptor& type, std::string_view path) {
  const bool in_mesh = type.scope == model::ResourceScope::kMesh;
  const std::string root = "/v1/mesh/control-planes/{id}/api";
  const std::string list = fmt::format("{}{}/{}", root, in_mesh ? "/meshes/{mesh}" : "", path);
  std::string text = fmt::format("{}:\n", list);
  text += in_mesh ? Parameters({"ControlPlane", "Mesh"}, "  ") : Parameters({"ControlPlane"}, "  ");
  text += ListOf(fmt::format("A page of {} resources.", type.name));
  if (in_mesh) {
    text += fmt::format("{}/{}:\n", root, path);
    text += Parameters({"ControlPlane"}, "  ");
    text += ListOf(fmt::format("A page of {} resources of every mesh.", type.name));
  }
  text += fmt::format("{}/{{name}}:\n", list);
  text += in_mesh ? Parameters({"ControlPlane", "Mesh", "Name"}, "  ")
                  : Parameters({"ControlPlane", "Name"}, "  ");
  text += Get(fmt::format("A {}.", type.name), "Resource", {"Format"});
  text += Put(type) + Delete();
  if (path == type.path) text += InspectionsOf(type, list + "/{name}");
  return text;
}

}  // namespace

std::string OpenApiDocument(const model::TypeRegistry& registry) {
  std::string document;
  for (const OpenApiPart& part : EmbeddedOpenApiParts()) {
    if (part.name == kBase) document += part.text;
  }
  document += "paths:\n";
  for (const OpenApiPart& part : EmbeddedOpenApiParts()) {
    if (part.name != kBase) AppendPart(part.text, document);
  }
  for (const model::TypeDescriptor& type : registry.all()) {
    for (const std::string& path : {type.path, type.alternative_path}) {
      if (!path.empty()) AppendPart(PathsOf(type, path), document);
    }
  }
  return document;
}

}  // namespace skyden::rest
