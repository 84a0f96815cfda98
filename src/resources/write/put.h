// SPDX-License-Identifier: Apache-2.0
// One PUT: what can be known without the store, and then the store's part in Kuma's order.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "resources/write/defaults.h"
#include "resources/write/mesh_rules.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/labels.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/store/write_plan.h"

namespace skyden::resources {

// Everything about a PUT that does not depend on what is stored.
struct PreparedPut {
  const model::TypeDescriptor* type = nullptr;
  model::KumaVersion version = model::KumaVersion::kTwo;  // by whose rules
  model::Resource resource;                               // as it is stored when it is new
  std::vector<std::string> warnings;
  std::vector<std::string> dropped;  // paths of members that its type does not know
  // Why it is refused whatever is stored; reported once the mesh was seen to exist.
  absl::Status refusal;
  // What is wrong with the resource under its name.
  std::vector<base::FieldViolation> violations;
  rules_proto::MeshAuthorities authorities;  // of a Mesh
  // The same transaction writes its mesh, before or after.
  bool brings_mesh = false;
  // As the audit shows it when it is new; empty for what an import writes, which has its own.
  std::string audit_view;
};

// What a Mesh's PUT brings along; empty for other types.
struct MeshAdditions {
  std::vector<MeshSecret> secrets;
  // It is as it was, with the policies that it had: it gets none that new ones get.
  bool is_restored = false;
};

PreparedPut PreparePut(const model::TenantScope& scope, const ResourceCodec& codec,
                       const CoreTypes& types, PutRequest request, absl::Time now,
                       labels::Writer writer = labels::Writer::kClient);

// The store's part. Functions of values only, so that a transaction may run them again.
class PutOperation {
 public:
  PutOperation(const CoreTypes& types, const Defaults& defaults, const ResourceCodec& codec,
               const PreparedPut& put)
      : types_(types), defaults_(defaults), codec_(codec), put_(put) {}

  // Why the PUT would be refused now; OK when it would not. For a Mesh, `missing` gets the builtin
  // authorities that have to be made first.
  absl::Status Check(store::ReadTx& tx, std::vector<rules_proto::BuiltinCa>& missing) const;
  // What Run reads.
  store::WritePlan Plan(const MeshAdditions& additions) const;
  // Checks again and writes.
  absl::StatusOr<PutResult::Outcome> Run(store::WriteTx& tx, const MeshAdditions& additions) const;

  // The two parts of Run. Everything up to the write: `resource` becomes what is to be written.
  absl::Status Resolve(store::ReadTx& tx, std::optional<model::Resource>& stored,
                       model::Resource& resource) const;
  // `stored`: what Resolve found. Writes, and tells the audit.
  absl::Status Write(store::WriteTx& tx, const std::optional<model::Resource>& stored,
                     model::Resource& resource, const MeshAdditions& additions) const;

 private:
  absl::StatusOr<std::vector<base::FieldViolation>> CheckType(
      store::ReadTx& tx, const std::optional<model::Resource>& stored) const;
  void Audit(store::WriteTx& tx, const std::optional<model::Resource>& stored,
             const model::Resource& resource, const MeshAdditions& additions) const;
  absl::Status WriteAdditions(store::WriteTx& tx, const MeshAdditions& additions,
                              bool created) const;

  const CoreTypes& types_;
  const Defaults& defaults_;
  const ResourceCodec& codec_;
  const PreparedPut& put_;
};

// NOT_FOUND as Kuma titles it when `mesh` does not exist.
absl::Status CheckMeshExists(store::ReadTx& tx, const CoreTypes& types, const std::string& mesh);

}  // namespace skyden::resources
