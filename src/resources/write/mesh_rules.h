// SPDX-License-Identifier: Apache-2.0
// What a Mesh needs beside its row: certificate authorities that are there and right. What can be
// said of them without the store, ResourceCodec::ValidateNamed says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "resources/rules_proto/mesh_authorities.h"
#include "skyden/base/status.h"
#include "skyden/model/resource.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {

// A secret that must be there once the mesh is written; one that exists already is kept.
struct MeshSecret {
  model::ResourceKey key;
  std::string spec;
};

// Types of policies that a new mesh is to begin without; "*" is all of them.
std::vector<std::string> SkippedPoliciesOf(std::string_view mesh_spec);

// What is wrong with replacing one version of a mesh by another, bar what each says alone.
std::vector<base::FieldViolation> CheckMeshChange(const rules_proto::MeshAuthorities& stored,
                                                  const rules_proto::MeshAuthorities& written);
// What is wrong with the authorities of a mesh that only the store can tell, or this program's
// limits.
absl::StatusOr<std::vector<base::FieldViolation>> CheckAuthoritiesHere(
    store::ReadTx& tx, model::TypeId secret_type, const std::string& mesh,
    const rules_proto::MeshAuthorities& written);

// The builtin authorities that lack a secret.
absl::StatusOr<std::vector<rules_proto::BuiltinCa>> FindMissingAuthorities(
    store::ReadTx& tx, model::TypeId secret_type, const std::string& mesh,
    const rules_proto::MeshAuthorities& written);
// Makes them. Slow: RSA keys.
absl::StatusOr<std::vector<MeshSecret>> MakeAuthorities(
    const std::vector<rules_proto::BuiltinCa>& missing, const std::string& mesh, absl::Time now);

// Which secrets a backend of a mesh uses.
struct SecretUse {
  std::string secret_name;
  std::string backend_name;
};
std::vector<SecretUse> SecretsUsedBy(const rules_proto::MeshAuthorities& authorities,
                                     std::string_view mesh);

}  // namespace skyden::resources
