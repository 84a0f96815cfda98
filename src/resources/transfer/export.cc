// SPDX-License-Identifier: Apache-2.0
// One read transaction, type by type. Of protobuf types what a resource says about itself comes
// first, as Kuma's client prints them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "resources/go/json.h"
#include "resources/go/text.h"
#include "resources/transfer/yaml_writer.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/model/kuma_names.h"
#include "skyden/resources/access.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::resources {
namespace {

constexpr std::array<std::string_view, 7> kMetaNames = {
    "creationTime", "kri", "labels", "mesh", "modificationTime", "name", "type"};
constexpr std::string_view kAllPolicies = "*";
// Tie a control plane to its own processes; another one makes its own.
constexpr std::array<std::string_view, 2> kNotExported = {model::kInterCpCa, model::kEnvoyAdminCa};

bool IsFederation(ExportProfile profile) {
  return profile == ExportProfile::kFederation || profile == ExportProfile::kFederationWithPolicies;
}

bool IsExported(const model::TypeDescriptor& type, const ExportRequest& request) {
  if (type.path.empty() || type.read_only) return false;
  if (type.admin_only && request.secrets == ExportRequest::Secrets::kLeaveOut) return false;
  switch (request.profile) {
    case ExportProfile::kAll:
      return true;
    case ExportProfile::kNoDataplanes:
      return type.name != "Dataplane";
    case ExportProfile::kFederation:
      return type.include_in_federation && !type.is_target_ref_policy && type.name != "MeshGateway";
    case ExportProfile::kFederationWithPolicies:
      return type.include_in_federation;
  }
  return false;
}

// Meshes, their secrets, everything else, and last the keys that may lock out who imports.
int RankOf(const model::TypeDescriptor& type, const model::Resource& resource) {
  if (type.name == "Mesh") return 0;
  if (type.name == "Secret") return 1;
  if (type.name != "GlobalSecret") return 2;
  return resource.key.name.starts_with(model::kUserTokenSigningKey) ? 4 : 3;
}

void SetProvided(kuma::mesh::v1alpha1::CertificateAuthorityBackend& backend,
                 const std::string& mesh) {
  backend.set_type("provided");
  auto& fields = *backend.mutable_conf()->mutable_fields();
  fields.clear();
  const auto set = [&](const char* name, const std::string& secret) {
    auto& source = *fields[name].mutable_struct_value()->mutable_fields();
    source["secret"].set_string_value(secret);
  };
  set("cert", BuiltinCaCertificateName(mesh, backend.name()));
  set("key", BuiltinCaKeyName(mesh, backend.name()));
}

// The mesh as another control plane should make it: with the authorities that it has, whose secrets
// it may not have yet, and without policies that are not in the export.
void MakePortable(model::Resource& resource) {
  kuma::mesh::v1alpha1::Mesh mesh;
  if (!mesh.ParseFromString(resource.spec)) {
    // Goes out as it is shown everywhere: without its settings.
    telemetry::Log(telemetry::Level::error, "a stored mesh does not decode",
                   {{"mesh", resource.key.name}});
    return;
  }
  mesh.clear_skipcreatinginitialpolicies();
  mesh.add_skipcreatinginitialpolicies(std::string(kAllPolicies));
  if (mesh.has_mtls()) {
    for (auto& backend : *mesh.mutable_mtls()->mutable_backends()) {
      if (backend.type() != "builtin") continue;
      SetProvided(backend, resource.key.name);
      mesh.mutable_mtls()->set_skipvalidation(true);
    }
  }
  resource.spec = mesh.SerializeAsString();
}

// `{"a":1,"b":2}` of those members that `wanted` picks.
template <class Wanted>
std::string Pick(const go_json::Members& members, Wanted wanted) {
  std::string json = "{";
  for (const auto& [name, value] : members) {
    if (!wanted(name)) continue;
    if (json.size() > 1) json += ',';
    json += GoJsonString(name);
    json += ':';
    json += value;
  }
  json += '}';
  return json;
}

void AppendDocument(const model::TypeDescriptor& type, std::string_view json, std::string& out) {
  out += "---\n";
  if (type.encoding == model::SpecEncoding::kJson) return AppendYaml(json, out);
  const auto members = go_json::MembersOf(json);
  if (!members.ok()) return;
  const auto is_meta = [](std::string_view name) {
    return std::find(kMetaNames.begin(), kMetaNames.end(), name) != kMetaNames.end();
  };
  AppendYaml(Pick(*members, is_meta), out);
  const std::string spec = Pick(*members, [&](std::string_view name) { return !is_meta(name); });
  if (spec != "{}") AppendYaml(spec, out);
}

struct Listed {
  const model::TypeDescriptor* type;
  model::Resource resource;
};

absl::Status ListAll(store::ReadTx& tx, const model::TypeRegistry& registry,
                     const ExportRequest& request, std::vector<Listed>& all) {
  for (const model::TypeDescriptor& type : registry.all()) {
    if (!IsExported(type, request)) continue;
    SKYDEN_ASSIGN_OR_RETURN(auto resources, tx.ListResources(type.id, std::nullopt));
    for (model::Resource& resource : resources) {
      const bool left_out =
          type.name == "GlobalSecret" && std::find(kNotExported.begin(), kNotExported.end(),
                                                   resource.key.name) != kNotExported.end();
      // What zones made they bring along; a federation takes over what was written here.
      const bool of_zone =
          model::LabelOf(resource.labels, model::kOriginLabel) == model::kOriginZone;
      if (left_out || (of_zone && IsFederation(request.profile))) continue;
      if (IsFederation(request.profile)) resource.labels.erase(std::string(model::kOriginLabel));
      if (type.name == "Mesh") MakePortable(resource);
      all.push_back({&type, std::move(resource)});
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<ExportProfile> ExportProfileOf(std::string_view name) {
  if (name == "all") return ExportProfile::kAll;
  if (name == "no-dataplanes") return ExportProfile::kNoDataplanes;
  if (name == "federation") return ExportProfile::kFederation;
  if (name == "federation-with-policies") return ExportProfile::kFederationWithPolicies;
  return std::nullopt;
}

absl::StatusOr<std::string> Export(store::Store& store, const model::TypeRegistry& registry,
                                   const ResourceCodec& codec, const model::TenantScope& scope,
                                   const ExportRequest& request) {
  for (const model::TypeDescriptor& type : registry.all()) {
    if (IsExported(type, request)) SKYDEN_RETURN_IF_ERROR(CheckMayRead(scope, type));
  }
  std::vector<Listed> all;
  SKYDEN_RETURN_IF_ERROR(
      store.Read(scope, [&](store::ReadTx& tx) { return ListAll(tx, registry, request, all); }));
  std::stable_sort(all.begin(), all.end(), [](const Listed& a, const Listed& b) {
    return RankOf(*a.type, a.resource) < RankOf(*b.type, b.resource);
  });
  const bool json = request.format == ExportRequest::Format::kJson;
  std::string out;
  if (json) out += '[';
  for (Listed& each : all) {
    const std::string text = codec.RenderUniversal(each.resource);
    each.resource = model::Resource();  // its memory goes as the text grows
    if (json) {
      if (out.size() > 1) out += ',';
      out += text;
    } else {
      AppendDocument(*each.type, text, out);
    }
  }
  if (json) out += ']';
  return out;
}

}  // namespace skyden::resources
