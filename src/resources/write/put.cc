// SPDX-License-Identifier: Apache-2.0
// Kuma's order: the mesh of the URL, the body, the stored resource, the request against its URL,
// access, immutable labels, the resource under its name, what only its type knows.
#include "resources/write/put.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "resources/labels/text_rules.h"
#include "resources/write/audit_detail.h"
#include "resources/write/errors.h"
#include "resources/write/legacy_rules.h"
#include "skyden/base/limits.h"
#include "skyden/resources/access.h"
#include "skyden/resources/labels.h"

namespace skyden::resources {
namespace {

using Violations = std::vector<base::FieldViolation>;

bool IsMeshScoped(const model::TypeDescriptor& type) {
  return type.scope == model::ResourceScope::kMesh;
}

Violations CheckRequest(const model::TypeDescriptor& type, const model::ResourceKey& key,
                        const DecodedBody& body, labels::Writer writer,
                        model::KumaVersion version) {
  Violations violations;
  const auto differs = [&](std::string_view field) {
    violations.push_back(
        {std::string(field), fmt::format("{} from the URL has to be the same as in body", field)});
  };
  if (key.name != body.name) differs("name");
  if (type.name != body.type) differs("type");
  if (IsMeshScoped(type) && key.mesh != body.mesh) differs("mesh");
  for (base::FieldViolation& violation : labels::CheckWritten(body.labels, writer)) {
    violations.push_back(std::move(violation));
  }
  for (base::FieldViolation& violation : labels::CheckRole(version, type, body.labels)) {
    violations.push_back(std::move(violation));
  }
  if (std::string wrong = CheckResourceName(body.name); !wrong.empty()) {
    violations.push_back({"name", std::move(wrong)});
  }
  if (IsMeshScoped(type)) {
    if (std::string wrong = CheckMeshOfResource(body.mesh); !wrong.empty()) {
      violations.push_back({"mesh", std::move(wrong)});
    }
  }
  if (body.spec.size() > base::limits::kSpecBytes) {
    violations.push_back(
        {"spec", fmt::format("must be no more than {} bytes", base::limits::kSpecBytes)});
  }
  return violations;
}

absl::Status Refusal(const model::TenantScope& scope, const model::TypeDescriptor& type,
                     const model::ResourceKey& key, const DecodedBody& body,
                     labels::Writer writer) {
  const Violations violations = CheckRequest(type, key, body, writer, scope.version());
  if (!violations.empty()) return errors::Invalid(errors::kProcessTitle, violations);
  return CheckMayWrite(scope, type, key);
}

}  // namespace

PreparedPut PreparePut(const model::TenantScope& scope, const ResourceCodec& codecs,
                       const CoreTypes& types, PutRequest request, absl::Time now,
                       labels::Writer writer) {
  PreparedPut put;
  const ResourceCodec& codec = codecs.In(scope.version());
  const model::TypeDescriptor& type = *request.type;
  put.type = &type;
  model::Resource& resource = put.resource;
  resource.type = type.id;
  resource.key = std::move(request.key);
  if (!IsMeshScoped(type)) resource.key.mesh.clear();

  absl::StatusOr<DecodedBody> body = codec.DecodeRest(type, request.body);
  if (!body.ok()) {
    put.refusal = errors::Titled(body.status(), errors::kProcessTitle);
    return put;
  }
  put.refusal = Refusal(scope, type, resource.key, *body, writer);
  if (!put.refusal.ok()) return put;

  put.version = scope.version();
  resource.labels = labels::Compute(put.version, type, resource.key, body->labels);
  resource.spec = std::move(body->spec);
  resource.creation_time = now;
  resource.modification_time = now;
  put.warnings = std::move(body->warnings);
  put.dropped = std::move(body->dropped);
  put.violations = codec.ValidateNamed(resource);
  if (&type == types.mesh) put.authorities = rules_proto::AuthoritiesOf(resource.spec);
  if (writer != labels::Writer::kImport) put.audit_view = AuditView(codec, type, resource);
  return put;
}

absl::Status CheckMeshExists(store::ReadTx& tx, const CoreTypes& types, const std::string& mesh) {
  SKYDEN_ASSIGN_OR_RETURN(const bool found, tx.HasResource(types.mesh->id, {"", mesh}));
  return found ? absl::OkStatus() : errors::NotFound(errors::kMeshTitle);
}

absl::Status PutOperation::Resolve(store::ReadTx& tx, std::optional<model::Resource>& stored,
                                   model::Resource& resource) const {
  const model::TypeDescriptor& type = *put_.type;
  if (IsMeshScoped(type) && !put_.brings_mesh) {
    SKYDEN_RETURN_IF_ERROR(CheckMeshExists(tx, types_, put_.resource.key.mesh));
  }
  SKYDEN_RETURN_IF_ERROR(put_.refusal);
  SKYDEN_ASSIGN_OR_RETURN(stored, tx.FindResource(type.id, put_.resource.key));
  resource = put_.resource;
  if (stored.has_value()) {
    const Violations immutable = labels::CheckImmutable(
        labels::Compute(put_.version, type, resource.key, stored->labels), resource.labels);
    if (!immutable.empty()) return errors::Invalid(errors::kChangeTitle, immutable);
    resource.status = stored->status;
    resource.zone = stored->zone;
    resource.creation_time = stored->creation_time;
  }
  const std::string_view title = stored.has_value() ? errors::kUpdateTitle : errors::kCreateTitle;
  // A mesh's authorities are checked in one go with what the store knows of them.
  if (&type != types_.mesh && !put_.violations.empty()) {
    return errors::Invalid(title, put_.violations);
  }
  absl::StatusOr<Violations> violations = CheckType(tx, stored);
  if (!violations.ok()) return errors::Titled(violations.status(), title);
  if (!violations->empty()) return errors::Invalid(title, *violations);
  return absl::OkStatus();
}

absl::StatusOr<Violations> PutOperation::CheckType(
    store::ReadTx& tx, const std::optional<model::Resource>& stored) const {
  const model::ResourceKey& key = put_.resource.key;
  if (put_.type == types_.rate_limit) {
    return CheckRateLimit(tx, types_.external_service->id, key.mesh, put_.resource.spec);
  }
  if (put_.type == types_.external_service) {
    return CheckExternalService(tx, types_.rate_limit->id, key.mesh, put_.resource.spec);
  }
  if (put_.type != types_.mesh) return Violations();

  Violations violations;
  if (stored.has_value()) {
    violations = CheckMeshChange(rules_proto::AuthoritiesOf(stored->spec), put_.authorities);
  }
  violations.insert(violations.end(), put_.violations.begin(), put_.violations.end());
  SKYDEN_ASSIGN_OR_RETURN(const Violations here,
                          CheckAuthoritiesHere(tx, types_.secret->id, key.name, put_.authorities));
  violations.insert(violations.end(), here.begin(), here.end());
  return violations;
}

absl::Status PutOperation::Check(store::ReadTx& tx,
                                 std::vector<rules_proto::BuiltinCa>& missing) const {
  std::optional<model::Resource> stored;
  model::Resource resource;
  SKYDEN_RETURN_IF_ERROR(Resolve(tx, stored, resource));
  if (put_.type != types_.mesh) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(
      missing, FindMissingAuthorities(tx, types_.secret->id, resource.key.name, put_.authorities));
  return absl::OkStatus();
}

store::WritePlan PutOperation::Plan(const MeshAdditions& additions) const {
  const model::ResourceKey& key = put_.resource.key;
  store::WritePlan plan;
  plan.Resource(put_.type->id, key);
  if (IsMeshScoped(*put_.type)) plan.Resource(types_.mesh->id, {"", key.mesh});
  if (put_.type == types_.rate_limit) plan.ResourcesOf(types_.external_service->id, key.mesh);
  if (put_.type == types_.external_service) plan.ResourcesOf(types_.rate_limit->id, key.mesh);
  if (put_.type != types_.mesh) return plan;
  for (const SecretUse& use : SecretsUsedBy(put_.authorities, key.name)) {
    plan.Resource(types_.secret->id, {key.name, use.secret_name});
  }
  for (const MeshSecret& addition : additions.secrets) {
    plan.Resource(types_.secret->id, addition.key);
  }
  defaults_.PlanMeshDefaults(put_.version, key.name, plan);
  return plan;
}

absl::StatusOr<PutResult::Outcome> PutOperation::Run(store::WriteTx& tx,
                                                     const MeshAdditions& additions) const {
  std::optional<model::Resource> stored;
  model::Resource resource;
  SKYDEN_RETURN_IF_ERROR(Resolve(tx, stored, resource));
  SKYDEN_RETURN_IF_ERROR(Write(tx, stored, resource, additions));
  return stored.has_value() ? PutResult::Outcome::kUpdated : PutResult::Outcome::kCreated;
}

absl::Status PutOperation::Write(store::WriteTx& tx, const std::optional<model::Resource>& stored,
                                 model::Resource& resource, const MeshAdditions& additions) const {
  const bool created = !stored.has_value();
  const absl::Status written = tx.PutResource(resource);
  if (!written.ok()) {
    return errors::Titled(written, created ? errors::kCreateTitle : errors::kUpdateTitle);
  }
  if (put_.type == types_.mesh) SKYDEN_RETURN_IF_ERROR(WriteAdditions(tx, additions, created));
  Audit(tx, stored, resource, additions);
  return absl::OkStatus();
}

// What a mesh brings along is told with it, by name.
void PutOperation::Audit(store::WriteTx& tx, const std::optional<model::Resource>& stored,
                         const model::Resource& resource, const MeshAdditions& additions) const {
  const absl::Time at = put_.resource.modification_time;
  if (stored.has_value()) {
    tx.Audit(ResourceNote(at, kResourceUpdate, *put_.type, resource.key,
                          AuditUpdated(codec_, *put_.type, *stored, resource)));
  } else {
    const std::string& view = put_.audit_view;
    tx.Audit(ResourceNote(
        at, kResourceCreate, *put_.type, resource.key,
        AuditCreated(view.empty() ? AuditView(codec_, *put_.type, put_.resource) : view)));
  }
  for (const MeshSecret& addition : additions.secrets) {
    tx.Audit(ResourceNote(at, kResourceCreate, *types_.secret, addition.key, ""));
  }
}

absl::Status PutOperation::WriteAdditions(store::WriteTx& tx, const MeshAdditions& additions,
                                          bool created) const {
  const absl::Time now = put_.resource.modification_time;
  for (const MeshSecret& addition : additions.secrets) {
    SKYDEN_ASSIGN_OR_RETURN(const bool exists, tx.HasResource(types_.secret->id, addition.key));
    if (exists) continue;
    model::Resource secret;
    secret.type = types_.secret->id;
    secret.key = addition.key;
    secret.spec = addition.spec;
    secret.creation_time = now;
    secret.modification_time = now;
    SKYDEN_RETURN_IF_ERROR(tx.PutResource(secret));
  }
  if (!created) return absl::OkStatus();
  const std::vector<std::string> skipped =
      additions.is_restored ? std::vector<std::string>{"*"} : SkippedPoliciesOf(put_.resource.spec);
  return defaults_.WriteMeshDefaults(tx, put_.version, put_.resource.key.name, skipped, now);
}

}  // namespace skyden::resources
