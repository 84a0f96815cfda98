// SPDX-License-Identifier: Apache-2.0
#include "resources/codec/meta.h"

#include "skyden/base/rfc3339.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources {
namespace {

void AppendMember(std::string_view name, std::string_view text, std::string& out) {
  out += out.empty() || out.back() == '{' ? "\"" : ",\"";
  out += name;
  out += "\":";
  json::AppendString(text, out);
}

std::string TextOf(const json::Value& root, std::string_view name) {
  const json::Value* const value = root.Find(name);
  return value == nullptr ? std::string() : std::string(value->text);
}

}  // namespace

absl::Status BadRequest(std::string detail) {
  return base::WithTitle(absl::InvalidArgumentError(detail), "Bad Request");
}

absl::Status NotValid(std::vector<base::FieldViolation> violations) {
  return base::WithViolations(base::WithTitle(absl::InvalidArgumentError("Resource is not valid"),
                                              "Could not process a resource"),
                              violations);
}

std::string_view GoKindName(const json::Value& value) {
  return value.kind == json::Value::Kind::kBool ? "bool" : json::KindName(value.kind);
}

DecodedBody ReadMeta(const json::Value& root) {
  DecodedBody body;
  body.type = TextOf(root, "type");
  body.mesh = TextOf(root, "mesh");
  body.name = TextOf(root, "name");
  if (const json::Value* const labels = root.Find("labels")) {
    for (const json::Member& label : labels->members) {
      body.labels[std::string(label.name)] = std::string(label.value.text);
    }
  }
  return body;
}

std::string UniversalMeta(const model::TypeDescriptor& type, const model::Resource& resource) {
  std::string out;
  out.reserve(512 + resource.spec.size() + resource.status.size());
  out += '{';
  AppendMember("type", type.name, out);
  if (!resource.key.mesh.empty()) AppendMember("mesh", resource.key.mesh, out);
  AppendMember("name", resource.key.name, out);
  AppendMember("creationTime", base::FormatRfc3339(resource.creation_time), out);
  AppendMember("modificationTime", base::FormatRfc3339(resource.modification_time), out);
  if (!resource.labels.empty()) {
    out += ",\"labels\":{";
    for (const auto& [key, value] : resource.labels) {
      if (out.back() != '{') out += ',';
      json::AppendString(key, out);
      out += ':';
      json::AppendString(value, out);
    }
    out += '}';
  }
  if (const std::string kri = KriOf(type, resource); !kri.empty()) AppendMember("kri", kri, out);
  return out;
}

std::string KubernetesMeta(const model::TypeDescriptor& type, const model::Resource& resource,
                           std::string_view name_space) {
  std::string out = "{";
  AppendMember("kind", type.name, out);
  AppendMember("apiVersion", "kuma.io/v1alpha1", out);
  out += ",\"metadata\":{";
  AppendMember("name", resource.key.name, out);
  AppendMember("namespace", name_space, out);
  AppendMember(
      "creationTimestamp",
      base::FormatRfc3339(absl::FromUnixSeconds(absl::ToUnixSeconds(resource.creation_time))), out);
  if (!resource.key.mesh.empty()) {
    out += ",\"labels\":{";
    AppendMember(model::kMeshLabel, resource.key.mesh, out);
    out += '}';
  }
  out += '}';
  return out;
}

}  // namespace skyden::resources
