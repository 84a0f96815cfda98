// SPDX-License-Identifier: Apache-2.0
#include "resources/write/remove.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "kuma/system/v1alpha1/zone_insight.pb.h"
#include "resources/go/text.h"
#include "resources/write/audit_detail.h"
#include "resources/write/errors.h"
#include "resources/write/mesh_rules.h"
#include "resources/write/put.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/resources/access.h"
#include "skyden/resources/labels.h"

namespace skyden::resources {
namespace {

absl::Status Refuse(std::string_view field, std::string reason) {
  return errors::Invalid(errors::kDeleteTitle, {{std::string(field), std::move(reason)}});
}

bool IsOnline(const model::Resource& zone_insight) {
  kuma::system::v1alpha1::ZoneInsight insight;
  if (!insight.ParseFromString(zone_insight.spec)) return false;
  return std::any_of(
      insight.subscriptions().begin(), insight.subscriptions().end(), [](const auto& subscription) {
        return subscription.has_connect_time() && !subscription.has_disconnect_time();
      });
}

absl::Status DeleteIfThere(store::WriteTx& tx, model::TypeId type, const model::ResourceKey& key) {
  const absl::Status deleted = tx.DeleteResource(type, key);
  return absl::IsNotFound(deleted) ? absl::OkStatus() : deleted;
}

}  // namespace

absl::Status DeleteOperation::Check(store::ReadTx& tx,
                                    std::optional<model::Resource>& stored) const {
  if (type_.scope == model::ResourceScope::kMesh) {
    SKYDEN_RETURN_IF_ERROR(CheckMeshExists(tx, types_, key_.mesh));
  }
  SKYDEN_ASSIGN_OR_RETURN(stored, tx.FindResource(type_.id, key_));
  if (!stored.has_value()) return errors::NotFound(errors::kDeleteTitle);
  std::vector<base::FieldViolation> foreign = labels::CheckOrigin(stored->labels);
  for (base::FieldViolation& violation : foreign) {
    // Kuma roots this one at the label itself here, and at `labels` when it checks a body.
    violation.field = fmt::format("[\"{}\"]", model::kOriginLabel);
  }
  if (!foreign.empty()) return errors::Invalid(errors::kDeleteTitle, foreign);
  SKYDEN_RETURN_IF_ERROR(CheckMayDelete(scope_, types_, type_, key_));
  return errors::Titled(CheckType(tx), errors::kDeleteTitle);
}

absl::Status DeleteOperation::CheckType(store::ReadTx& tx) const {
  if (&type_ == types_.mesh) {
    SKYDEN_ASSIGN_OR_RETURN(const uint64_t dataplanes,
                            tx.CountResources(types_.dataplane->id, key_.name));
    if (dataplanes == 0) return absl::OkStatus();
    return Refuse("mesh", "unable to delete mesh, there are still some dataplanes attached");
  }
  if (&type_ == types_.zone) {
    SKYDEN_ASSIGN_OR_RETURN(const auto insight, tx.FindResource(types_.zone_insight->id, key_));
    if (!insight.has_value() || !IsOnline(*insight)) return absl::OkStatus();
    return Refuse("zone",
                  "unable to delete Zone, Zone CP is still connected, please shut it down first");
  }
  if (&type_ == types_.secret && mesh_ == Mesh::kStays) return CheckSecretUnused(tx);
  return absl::OkStatus();
}

absl::Status DeleteOperation::CheckSecretUnused(store::ReadTx& tx) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto mesh, tx.FindResource(types_.mesh->id, {"", key_.mesh}));
  if (!mesh.has_value()) return absl::OkStatus();
  std::vector<base::FieldViolation> violations;
  std::optional<std::string> last_backend;  // one may use a secret twice
  for (const SecretUse& use : SecretsUsedBy(rules_proto::AuthoritiesOf(mesh->spec), key_.mesh)) {
    if (use.secret_name != key_.name || use.backend_name == last_backend) continue;
    last_backend = use.backend_name;
    const std::string backend = GoQuote(use.backend_name);
    violations.push_back(
        {"name", fmt::format("The secret {} that you are trying to remove is currently in use in "
                             "Mesh {} in mTLS backend {}. Please remove the reference from the {} "
                             "backend before removing the secret.",
                             GoQuote(key_.name), GoQuote(key_.mesh), backend, backend)});
  }
  if (violations.empty()) return absl::OkStatus();
  return errors::Invalid(errors::kDeleteTitle, violations);
}

store::WritePlan DeleteOperation::Plan() const {
  // They take with them what only the store knows.
  if (&type_ == types_.mesh || &type_ == types_.zone) return store::WritePlan::ReadsAnything();
  store::WritePlan plan;
  plan.Resource(type_.id, key_);
  if (type_.scope == model::ResourceScope::kMesh) plan.Resource(types_.mesh->id, {"", key_.mesh});
  return plan;
}

absl::StatusOr<DeleteOperation::Taken> DeleteOperation::Run(store::WriteTx& tx) const {
  std::optional<model::Resource> stored;
  SKYDEN_RETURN_IF_ERROR(Check(tx, stored));
  SKYDEN_RETURN_IF_ERROR(errors::Titled(tx.DeleteResource(type_.id, key_), errors::kDeleteTitle));
  Taken taken;
  std::string detail;
  if (&type_ == types_.mesh) {
    SKYDEN_ASSIGN_OR_RETURN(taken.resources, DeleteMesh(tx));
    detail = fmt::format(R"({{"resources":{}}})", taken.resources);
  } else if (&type_ == types_.zone) {
    SKYDEN_ASSIGN_OR_RETURN(taken.resources, DeleteZone(tx, taken.tokens));
    detail = fmt::format(R"({{"resources":{},"tokens":{}}})", taken.resources, taken.tokens);
  } else {
    detail = AuditDeleted(AuditView(codec_, type_, *stored));
  }
  tx.Audit(ResourceNote(now_, kResourceDelete, type_, key_, std::move(detail)));
  return taken;
}

absl::StatusOr<uint64_t> DeleteOperation::DeleteMesh(store::WriteTx& tx) const {
  const std::string& mesh = key_.name;
  SKYDEN_ASSIGN_OR_RETURN(uint64_t deleted, tx.DeleteResourcesOfMesh(mesh, {types_.secret->id}));
  SKYDEN_RETURN_IF_ERROR(DeleteIfThere(tx, types_.mesh_insight->id, {"", mesh}));
  SKYDEN_ASSIGN_OR_RETURN(const auto secrets, tx.ListResources(types_.secret->id, mesh));
  for (const model::Resource& secret : secrets) {
    if (!BelongsToMesh(secret, mesh)) continue;
    SKYDEN_RETURN_IF_ERROR(tx.DeleteResource(types_.secret->id, secret.key));
    ++deleted;
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto promised, tx.ListPendingKeys());
  for (const store::PendingKey& key : promised) {
    if (key.type != types_.secret->id || key.key.mesh != mesh) continue;
    SKYDEN_RETURN_IF_ERROR(tx.RemovePendingKey(key));
  }
  return deleted;
}

absl::StatusOr<uint64_t> DeleteOperation::DeleteZone(store::WriteTx& tx, uint64_t& tokens) const {
  const model::ZoneName zone(key_.name);
  SKYDEN_RETURN_IF_ERROR(DeleteIfThere(tx, types_.zone_insight->id, key_));
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t deleted, tx.DeleteResourcesOfZone(zone));
  SKYDEN_ASSIGN_OR_RETURN(tokens, tx.DeleteZoneCredentials(zone));
  return deleted;
}

}  // namespace skyden::resources
